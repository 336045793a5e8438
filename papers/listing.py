"""A catalogue's page: the papers that its address asks for, and the ways on from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from papers.filters import HAS_CODE, IS_HIGHLIGHT, SORTS, FilterName, PaperQuery
from papers.models import Author, Catalogue, Paper, PaperQuerySet, Topic

PER_PAGE = 24
MAX_PAGES = 50


class UnknownValueError(LookupError):
    """The address asks for a topic, venue or author that the catalogue does not have."""


class ShortPaginator(Paginator):
    """Pages as far as counting from the front stays quick."""

    @property
    def num_pages(self) -> int:
        return min(MAX_PAGES, super().num_pages)


@dataclass(frozen=True)
class Option:
    """One value of a facet; `url` chooses it, or drops it where it is chosen."""

    label: str
    count: int
    url: str
    active: bool


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list."""

    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Choice:
    """A link that changes the list: an order, or a filter to drop."""

    label: str
    url: str
    active: bool = False


@dataclass(frozen=True)
class Listing:
    """A page of a catalogue and the ways on from it."""

    query: PaperQuery
    page: Page
    matching: int
    facets: list[Facet]
    chips: list[Choice]
    sorts: list[Choice]


def list_papers(
    catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
) -> Listing:
    """The page of published papers that the query asks for.

    A facet counts what each of its values would leave under all the other
    filters. Cost: seven queries at most, however many papers and values.
    Raises: UnknownValueError, and EmptyPage where there is no such page.
    """
    papers = Paper.objects.in_catalogue(catalogue).published(at).order_by()
    names = _names(query, papers)
    counts = papers.aggregate(
        matching=Count("pk", filter=query.condition()),
        code=Count("pk", filter=query.condition("code") & HAS_CODE),
        highlight=Count("pk", filter=query.condition("highlight") & IS_HIGHLIGHT),
    )
    shown = Paper.objects.for_list().filter(query.condition(), pk__in=papers)
    paginator = ShortPaginator(shown.order_by(*SORTS[query.sort][1]), PER_PAGE)
    paginator.count = counts["matching"]
    return Listing(
        query=query,
        page=paginator.page(query.page),
        matching=counts["matching"],
        facets=list(_facets(catalogue, query, papers, counts)),
        chips=[
            Choice(names[name], query.url(catalogue, **{name: PaperQuery.empty(name)}))
            for name in query.conditions()
        ],
        sorts=[
            Choice(label, query.url(catalogue, sort=name), name == query.sort)
            for name, (label, _) in SORTS.items()
        ],
    )


def matching_papers(
    catalogue: Catalogue, query: PaperQuery, at: datetime | None = None
) -> PaperQuerySet:
    """Every published paper that the query asks for, in its order.

    Raises: UnknownValueError.
    """
    papers = Paper.objects.in_catalogue(catalogue).published(at).order_by()
    _names(query, papers)
    return papers.filter(query.condition()).order_by(*SORTS[query.sort][1])


def _names(query: PaperQuery, papers: QuerySet[Paper]) -> dict[str, str]:
    """What to call each filter in force.

    Only of what readers see: the name of a draft's author is not given away.
    """
    known: dict[str, QuerySet] = {
        "topic": Topic.objects.filter(slug=query.topic, papers__in=papers).values_list(
            "name"
        ),
        "venue": papers.filter(venue=query.venue).values_list("venue"),
        "author": Author.objects.filter(
            slug=query.author, authorships__paper__in=papers
        ).values_list("name"),
    }
    names = {"posted": f"First posted {query.posted}"}
    names |= {"q": f"“{query.q}”", "code": "With code", "highlight": "Highlights"}
    for name in known.keys() & query.conditions().keys():
        found = known[name].order_by().first()
        if found is None:
            raise UnknownValueError(name)
        names[name] = found[0]
    return names


def _facets(
    catalogue: Catalogue,
    query: PaperQuery,
    papers: QuerySet[Paper],
    counts: dict[str, int],
) -> Iterator[Facet]:
    def facet(name: FilterName, label: str, rows: list[tuple[Any, str, int]]) -> Facet:
        current, empty = getattr(query, name), PaperQuery.empty(name)
        options = [
            Option(
                label=text,
                count=count,
                url=query.url(
                    catalogue, **{name: empty if value == current else value}
                ),
                active=value == current,
            )
            for value, text, count in rows
            if count
        ]
        return Facet(name, label, options)

    found = (
        facet("topic", "Topic", _topic_counts(papers.filter(query.condition("topic")))),
        facet("venue", "Venue", _venue_counts(papers.filter(query.condition("venue")))),
        facet("code", "Code", [(True, "With code", counts["code"])]),
        facet("highlight", "Highlights", [(True, "Highlights", counts["highlight"])]),
    )
    return (one for one in found if one.options)


def _topic_counts(papers: QuerySet[Paper]) -> list[tuple[Any, str, int]]:
    topics = Topic.objects.filter(papers__in=papers).annotate(n=Count("papers"))
    return [
        (topic.slug, topic.name, topic.n) for topic in topics.order_by("-n", "name")
    ]


def _venue_counts(papers: QuerySet[Paper]) -> list[tuple[Any, str, int]]:
    rows = papers.exclude(venue="").values_list("venue").annotate(n=Count("pk"))
    return [(venue, venue, n) for venue, n in rows.order_by("-n", "venue")]
