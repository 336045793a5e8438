"""An issue as a reader meets it: stored blocks, filled with what they name."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from issues.finished import with_page
from issues.last_lie import amends_of, with_amends
from issues.models import Issue
from papers.lines import lines_of
from quiz.services import Card, hand_of, read_hand
from superfast.common import blocks as b
from superfast.common.paths import path_to
from superfast.common.statements import RowQuestion

# Stands nowhere else in a question.
_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)

_PAGE: RowQuestion[Issue] = RowQuestion(
    lambda slug, at: (
        with_page(with_amends(Issue.objects.for_page(at), at))
        .annotate(hand=hand_of("quiz"))
        .filter(slug=slug)
        .order_by()
    ),
    slug="a slug",
    at=_ANY_TIME,
)


def find_issue(slug: str, at: datetime) -> Issue | None:
    """The issue of an address, whatever its status, with all that its page shows.

    Cost: one query, which is written once in each thread: Django takes thirty times as
    long to write it as the database to answer it.
    """
    return next(iter(_PAGE.ask(slug=slug, at=at)), None)


def cards_of(issue: Issue) -> list[Card]:
    """The headlines of the issue's quiz, from `find_issue`. Cost: none."""
    return read_hand(getattr(issue, "hand", None))


def fill_papers(blocks: Sequence[b.Block], at: datetime | None = None) -> None:
    """Paper blocks hold the lines of the papers they name, as far as readers may see them.

    Cost: one query; none where the text names no paper.
    """
    items = [
        item for block in blocks if isinstance(block, b.Papers) for item in block.items
    ]
    if not items:
        return
    lines = lines_of({item.slug for item in items}, at or timezone.now())
    for item in items:
        item.paper = lines.get(item.slug)


def page_context(
    issue: Issue,
    blocks: Sequence[b.Block],
    *,
    contents: str,
    cards: Sequence[Card],
    at: datetime | None = None,
    is_preview: bool = False,
) -> dict[str, Any]:
    """What the template of an issue shows, for the page and for its preview alike.

    Cost: one query for the papers; the caller brings the rest.
    """
    fill_papers(blocks, at)
    return {
        "issue": issue,
        "blocks": blocks,
        "contents": contents,
        "quiz": issue.quiz,
        "headlines": cards,
        "amends": amends_of(issue),
        "notes": issue.notes,
        "cover": issue.cover,
        "cover_src": issue.cover.fallback_src if issue.cover else "",
        "previous": neighbour(issue, "previous"),
        "next": neighbour(issue, "next"),
        "is_preview": is_preview,
        "is_shared": False,
        "with_lines": False,
    }


def neighbour(issue: Issue, side: str) -> dict[str, str] | None:
    """Title and address of the issue before or after, from `with_neighbours`."""
    row = getattr(issue, side, None)
    if row is None:
        return None
    return {"title": row["title"], "url": path_to("issues:issue-detail", row["slug"])}
