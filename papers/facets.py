"""The ways to narrow a list, with how many papers each of their values would leave."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from papers.filters import FilterName, mentioned_keys
from papers.models import COUNTED_TO, PaperQuerySet, count_label


@dataclass(frozen=True)
class Option:
    """One value of a facet; `url` chooses it, or drops it where it is chosen."""

    label: str
    count: int
    url: str
    active: bool
    is_capped: bool = False

    @property
    def count_label(self) -> str:
        """The count, with a plus where more papers match than are counted."""
        return count_label(self.count, is_more=self.is_capped)


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list."""

    name: str
    label: str
    options: list[Option]


class Count(NamedTuple):
    """How many of the counted papers have a value; `value` is what an address calls it."""

    value: str | bool
    label: str
    papers: int


@dataclass(frozen=True)
class Tally:
    """What was counted of some papers.

    Attributes:
        total: how many they are, counted to one more than `COUNTED_TO`.
        counts: for each facet asked for, its values in the order of their labels.
    """

    total: int = 0
    counts: dict[FilterName, list[Count]] = field(default_factory=dict)

    @property
    def is_capped(self) -> bool:
        """Whether there are more papers than were counted."""
        return self.total > COUNTED_TO


FACETS: dict[FilterName, str] = {
    "topic": "Topic",
    "venue": "Venue",
    "award": "Award",
    "code": "Code",
    "highlight": "Highlights",
    "mentioned": "Newsletter",
}
FLAGS: frozenset[FilterName] = frozenset({"code", "highlight", "mentioned"})

# The papers are looked up once, and counted in as many ways as are asked for: the
# alternatives, a question for each facet or the rows themselves, cost several times as much.
_COUNTED = (
    "WITH counted (id, venue, award, has_code, is_highlight) AS MATERIALIZED ({papers})"
)
_TOTAL = "SELECT '', '', '', COUNT(*) FROM counted"
_PARTS: dict[FilterName, str] = {
    "topic": (
        # CROSS keeps SQLite from beginning with every topic of every paper.
        "SELECT 'topic', topic.slug, topic.name, COUNT(*) FROM counted"
        " CROSS JOIN papers_paper_topics AS about"
        " JOIN papers_topic AS topic ON topic.id = about.topic_id"
        " WHERE about.paper_id = counted.id GROUP BY topic.slug, topic.name"
    ),
    "venue": "SELECT 'venue', venue, venue, COUNT(*) FROM counted WHERE venue <> '' GROUP BY venue",
    "award": "SELECT 'award', award, award, COUNT(*) FROM counted WHERE award <> '' GROUP BY award",
    "code": "SELECT 'code', '', '', COUNT(*) FROM counted WHERE has_code",
    "highlight": "SELECT 'highlight', '', '', COUNT(*) FROM counted WHERE is_highlight",
    "mentioned": "SELECT 'mentioned', '', '', COUNT(*) FROM counted WHERE id IN ({mentioned})",
}


def tally(
    parts: Iterable[PaperQuerySet], names: Iterable[FilterName], at: datetime
) -> Tally:
    """Counts the first papers of a set, one more than `COUNTED_TO` at most, by these facets.

    Args:
        parts: the set, in any order; where there are too many, those with the lowest keys
            are counted.
        names: the facets asked for.
        at: the moment of which is asked what issues mention.

    Cost: one query.
    """
    counted, params = _counted_of(parts)
    if not counted:
        return Tally()
    asked = [_TOTAL]
    for name in names:
        part = _PARTS[name]
        if name == "mentioned":
            mentioned, moments = mentioned_keys(at).query.sql_with_params()
            part, params = part.format(mentioned=mentioned), (*params, *moments)
        asked.append(part)
    statement = f"{_COUNTED.format(papers=counted)} {' UNION ALL '.join(asked)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    total, counts = 0, defaultdict[FilterName, list[Count]](list)
    for name, value, label, papers_counted in rows:
        if not name:
            total = papers_counted
        elif papers_counted:
            counts[name].append(
                Count(True if name in FLAGS else value, label, papers_counted)
            )
    for name in counts:
        counts[name].sort(key=lambda count: (-count.papers, count.label))
    return Tally(total, dict(counts))


def _counted_of(parts: Iterable[PaperQuerySet]) -> tuple[str, tuple[Any, ...]]:
    """SQL for what is counted of papers: of those of all parts that have the lowest keys.

    Each part by itself, for which there are indexes. Empty where nothing can match.
    """
    texts: list[str] = []
    values: tuple[Any, ...] = ()
    for part in parts:
        # In the order of the indexes, so that what is counted is the same each time.
        columns = part.order_by("pk").values_list(
            "pk", "venue", "award", "has_code", "is_highlight"
        )
        try:
            text, params = columns[: COUNTED_TO + 1].query.sql_with_params()
        except EmptyResultSet:
            continue  # Django knows that nothing matches: no key is in an empty list.
        texts.append(text)
        values += params
    if len(texts) < 2:
        return "".join(texts), values
    joined = " UNION ALL ".join(f"SELECT * FROM ({text}) AS part" for text in texts)  # noqa: S608  # Django's own
    return f"{joined} ORDER BY 1 LIMIT {COUNTED_TO + 1}", values
