"""Links to fill: one row for each place where an address is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from issues.models import Issue, LinkWaiver
from issues.placeholders import Filling, Placeholder, filling, find_placeholders
from superfast.common.text import clean_text

_AROUND = 70
_check = URLValidator(schemes=["http", "https"])
GONE = "The text has changed: this place is not in it any more."


@dataclass(frozen=True, slots=True)
class Row:
    """A place where an address is missing, with the words around it."""

    place: Placeholder
    waiver: LinkWaiver | None = None

    @property
    def before(self) -> str:
        text = self.place.before.lstrip()
        return text if len(text) <= _AROUND else f"…{text[-_AROUND:]}"

    @property
    def after(self) -> str:
        text = self.place.after
        return text if len(text) <= _AROUND else f"{text[:_AROUND]}…"


def find_rows(issue: Issue, body: str) -> list[Row]:
    """The rows of a text, in its order. Cost: one query, none for an unsaved issue."""
    places = find_placeholders(body)
    waivers: dict[str, LinkWaiver] = {}
    if places and issue.pk:
        waivers = {w.key: w for w in LinkWaiver.objects.filter(issue=issue.pk)}
    return [Row(place, waivers.get(place.key)) for place in places]


def check_addresses(place: Placeholder, typed: Sequence[str]) -> list[str]:
    """The addresses for a place, cleaned. Raises: ValidationError with a sentence."""
    urls = [url for each in typed for url in clean_text(each).split()]
    if len(urls) != len(place.words):
        needed = len(place.words)
        raise ValidationError(
            f"“{place.text}” needs {'one address' if needed == 1 else f'{needed} addresses'}: "
            f"here {'is' if len(urls) == 1 else 'are'} {len(urls)}."
        )
    for url in urls:
        check_address(url)
    return urls


def check_address(url: str) -> None:
    """Raises: ValidationError where this is no address of the web."""
    try:
        _check(url)
    except ValidationError as error:
        raise ValidationError(
            f"“{url[:80]}” is no web address: it begins with http:// or https://."
        ) from error


def fill_rows(body: str, addresses: Mapping[str, Sequence[str]]) -> str:
    """The text with these addresses, by the key of their place.

    Raises: ValidationError with a sentence for each that does not fit; nothing is
        filled then.
    """
    places = {place.key: place for place in find_placeholders(body)}
    done: list[Filling] = []
    problems: list[str] = []
    for key, typed in addresses.items():
        if key not in places:
            problems.append(GONE)
            continue
        try:
            done.append(filling(places[key], check_addresses(places[key], typed)))
        except ValidationError as error:
            problems.extend(error.messages)
    if problems:
        raise ValidationError(problems)
    return _put(body, done)


def _put(body: str, fillings: Iterable[Filling]) -> str:
    """From the end, so that no place moves another. Two in one title are put one by one."""
    start = len(body) + 1
    for each in sorted(fillings, key=lambda f: f.end, reverse=True):
        if each.end > start:
            raise ValidationError(
                "Two links are in one title: fill them one after the other."
            )
        body = body[: each.start] + each.text + body[each.end :]
        start = each.start
    return body


def in_utf16(text: str, position: int) -> int:
    """A position as browsers count it: an emoji is two."""
    return len(text[:position].encode("utf-16-le")) // 2
