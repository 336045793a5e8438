"""A quiz is put together: from pasted lines, from an issue's news, from an earlier quiz."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import Max

from quiz.models import HEADLINE_COUNT, Headline, Quiz
from superfast.accounts.models import User
from superfast.common import blocks as b
from superfast.common.links import find_links, host_of
from superfast.common.markdown import render_blocks
from superfast.common.text import clean_text, fold

LONGEST_HEADLINE = 300
_LONGEST_SLUG = 80
_COPIES = 50
# “1.” and “-” of a list are no part of a headline; nor is the note that a link belongs there.
_LIST_MARK = re.compile(r"^(?:[-–•]|\d{1,2}[.)])\s+")
_PLACEHOLDER = re.compile(r"\s*\(link\)\s*", re.IGNORECASE)
# As forms and the site write a day; with a month in words no order can be mistaken.
_DAY_FORMS = (
    "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y",
)  # fmt: skip
_check_address = URLValidator(schemes=["http", "https"])


def choose_lie(*, quiz: Quiz, headline: Headline) -> None:
    """The headline is the quiz's lie, and no other is.

    Raises: ValidationError if the headline belongs to another quiz.
    """
    if headline.quiz_id != quiz.pk:
        raise ValidationError("The lie must be one of this quiz’s headlines.")
    quiz.lie = headline
    quiz.save(update_fields=["lie", "updated_at"])


@transaction.atomic
def give_number(*, quiz: Quiz) -> None:
    """The quiz has a place in the series: the next one, where an editor gave none."""
    if quiz.number is None:
        last = Quiz.objects.aggregate(last=Max("number"))["last"]
        quiz.number = (last or 0) + 1
        quiz.save(update_fields=["number"])


@transaction.atomic
def start_quiz(
    *, title: str, slug: str, rows: Sequence[tuple[str, str]], by: User | None
) -> Quiz:
    """A draft holds these headlines, and no lie is chosen.

    Args:
        title: what readers see before they guess.
        slug: an address that is free.
        rows: each headline with the address of its source, empty where none is known.
        by: whose draft it is.

    Raises: ValidationError where a headline may not be stored.
    """
    quiz = Quiz(title=title, slug=slug, created_by=by)
    quiz.full_clean()
    quiz.save()
    for position, (text, url) in enumerate(rows, start=1):
        headline = Headline(
            quiz=quiz,
            text=text,
            source_url=url if _is_address(url) else "",
            outlet=_outlet_of(url) if _is_address(url) else "",
            position=position,
        )
        headline.full_clean()
        headline.save()
    return quiz


def fill_source(*, headline: Headline, text: str, url: str) -> None:
    """A draft's headline has these words and this source; its outlet, if it had none.

    Raises: ValidationError where a headline may not be stored so.
    """
    headline.text = text
    headline.source_url = url
    headline.outlet = headline.outlet or _outlet_of(url)
    headline.full_clean()
    headline.save(update_fields=["text", "source_url", "outlet"])


@transaction.atomic
def clone_quiz(*, quiz: Quiz, by: User | None) -> Quiz:
    """A new draft has the words of this quiz, and its sources.

    Left behind is what belongs to the first one alone: guesses, key, handles, ticks,
    number, address, closing time, corrections and whatever became of it.

    Raises: ValidationError where there are too many copies already.
    """
    headlines = list(quiz.headlines.order_by("position", "pk"))
    for number in range(1, _COPIES):
        ending = "-copy" if number == 1 else f"-copy-{number}"
        slug = quiz.slug[: _LONGEST_SLUG - len(ending)] + ending
        copy = Quiz(slug=slug, title=quiz.title, intro=quiz.intro, created_by=by)
        try:
            with transaction.atomic():
                copy.save(force_insert=True)
        except IntegrityError:
            continue
        Headline.objects.bulk_create(
            Headline(
                quiz=copy,
                text=row.text,
                explanation=row.explanation,
                tells=row.tells,
                source_url=row.source_url,
                outlet=row.outlet,
                reported_on=row.reported_on,
                position=row.position,
            )
            for row in headlines
        )
        return copy
    raise ValidationError("There are too many copies: rename one of them.")


# Rows from elsewhere ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypedRow:
    """What would have been typed into a row, by field of the form."""

    text: str = ""
    source_url: str = ""
    outlet: str = ""
    reported_on: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """Rows for the form, counted from 0; nothing of it is stored."""

    rows: Mapping[int, TypedRow] = field(default_factory=dict)
    lie: int | None = None
    sentences: Sequence[str] = ()


def parse_lines(text: str) -> Filled:
    """Four headlines from four lines: `Headline | address | outlet | date`.

    `*` before or after a headline marks the lie. Behind the headline everything may
    be left out; `(link)`, as writers put it where a link is to come, is no address.
    Without an outlet the site's name stands for it. Empty lines and the marks of a
    list are passed over.

    Returns: up to four rows, and sentences about what is not as it should be.
    """
    lines = [line.strip() for line in clean_text(text).split("\n")]
    lines = [line for line in lines if line]
    parsed = [_parse_line(line) for line in lines[:HEADLINE_COUNT]]
    marked = [index for index, line in enumerate(parsed) if line.is_marked]
    sentences = [
        f"Line {number}: {sentence}"
        for number, line in enumerate(parsed, start=1)
        for sentence in line.sentences
    ]
    if len(lines) != HEADLINE_COUNT:
        sentences.append(f"Four lines make a quiz: here are {len(lines)}.")
    if lines and len(marked) != 1:
        sentences.append("Mark one headline, the lie, with “*”.")
    return Filled(
        rows=dict(enumerate(line.row for line in parsed)),
        lie=marked[0] if len(marked) == 1 else None,
        sentences=sentences,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    row: TypedRow
    is_marked: bool
    sentences: list[str]


def _parse_line(line: str) -> _Line:
    headline, *rest = (part.strip() for part in line.split("|"))
    headline = _PLACEHOLDER.sub(" ", _LIST_MARK.sub("", headline)).strip()
    is_marked = headline.startswith("*") or headline.endswith("*")
    headline = _LIST_MARK.sub("", headline.strip("*").strip())
    address, outlet, day = (*rest[:3], "", "", "")[:3]
    address = _PLACEHOLDER.sub("", address)
    sentences = []
    if not headline:
        sentences.append("There is no headline.")
    if len(headline) > LONGEST_HEADLINE:
        sentences.append(f"A headline has at most {LONGEST_HEADLINE} characters.")
        headline = headline[:LONGEST_HEADLINE]
    if address and not _is_address(address):
        sentences.append(f"“{address[:60]}” is no web address.")
        address = ""
    reported_on = _as_day(day)
    if day and not reported_on:
        sentences.append(f"“{day[:60]}” is no date such as 2023-01-11.")
    row = TypedRow(headline, address, outlet or _outlet_of(address), reported_on)
    return _Line(row, is_marked, sentences)


def _is_address(text: str) -> bool:
    try:
        _check_address(text)
    except ValidationError:
        return False
    return True


def _as_day(text: str) -> str:
    """The day as forms take it; nothing where it is none, or could be two."""
    for form in _DAY_FORMS:
        with suppress(ValueError):
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  # a day has no zone
    return ""


def _outlet_of(address: str) -> str:
    """The site's name, where nobody has given the outlet's."""
    return host_of(address).removeprefix("www.")[:200]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A link of an issue that may be a true headline."""

    title: str
    url: str
    site: str


