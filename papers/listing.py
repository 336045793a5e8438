"""A catalogue's page: the papers that its address asks for, and the ways on from them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.core.paginator import EmptyPage
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from papers import search
from papers.facets import FACETS, FLAGS, Count, Facet, Option, Tally, tally
from papers.filters import COMPACT, FilterName, PaperQuery
from papers.models import Author, Catalogue, Paper, PaperQuerySet, Topic, count_label
from papers.ordering import DEFAULT, ORDERS, RELEVANCE
from papers.reading import find_papers
from superfast.search.ranking import Ranking

PER_PAGE = 24
MAX_PAGES = 50


class UnknownValueError(LookupError):
    """The address asks for a topic, venue, award or author that the catalogue does not have."""


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
        topic: the one that the list is narrowed to, if it is; it has a feed.
        suggestions: filters to drop, where nothing matches.
        following: the address of the next page, if there is one; `preceding` likewise.
    """

    query: PaperQuery
    papers: list[Paper]
    matching: int
    is_capped: bool
    corrected: str
    topic: Topic | None
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
        return count_label(self.matching, is_more=self.is_capped)


class Selection:
    """The papers of a catalogue that a query leaves, and what they would be without a filter."""

    def __init__(
        self, catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
    ) -> None:
        """Raises: UnknownValueError. Cost: a query for each value, one for words."""
        self.catalogue, self.query, self.at = catalogue, query, at or timezone.now()
        published = Paper.objects.published(self.at).order_by()
        self.papers = published.in_catalogue(catalogue)
        self._parts = published.parts_of_catalogue(catalogue)
        self.names, keys = self._names()
        self.ranking = search.rank_papers(query.q, catalogue, self.at) or Ranking(())
        self.matched = [int(key) for key in self.ranking.keys]
        self._conditions = query.conditions(self.matched, keys, self.at)
        self._tallies: dict[FilterName | None, Tally] = {}

    def left(self, without: FilterName | None = None) -> PaperQuerySet:
        """The papers that every filter in force leaves, or every one but this."""
        return self.papers.filter(*self._asked(without))

    def parts(self, without: FilterName | None = None) -> list[PaperQuerySet]:
        """The same as the catalogue's own papers and its guests, if it has any."""
        asked = self._asked(without)
        return [part.filter(*asked) for part in self._parts]

    @property
    def read_by(self) -> list[PaperQuerySet]:
        """What a page is read from: a few are sorted anyway, so that they need no parts."""
        return [self.left()] if self.is_few else self.parts()

    def _asked(self, without: FilterName | None) -> list[Q]:
        return [q for name, q in self._conditions.items() if name != without]

    def tally(self, without: FilterName | None = None) -> Tally:
        """What the same papers count by the facets that are not narrowed otherwise.

        Of all that is left, every facet but those in force; of what is left without
        one filter, that filter's facet. Cost: a query for the first time, and for each
        filter in force.
        """
        if without not in self._conditions:
            without = None
        if without not in self._tallies:
            asked = {without} if without else FACETS.keys() - self._conditions
            names = [name for name in FACETS if name in asked]
            self._tallies[without] = tally(self.parts(without), names, self.at)
        return self._tallies[without]

    def counts(self, name: FilterName) -> list[Count]:
        """What each value of a facet would leave under all the other filters.

        Of what is left a flag in force holds for all: nothing else need be counted.
        """
        if name in FLAGS and name in self._conditions:
            left = self.tally().total
            return [Count(True, "", left)] if left else []
        return self.tally(name).counts.get(name, [])

    def is_capped(self, name: FilterName | None = None) -> bool:
        """Whether there are more papers than are counted, of all or for a facet."""
        without = None if name in FLAGS else name
        return self.ranking.is_capped or self.tally(without).is_capped

    @property
    def is_few(self) -> bool:
        """Whether filters leave no more papers than are counted."""
        return bool(self._conditions) and not self.tally().is_capped

    def _names(self) -> tuple[dict[FilterName, str], dict[FilterName, int]]:
        """What to call each filter in force, and the key of the topic and of the author.

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
        keys: dict[FilterName, int] = {}
        itself = OuterRef("pk")
        known: dict[FilterName, Callable[[], Any]] = {
            "topic": lambda: Topic.objects.filter(
                Exists(papers.filter(topics=itself)), slug=query.topic
            ),
            "author": lambda: Author.objects.filter(
                Exists(papers.filter(authorships__author=itself)), slug=query.author
            ),
            "venue": lambda: papers.filter(venue=query.venue),
            "award": lambda: papers.filter(award=query.award),
        }
        for name in query.in_force():
            if name not in known:
                continue
            column = name if name in ("venue", "award") else "name"
            found = known[name]().order_by().values_list("pk", column)[:1]
            if not found:
                raise UnknownValueError(name)
            keys[name], names[name] = found[0]
        return names, keys


def list_papers(
    catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
) -> Listing:
    """The page of published papers that the query asks for.

    A facet counts what each of its values would leave under all the other
    filters. Cost: two queries for the papers, two more with guests, one for the facets
    and up to two more for each filter in force, each of which looks at a bounded number
    of those that match.
    Raises: UnknownValueError, and EmptyPage where there is no such page.
    """
    selection = Selection(catalogue, query, at)
    matching = selection.tally().total
    pages = max(1, ceil(min(matching, MAX_PAGES * PER_PAGE) / PER_PAGE))
    pks = _page(selection, pages)
    shown, rest = pks[:PER_PAGE], pks[PER_PAGE:]
    preceding, following = _around(selection, pages, shown[-1] if rest else 0)
    names = selection.names
    return Listing(
        query=query,
        papers=find_papers(shown),
        matching=matching,
        is_capped=selection.is_capped(),
        corrected=selection.ranking.corrected,
        topic=Topic(slug=query.topic, name=names["topic"]) if query.topic else None,
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
            return order.read_after(
                selection.read_by,
                query.after,
                PER_PAGE + 1,
                is_few=selection.is_few,
            )
        except Paper.DoesNotExist as error:
            raise EmptyPage("That paper is not on this list.") from error
    if not 1 <= query.page <= pages:
        raise EmptyPage("There is no such page.")
    start = (query.page - 1) * PER_PAGE
    page = slice(start, start + PER_PAGE + 1)
    if order:
        ordered = order.candidates(
            selection.read_by, page.stop, is_few=selection.is_few
        )
        return list(ordered.values_list("pk", flat=True)[page])
    left = set(selection.left().values_list("pk", flat=True))
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
    counts = {name: selection.tally(name).total for name in query.in_force()}
    for name in sorted(counts, key=lambda name: -counts[name]):
        if counts[name]:
            yield Choice(
                selection.names[name],
                query.url(catalogue, **{name: PaperQuery.empty(name)}),
                count=counts[name],
            )


def _facets(selection: Selection) -> Iterator[Facet]:
    query, catalogue = selection.query, selection.catalogue
    for name, label in FACETS.items():
        current, empty = getattr(query, name), PaperQuery.empty(name)
        options = [
            Option(
                label=count.label or selection.names[name],
                count=count.papers,
                url=query.url(
                    catalogue,
                    **{name: empty if count.value == current else count.value},
                ),
                active=count.value == current,
                is_capped=selection.is_capped(name),
            )
            for count in selection.counts(name)
        ]
        if options:
            yield Facet(name, label, options)
