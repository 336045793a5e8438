"""What a printed citation says of an entry, whatever the style."""

from collections.abc import Sequence
from dataclasses import dataclass

from papers.citing.entry import Credited, Entry, likely_kind
from papers.identifiers import arxiv_url, doi_url
from papers.models import Kind


@dataclass(frozen=True)
class Facts:
    """What a style asks of an entry."""

    kind: str
    title: str
    authors: Sequence[Credited]
    whole: bool
    year: str
    container: str
    volume: str
    number: str
    pages: str
    publisher: str
    arxiv_id: str
    doi: str
    address: str

    @property
    def in_proceedings(self) -> bool:
        """Whether it stands in proceedings or in a book of chapters."""
        return self.kind in {Kind.PROCEEDINGS, Kind.BOOK} and bool(self.container)

    @property
    def stands_alone(self) -> bool:
        """Whether it is a work of its own, whose title is set like a book's."""
        return self.kind in {Kind.REPORT, Kind.THESIS, Kind.BOOK, ""}


def facts_of(entry: Entry) -> Facts:
    """What a style asks of an entry; the address is the DOI's where there is one."""

    def text(name: str) -> str:
        return str(entry.values.get(name) or "")

    kind, arxiv_id, doi = likely_kind(entry), text("arxiv_id"), text("doi")
    if kind == Kind.PREPRINT and arxiv_id and not doi:
        doi = f"10.48550/arXiv.{arxiv_id}"
    addresses = (
        doi and doi_url(doi),
        text("url"),
        arxiv_id and arxiv_url(arxiv_id),
    )
    return Facts(
        kind=kind,
        title=entry.title.strip(),
        authors=entry.authors,
        whole=entry.authors_complete,
        year=text("year"),
        container=text("venue_name") or text("venue"),
        volume=text("volume"),
        number=text("number"),
        pages=text("pages"),
        publisher=text("publisher"),
        arxiv_id=arxiv_id,
        doi=doi,
        address=next(filter(None, addresses), ""),
    )