def find_news(body: str) -> list[NewsItem]:
    """The links of an issue's news, in order, each once.

    News is what stands below a heading that says so; where no link does, all of the text.
    """
    blocks = render_blocks(body)
    links = list(find_links(_below_news(blocks))) or list(find_links(blocks))
    found = {
        url: NewsItem(title[:LONGEST_HEADLINE], url, _outlet_of(url))
        for url, title, _ in links
        if title and url.startswith(("http://", "https://"))
    }
    return list(found.values())


def _below_news(blocks: Iterable[b.Block]) -> list[b.Block]:
    found = []
    is_news = False
    for block in blocks:
        if isinstance(block, b.Heading) and block.level == 2:
            is_news = "news" in fold(block.title).split()
        if is_news:
            found.append(block)
    return found


def place_truths(
    texts: Sequence[str], lie: int | None, items: Iterable[NewsItem]
) -> Filled:
    """Items of the news stand as truths in the rows that are free.

    Args:
        texts: the headlines typed so far.
        lie: the row chosen as the lie, which is kept free for it.
        items: what was picked, at most three of them used.
    """
    free = [i for i, text in enumerate(texts) if not text.strip() and i != lie]
    picked = list(items)
    if not picked:
        return Filled(lie=lie, sentences=["Pick the links that become truths."])
    room = min(len(free), HEADLINE_COUNT - 1)
    sentences = []
    if len(picked) > room:
        sentences.append(
            f"There was room for {room} of {len(picked)}: empty a row for another."
        )
    rows = {
        row: TypedRow(item.title, item.url, item.site)
        for row, item in zip(free[:room], picked, strict=False)
    }
    return Filled(rows=rows, lie=lie, sentences=sentences)
