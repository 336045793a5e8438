"""What the site's search knows of papers."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import CharField, Prefetch, Q, QuerySet
from django.db.models.functions import Cast

from papers.models import Authorship, Catalogue, Paper, Placement
from superfast.common.blocks import strip_tags
from superfast.search.documents import DocumentData, Kind
from superfast.search.ranking import Ranking, rank


def all_documents() -> Iterator[DocumentData]:
    """Every paper as it can be found, drafts too: their dates decide who finds them."""
    return documents(Paper.objects.all())


def documents(papers: QuerySet[Paper]) -> Iterator[DocumentData]:
    """These papers as they can be found. Cost: three queries for each 500."""
    rows = papers.order_by("pk").select_related("catalogue")
    # Joined: fetched by themselves, a thousand authors are more than SQLite compares.
    written = Authorship.objects.select_related("author")
    rows = rows.prefetch_related("topics", Prefetch("authorships", queryset=written))
    return map(document, rows.iterator(chunk_size=500))


def key(pk: int) -> str:
    """What search calls the paper with this key, whatever its address becomes."""
    return str(pk)


def document(paper: Paper) -> DocumentData:
    """A paper as it can be found. Needs its catalogue, authors and topics at hand."""
    keywords = (
        paper.venue,
        paper.presentation,
        paper.award,
        *(topic.name for topic in paper.topics.all()),
        paper.arxiv_id,
        paper.doi,
    )
    return DocumentData(
        kind=Kind.PAPER,
        key=key(paper.pk),
        title=paper.title,
        url=paper.get_absolute_url(),
        names=", ".join(author.name for author in paper.authors),
        body=f"{strip_tags(paper.takeaway_html)} {paper.abstract}".strip(),
        keywords=" ".join(filter(None, keywords)),
        context=paper.catalogue.title,
        topics="".join(f"|{topic.slug}" for topic in paper.topics.all()) + "|",
        publish_at=paper.publish_at,
        withdrawn_at=paper.withdrawn_at,
        dated_on=date(paper.year, 1, 1),
    )


def rank_papers(text: str, catalogue: Catalogue, at: datetime) -> Ranking | None:
    """The papers that a catalogue's list shows and that match, the best first.

    Their keys are of search; None where no word is asked for. Cost: see `rank`.
    """
    within = Q(url__startswith=catalogue.get_absolute_url())
    if getattr(catalogue, "has_guests", True):
        guests = Placement.objects.filter(catalogue=catalogue)
        within |= Q(key__in=guests.values(name=Cast("paper_id", CharField())))
    return rank(text, kind=Kind.PAPER, at=at, within=within)
