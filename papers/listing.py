"""A catalogue's page: the papers that its address asks for, and the ways on from them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple

from django.core.paginator import EmptyPage
from django.db.models import Count, Q
from django.utils import timezone

from papers import search
from papers.filters import COMPACT, FilterName, PaperQuery, mentioned_q
from papers.models import (
    COUNTED_TO,
    Author,
    Catalogue,
    Paper,
    PaperQuerySet,
    Topic,
    count_label,
)
from papers.ordering import DEFAULT, ORDERS, RELEVANCE
from superfast.search.ranking import Ranking

PER_PAGE = 24
MAX_PAGES = 50


class UnknownValueError(LookupError):
    """The address asks for a topic, venue, award or author that the catalogue does not have."""


class Row(NamedTuple):
    """What facets count of a paper."""

    pk: int
    venue: str
    award: str
    code_url: str
    is_highlight: bool


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
        return f"{self.count:,}+" if self.is_capped else f"{self.count:,}"


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list."""

    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Choice:
    """A link that changes the list: an order, a look, a filter to drop."""

    label: str
    url: str
    active: bool = False
    count: int = 0

    @property
    def count_label(self) -> str:
        """How many papers it leaves, as readers see it."""
        return count_label(self.count)


@dataclass(frozen=True)
class Listing:
    """A page of a catalogue and the ways on from it.

    Attributes:
        matching: how many papers match, counted to one more than `COUNTED_TO`.
        is_capped: whether counts are lower bounds, for more papers match than are counted.
        corrected: what was searched for instead, where nothing matched the words themselves.
        suggestions: filters to drop, where nothing matches.
        following: the address of the next page, if there is one; `preceding` likewise.
    """

    query: PaperQuery
    papers: list[Paper]
    matching: int
    is_capped: bool
    corrected: str
    facets: list[Facet]
    chips: list[Choice]
    sorts: list[Choice]
    views: list[Choice]
    suggestions: list[Choice]
    pages: int
    following: str
    preceding: str

    @property
    def matching_label(self) -> str:
        """How many match, as readers see it."""
        return f"{self.matching:,}+" if self.is_capped else count_label(self.matching)


class Selection:
    """The papers of a catalogue that a query leaves, and what they would be without a filter."""

    def __init__(
        self, catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
    ) -> None:
        """Raises: UnknownValueError. Cost: a query for each value, one for words."""
        self.catalogue, self.query, self.at = catalogue, query, at or timezone.now()
        self.papers = (
            Paper.objects.in_catalogue(catalogue).published(self.at).order_by()
        )
        self.names = self._names()
        self.ranking = search.rank_papers(query.q, catalogue, self.at) or Ranking(())
        self.matched = [int(key) for key in self.ranking.keys]
        self._conditions = query.conditions(self.matched, self.at)
        self._rows: dict[FilterName | None, list[Row]] = {}

    def left(self, without: FilterName | None = None) -> PaperQuerySet:
        """The papers that every filter in force leaves, or every one but this."""
        conditions = self._conditions.items()
        return self.papers.filter(*(q for name, q in conditions if name != without))

    def rows(self, without: FilterName | None = None) -> list[Row]:
        """The same papers as they are counted: at most one more than `COUNTED_TO`.

        Cost: a query for the first time, and for each filter in force.
        """
        if without not in self._conditions:
            without = None
        if without not in self._rows:
            read = self.left(without).order_by("pk").values_list(*Row._fields)
            self._rows[without] = [Row(*row) for row in read[: COUNTED_TO + 1]]
        return self._rows[without]

    def is_capped(self, without: FilterName | None = None) -> bool:
        """Whether there are more papers than are counted."""
        words = self.ranking.is_capped and without != "q"
        return words or len(self.rows(without)) > COUNTED_TO

    def _names(self) -> dict[FilterName, str]:
        """What to call each filter in force.

        Only of what readers see: the name of a draft's author is not given away.
        """
        query, papers = self.query, self.papers
        names: dict[FilterName, str] = {
            "q": f"“{query.q}”",
            "posted": f"First posted {query.posted}",
            "code": "With code",
            "highlight": "Highlights",
            "mentioned": "In an issue",
        }
        shown = papers.values("pk")
        known: dict[FilterName, Any] = {
            "topic": Topic.objects.filter(slug=query.topic, papers__in=shown),
            "author": Author.objects.filter(
                slug=query.author, authorships__paper__in=shown
            ),
            "venue": papers.filter(venue=query.venue),
            "award": papers.filter(award=query.award),
        }
        for name in query.in_force():
            if name not in known:
                continue
            column = name if name in ("venue", "award") else "name"
            found = known[name].order_by().values_list(column, flat=True)[:1]
            if not found:
                raise UnknownValueError(name)
            names[name] = found[0]
        return names


