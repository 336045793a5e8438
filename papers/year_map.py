"""A year at a glance: topics by month, venues, what issues mention most."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import Substr
from django.utils.formats import date_format

from papers.filters import PaperQuery
from papers.models import Catalogue, Paper
from superfast.common.publishing import published_q

MONTHS = 24
VENUES = 15
MENTIONED = 10
_YEAR_AND_MONTH = len("YYYY-MM")


@dataclass(frozen=True, slots=True)
class Mark:
    """One count, where it stands across (per cent), how large it is, where it leads.

    Attributes:
        size: a step from 1 to 9, which the stylesheet turns into a radius.
    """

    label: str
    count: int
    x: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A topic and its months; of months without papers the count is 0."""

    label: str
    total: int
    url: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A column: its name, in short and in full."""

    key: str
    short: str
    label: str
    x: str
    is_first_of_year: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A count as a bar; `share` is its length as a per cent of the longest."""

    label: str
    count: int
    url: str
    share: str


@dataclass(frozen=True, slots=True)
class YearMap:
    """What the page shows. `undated` papers stand in no month of it."""

    months: tuple[Month, ...]
    rows: tuple[Row, ...]
    venues: tuple[Bar, ...]
    mentioned: tuple[Bar, ...]
    undated: int


def map_of(catalogue: Catalogue, at: datetime | None = None) -> YearMap:
    """The papers of a catalogue that readers see, counted.

    A paper of two topics counts in both rows, once in the first row, of all. Cost:
    four queries, however many papers.
    """
    papers = Paper.objects.in_catalogue(catalogue).published(at).order_by()
    dated: dict[str, int] = defaultdict(int)
    topics: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    by_month = papers.annotate(month=Substr("first_posted", 1, _YEAR_AND_MONTH))
    for month, count in by_month.values_list("month").annotate(n=Count("pk")):
        dated[month] = count
    named = by_month.filter(topics__isnull=False)
    columns = ("topics__slug", "topics__name", "month")
    for slug, name, month, count in named.values_list(*columns).annotate(n=Count("pk")):
        topics[slug, name][month] = count
    months = _months(key for key in dated if key)
    shown = [month.key for month in months]
    most = max(
        (counts.get(k, 0) for counts in topics.values() for k in shown), default=0
    )
    rows = [
        _row(catalogue, "All papers", {}, dated, months, max(dated.values(), default=0))
    ]
    rows += [
        _row(catalogue, name, {"topic": slug}, counts, months, most)
        for (slug, name), counts in sorted(
            topics.items(), key=lambda item: (-sum(item[1].values()), item[0][1])
        )
    ]
    return YearMap(
        months=months,
        rows=tuple(rows),
        venues=_venues(catalogue, papers),
        mentioned=_mentioned(papers, at),
        undated=sum(dated.values()) - sum(dated.get(key, 0) for key in shown),
    )


def _months(keys: Iterable[str]) -> tuple[Month, ...]:
    """Every month from the first to the last, the latest two years at most."""
    known = sorted(keys)
    if not known:
        return ()
    first, last = (
        int(key[:4]) * 12 + int(key[5:]) - 1 for key in (known[0], known[-1])
    )
    numbers = range(max(first, last - MONTHS + 1), last + 1)
    return tuple(
        _month(number, place, len(numbers)) for place, number in enumerate(numbers)
    )


def _month(number: int, place: int, count: int) -> Month:
    day = date(number // 12, number % 12 + 1, 1)
    return Month(
        key=f"{day:%Y-%m}",
        short=date_format(day, "M")[:1],
        label=date_format(day, "F Y"),
        x=_x(place, count),
        is_first_of_year=place == 0 or day.month == 1,
    )


def _x(place: int, count: int) -> str:
    return f"{(place + 0.5) * 100 / count:.2f}%"


def _row(
    catalogue: Catalogue,
    label: str,
    about: Mapping[str, Any],
    counts: Mapping[str, int],
    months: tuple[Month, ...],
    most: int,
) -> Row:
    marks = tuple(
        Mark(
            label=month.label,
            count=counts.get(month.key, 0),
            x=month.x,
            # An area, not a width, tells how many.
            size=math.ceil(9 * math.sqrt(counts.get(month.key, 0) / max(most, 1))),
            url=PaperQuery(**about, posted=month.key).url(catalogue),
        )
        for month in months
    )
    url = PaperQuery(**about).url(catalogue)
    return Row(label, sum(counts.values()), url, marks)


def _venues(catalogue: Catalogue, papers: Any) -> tuple[Bar, ...]:
    rows = papers.exclude(venue="").values_list("venue").annotate(n=Count("pk"))
    counted = list(rows.order_by("-n", "venue")[:VENUES])
    most = counted[0][1] if counted else 1
    return tuple(
        Bar(venue, n, PaperQuery(venue=venue).url(catalogue), f"{100 * n / most:.1f}%")
        for venue, n in counted
    )


def _mentioned(papers: Any, at: datetime | None) -> tuple[Bar, ...]:
    said = Count("mentions", filter=published_q(at, "mentions__issue__"), distinct=True)
    rows = papers.filter(mentions__isnull=False).select_related("catalogue")
    rows = rows.annotate(said=said).filter(said__gt=0).order_by("-said", "title_key")
    counted = list(rows.only("title", "slug", "catalogue__slug")[:MENTIONED])
    most = counted[0].said if counted else 1
    return tuple(
        Bar(
            paper.title,
            paper.said,
            paper.get_absolute_url(),
            f"{100 * paper.said / most:.1f}%",
        )
        for paper in counted
    )
