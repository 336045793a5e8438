"""The newsletter as Atom and as JSON Feed: whole, or one of its sections."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from issues.last_lie import Amends, amends_of, with_amends
from issues.models import Issue, Section
from issues.reading import fill_papers
from quiz.services import Card, deal_hands
from superfast.common.blocks import Block, Footnotes, Heading, from_json
from superfast.common.feeds import Entry, Feed, atom_response, json_response
from superfast.common.http import kept_page
from superfast.common.markdown import with_origin
from superfast.common.publishing import published_q

LENGTH = 20
DESCRIPTION = "A weekly newsletter on artificial intelligence."

# Of headings, all of whose anchors begin alike; addresses leave it out.
_ANCHOR = "s-"
_SECTION_LEVEL = 2


@kept_page()
def atom(request: HttpRequest) -> HttpResponse:
    return atom_response(_feed(), _entries())


@kept_page()
def json_feed(request: HttpRequest) -> HttpResponse:
    return json_response(_feed(), _entries())


@kept_page()
def section_atom(request: HttpRequest, section: str) -> HttpResponse:
    return atom_response(*_section(section))


@kept_page()
def section_json(request: HttpRequest, section: str) -> HttpResponse:
    return json_response(*_section(section))


def every_feed(at: datetime) -> Iterator[tuple[Feed, list[Entry]]]:
    """The newsletter's feed, and those of the sections that come again.

    Cost: three queries, one for the sections, and four for each.
    """
    yield _feed(), _entries(at=at)
    for name, _ in recent_sections(at):
        yield _section(name, at)


def recent_sections(at: datetime | None = None) -> list[tuple[str, str]]:
    """Name and title of the sections that the latest issues had, the most frequent first.

    Those that stand in more than one: a section is what comes again. Cost: one query.
    """
    latest = Issue.objects.published(at).newest_first().values("pk")[:LENGTH]
    rows = Section.objects.filter(
        issue__in=list(latest.values_list("pk", flat=True)), level=_SECTION_LEVEL
    )
    found: dict[str, list[str]] = {}
    for anchor, title in rows.values_list("anchor", "title"):
        found.setdefault(anchor.removeprefix(_ANCHOR), []).append(title)
    often = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(name, titles[0]) for name, titles in often if len(titles) > 1]


def _feed() -> Feed:
    return Feed(
        title=settings.SITE_NAME,
        description=DESCRIPTION,
        page="/",
        atom=reverse("issues:feed-atom"),
        json=reverse("issues:feed-json"),
    )


def _section(name: str, at: datetime | None = None) -> tuple[Feed, list[Entry]]:
    """A section's feed: what stands below that heading, issue by issue.

    Raises: Http404 where no issue that readers see has such a section.
    """
    at = at or timezone.now()
    anchor = f"{_ANCHOR}{name}"
    sections = Section.objects.filter(
        published_q(at, "issue__"), anchor=anchor, level=_SECTION_LEVEL
    ).order_by("-issue__publish_at", "-issue")
    titles = dict(sections.values_list("issue", "title")[:LENGTH])
    if not titles:
        raise Http404
    title = next(iter(titles.values()))
    feed = Feed(
        title=f"{settings.SITE_NAME}: {title}",
        description=f"“{title}”, a section of {settings.SITE_NAME}.",
        page=reverse("issues:issue-archive"),
        atom=reverse("issues:section-atom", args=[name]),
        json=reverse("issues:section-json", args=[name]),
    )
    return feed, _entries(titles, anchor, at)


def _entries(
    only: dict[int, str] | None = None, anchor: str = "", at: datetime | None = None
) -> list[Entry]:
    """The latest issues in full, or a section of each of some.

    Args:
        only: the sections' titles by the keys of their issues.
        anchor: of these sections.
        at: the moment; now, if none is given.

    Cost: three queries, however many they are.
    """
    at = at or timezone.now()
    rows = Issue.objects.published(at)
    if only is not None:
        rows = rows.filter(pk__in=only)
    issues = list(
        with_amends(rows, at)
        .newest_first()
        .with_errata()
        .select_related("quiz")
        .defer("body", "finished", "quiz__lie")[:LENGTH]
    )
    texts = {issue.pk: from_json(issue.blocks) for issue in issues}
    if only is not None:
        texts = {pk: list(_below(anchor, blocks)) for pk, blocks in texts.items()}
    fill_papers([block for blocks in texts.values() for block in blocks], at)
    hands = deal_hands([issue.quiz for issue in issues if issue.quiz])
    return [
        _entry(
            issue,
            texts[issue.pk],
            hands.get(issue.quiz_id or 0, []),
            section=only[issue.pk] if only else "",
            anchor=anchor,
        )
        for issue in issues
    ]


def _below(anchor: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """What stands below a heading, down to the next of its level; and all footnotes."""
    is_below = False
    for block in blocks:
        if isinstance(block, Heading) and block.level <= _SECTION_LEVEL:
            is_below = block.anchor == anchor
        elif is_below or isinstance(block, Footnotes):
            yield block


def _entry(
    issue: Issue,
    blocks: Sequence[Block],
    cards: Sequence[Card],
    *,
    section: str,
    anchor: str,
) -> Entry:
    # What an issue puts right stands in the issue, not in one of its sections.
    amends = Amends() if section else amends_of(issue)
    context = {
        "issue": issue,
        "blocks": blocks,
        "quiz": issue.quiz,
        "headlines": cards,
        "amends": amends,
        "notes": issue.notes,
    }
    html = render_to_string("issues/feed_entry.html", context)
    part = f"#{anchor}" if section else ""
    return Entry(
        url=f"{settings.SITE_URL}{issue.get_absolute_url()}{part}",
        uid=f"{issue.uid.urn}{part}",
        title=f"{section}: {issue.title}" if section else issue.title,
        summary=issue.dek,
        html=with_origin(html, settings.SITE_URL),
        published_at=issue.first_published_at,
        changed_at=max(issue.changed_at, amends.changed_at or issue.changed_at),
    )
