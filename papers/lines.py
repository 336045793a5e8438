"""A paper in one line, as issues show it in page, feed and mail."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypedDict

from papers.models import Paper
from papers.names import tell_authors
from superfast.common.paths import path_to
from superfast.common.statements import Question


class Line(TypedDict):
    """What is said of a paper; `byline`, `venue`, `place` may be empty.

    `place` is the venue and how the paper was presented there.
    """

    url: str
    title: str
    byline: str
    venue: str
    place: str


def lines_of(slugs: Collection[str], at: datetime) -> dict[str, Line]:
    """The line of each of these papers that readers see at that moment, by its slug.

    One that was merged into another is still found by the name that a text has for it.
    Cost: one query, and three where a slug is nobody's any longer.
    """
    holes = {f"slug_{number}": slug for number, slug in enumerate(slugs)}
    # Of two catalogues that have a slug, the first comes last.
    found = {row[0]: _line(*row) for row in _question(len(slugs)).ask(at=at, **holes)}
    if missing := [slug for slug in slugs if slug not in found]:
        papers = Paper.objects.published(at).for_list().by_former_slug(missing)
        found |= {slug: _line_of(paper) for slug, paper in papers.items()}
    return found


@lru_cache(maxsize=64)
def _question(count: int) -> Question:
    """The question for so many papers: an issue names few."""
    return Question(
        lambda at, **slugs: (
            Paper.objects.published(at)
            .with_byline()
            .for_slugs(slugs.values())
            .values_list(
                *("slug", "catalogue__slug", "title", "venue", "presentation"),
                *("first_author", "author_count", "authors_complete"),
            )
        ),
        at=datetime(1, 1, 1, tzinfo=UTC),  # stands nowhere else in a question
        **{f"slug_{number}": f"slug {number}" for number in range(count)},
    )


def _line(
    slug: str,
    catalogue: str,
    title: str,
    venue: str,
    presentation: str,
    first_author: str | None,
    author_count: int,
    is_complete: bool,
) -> Line:
    return {
        "url": path_to("papers:paper-detail", catalogue, slug),
        "title": title,
        "byline": tell_authors(first_author, author_count, is_complete=is_complete),
        "venue": venue,
        "place": f"{venue}, {presentation}" if venue and presentation else venue,
    }


def _line_of(paper: Paper) -> Line:
    return _line(
        paper.slug,
        paper.catalogue.slug,
        paper.title,
        paper.venue,
        paper.presentation,
        paper.first_author,
        paper.author_count,
        paper.authors_complete,
    )