def list_papers(
    catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
) -> Listing:
    """The page of published papers that the query asks for.

    A facet counts what each of its values would leave under all the other
    filters. Cost: a bounded number of queries, each of which looks at a bounded number
    of the papers that match. Raises: UnknownValueError, and EmptyPage where there is
    no such page.
    """
    selection = Selection(catalogue, query, at)
    matching = len(selection.rows())
    pages = max(1, ceil(min(matching, MAX_PAGES * PER_PAGE) / PER_PAGE))
    pks = _page(selection, pages)
    shown, rest = pks[:PER_PAGE], pks[PER_PAGE:]
    found = Paper.objects.for_list().in_bulk(shown)
    preceding, following = _around(selection, pages, shown[-1] if rest else 0)
    names = selection.names
    return Listing(
        query=query,
        papers=[found[pk] for pk in shown if pk in found],
        matching=matching,
        is_capped=selection.is_capped(),
        corrected=selection.ranking.corrected,
        facets=list(_facets(selection)),
        chips=[
            Choice(names[name], query.url(catalogue, **{name: PaperQuery.empty(name)}))
            for name in query.in_force()
        ],
        sorts=[
            Choice(label, query.url(catalogue, sort=name), name == query.order)
            for name, label in query.orders().items()
        ],
        views=[
            Choice(label, query.url(catalogue, view=name), name == query.view)
            for name, label in (("", "Comfortable"), (COMPACT, "Compact"))
        ],
        suggestions=[] if matching else list(_suggestions(selection)),
        pages=pages,
        following=following,
        preceding=preceding,
    )


def matching_papers(
    catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
) -> PaperQuerySet:
    """Every published paper that the query asks for, in its order.

    Those that words match come in the usual order, for a file has no best ones first.
    Raises: UnknownValueError.
    """
    order = ORDERS.get(query.order, ORDERS[DEFAULT])
    return order.apply(Selection(catalogue, query, at).left())


def _page(selection: Selection, pages: int) -> list[int]:
    """The keys of the page's papers, and of one more where there is one."""
    query = selection.query
    order = ORDERS.get(query.order)
    if query.after and order:
        try:
            return order.read_after(selection.left(), query.after, PER_PAGE + 1)
        except Paper.DoesNotExist as error:
            raise EmptyPage("That paper is not on this list.") from error
    if not 1 <= query.page <= pages:
        raise EmptyPage("There is no such page.")
    start = (query.page - 1) * PER_PAGE
    page = slice(start, start + PER_PAGE + 1)
    if order:
        return list(order.apply(selection.left()).values_list("pk", flat=True)[page])
    left = {row.pk for row in selection.rows()}
    return [pk for pk in selection.matched if pk in left][page]


def _around(selection: Selection, pages: int, last: int) -> tuple[str, str]:
    """The addresses before and after; `last` is 0 where nothing follows."""
    query, catalogue = selection.query, selection.catalogue
    if query.after and query.order != RELEVANCE:
        following = query.url(catalogue, after=last) if last else ""
        return query.url(catalogue), following
    preceding = query.url(catalogue, page=query.page - 1) if query.page > 1 else ""
    if query.page < pages:
        return preceding, query.url(catalogue, page=query.page + 1)
    if last and query.order != RELEVANCE:
        return preceding, query.url(catalogue, after=last)
    return preceding, ""


def _suggestions(selection: Selection) -> Iterator[Choice]:
    """Filters without which something is left, those that leave most first."""
    query, catalogue = selection.query, selection.catalogue
    counts = {name: len(selection.rows(name)) for name in query.in_force()}
    for name in sorted(counts, key=lambda name: -counts[name]):
        if counts[name]:
            yield Choice(
                selection.names[name],
                query.url(catalogue, **{name: PaperQuery.empty(name)}),
                count=counts[name],
            )


def _facets(selection: Selection) -> Iterator[Facet]:
    query, catalogue = selection.query, selection.catalogue

    def facet(
        name: FilterName, label: str, values: Iterable[tuple[Any, str, int]]
    ) -> Facet:
        current, empty = getattr(query, name), PaperQuery.empty(name)
        capped = selection.is_capped(name)
        options = [
            Option(
                label=text,
                count=count,
                url=query.url(
                    catalogue, **{name: empty if value == current else value}
                ),
                active=value == current,
                is_capped=capped,
            )
            for value, text, count in values
            if count
        ]
        return Facet(name, label, options)

    def flag(name: FilterName, label: str, count: int) -> Facet:
        return facet(name, label, [(True, selection.names[name], count)])

    code = sum(bool(row.code_url) for row in selection.rows("code"))
    highlight = sum(row.is_highlight for row in selection.rows("highlight"))
    found = (
        facet("topic", "Topic", _topics(_keys(selection.rows("topic")))),
        facet("venue", "Venue", _values(row.venue for row in selection.rows("venue"))),
        facet("award", "Award", _values(row.award for row in selection.rows("award"))),
        flag("code", "Code", code),
        flag("highlight", "Highlights", highlight),
        flag(
            "mentioned",
            "Newsletter",
            _mentioned(_keys(selection.rows("mentioned")), selection.at),
        ),
    )
    return (one for one in found if one.options)


def _keys(rows: list[Row]) -> list[int]:
    return [row.pk for row in rows]


def _values(values: Iterable[str]) -> list[tuple[Any, str, int]]:
    counts = Counter(filter(None, values))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(value, value, n) for value, n in ranked]


def _topics(pks: Collection[int]) -> list[tuple[Any, str, int]]:
    about = Paper.topics.through.objects.filter(paper__in=pks)
    counts = dict(about.values_list("topic").annotate(n=Count("pk")).order_by())
    topics = Topic.objects.in_bulk(list(counts)).values()
    ranked = sorted(topics, key=lambda topic: (-counts[topic.pk], topic.name))
    return [(topic.slug, topic.name, counts[topic.pk]) for topic in ranked]


def _mentioned(pks: Collection[int], at: datetime) -> int:
    return Paper.objects.filter(mentioned_q(at), Q(pk__in=pks)).count()
