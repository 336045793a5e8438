"""From what was put aside during the week to the beginning of an issue."""

import re
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from issues.links.checking import ask, store_answer
from issues.links.cleaning import strip_tracking
from issues.models import InboxItem, Issue, Link, Section
from issues.services import save_issue
from issues.services.publishing import free_slug
from superfast.accounts.models import User
from superfast.common.escaping import as_destination, escape_inline
from superfast.common.fetching import RefusedAddressError, Target
from superfast.common.links import host_of
from superfast.common.tasks import enqueue
from superfast.common.text import fold

MOST_AT_ONCE = 100
UNSORTED = "Links"
# Of the first issue, before there is any to take them from.
FIRST_SECTIONS = (
    "## 🗞 News",
    "## 📚 Concepts & Learning",
    "## 🎲 3 Headlines and a Lie",
)
_RECENT, _OFTEN = 5, 3
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@transaction.atomic
def collect(
    text: str, *, by: User, title: str = "", section: str = "", take: str = ""
) -> list[InboxItem]:
    """Every address of a text waits in the inbox, once; titles are looked up by a task.

    An address that waits already is not added again: what is said of it now is kept.
    Raises: ValidationError where there is no address, or one that is none of the web.
    """
    urls = [strip_tracking(url) for url in dict.fromkeys(_ADDRESS.findall(text))]
    if not urls:
        raise ValidationError("There is no address that begins with http.")
    if len(urls) > MOST_AT_ONCE:
        raise ValidationError(
            f"These are {len(urls)} addresses; {MOST_AT_ONCE} at most."
        )
    said = (
        {"title": title, "section": section, "take": take}
        if len(urls) == 1
        else {"section": section}
    )
    return [_put(url, said, by) for url in urls]


def _put(url: str, said: dict[str, str], by: User) -> InboxItem:
    try:
        Target.of(url)
    except RefusedAddressError as error:
        raise ValidationError(f"{url[:80]}: {error}") from error
    item = InboxItem.objects.waiting().filter(url=url).first()
    item = item or InboxItem(url=url, created_by=by)
    for name, value in said.items():
        setattr(item, name, value or getattr(item, name))
    item.full_clean()
    item.save()
    if not item.title:
        enqueue("issues.links.inbox.find_title", item.pk, name=f"Title of {url[:60]}")
    return item


def find_title(pk: int) -> None:
    """A task: the item has the title of its page, unless somebody has written one."""
    item = InboxItem.objects.filter(pk=pk, title="").first()
    if item is None:
        return
    link, _ = Link.objects.get_or_create(
        url=item.url, defaults={"site": host_of(item.url)}
    )
    if not link.title:
        ask(link)
        store_answer(link)
    InboxItem.objects.filter(pk=pk, title="").update(title=link.title)


def skeleton() -> list[str]:
    """Headings of the sections that issues have again and again, as Markdown.

    Of the last five issues at least three have them, of fewer issues all. They stand
    as in the newest issue that has them. Cost: two queries.
    """
    newest = Issue.objects.published().newest_first().values_list("pk", flat=True)
    keys = list(newest[:_RECENT])
    if not keys:
        return list(FIRST_SECTIONS)
    rows = Section.objects.filter(issue__in=keys, level=2)
    issues_with: dict[str, list[Section]] = {}
    for row in sorted(rows, key=lambda row: (keys.index(row.issue_id), row.position)):
        same = issues_with.setdefault(fold(row.title), [])
        if row.issue_id not in {other.issue_id for other in same}:
            same.append(row)
    enough = min(_OFTEN, len(keys))
    kept = [same[0] for same in issues_with.values() if len(same) >= enough]
    kept.sort(key=lambda row: row.position)
    return [f"## {f'{row.emoji} {escape_inline(row.title)}'.strip()}" for row in kept]


def compose(items: Iterable[InboxItem] = ()) -> str:
    """The text of a new issue: the sections that recur, with these items in theirs.

    A section that does not recur stands at the end.
    """
    sections: dict[str, tuple[str, list[str]]] = {
        fold(heading): (heading, []) for heading in skeleton()
    }
    for item in items:
        key = fold(item.section or UNSORTED)
        # An emoji is no word: “News” is the section “🗞 News”.
        heading = f"## {escape_inline(item.section or UNSORTED)}"
        sections.setdefault(key, (heading, []))[1].append(as_line(item))
    parts = [
        "\n\n".join([heading, *(["\n".join(lines)] if lines else [])])
        for heading, lines in sections.values()
    ]
    return "\n\n".join(parts) + "\n" if parts else ""


def as_line(item: InboxItem) -> str:
    """The item as an entry of a list: its link, and the take."""
    words = escape_inline(item.title or host_of(item.url) or item.url)
    take = f" — {item.take}" if item.take else ""
    return f"- [{words}]({as_destination(item.url)}){take}"


@transaction.atomic
def begin_issue(*, items: Sequence[InboxItem], by: User) -> Issue:
    """A draft with the sections that recur and these items, which are used from now on.

    They wait again when the draft is deleted. Raises: ValidationError where an item
    is used already.
    """
    waiting = InboxItem.objects.waiting().select_for_update(of=("self",))
    found = list(
        waiting.filter(pk__in=[item.pk for item in items]).order_by("created_at", "pk")
    )
    if len(found) < len(items):
        raise ValidationError("Some of these stand in an issue by now: choose again.")
    today = timezone.localdate()
    issue = Issue(
        title=f"Issue of {today.day} {today:%B %Y}", slug=free_slug(today.isoformat()),
        body=compose(found), created_by=by,
    )  # fmt: skip
    issue.full_clean()
    save_issue(issue=issue, by=by)
    InboxItem.objects.filter(pk__in=[item.pk for item in found]).update(used_in=issue)
    return issue
