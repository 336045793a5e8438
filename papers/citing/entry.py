"""One entry of a bibliography: what is said of a paper, whatever the format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from papers.fields import fold_key
from papers.models import LINKS, Kind, Paper, PaperQuerySet
from papers.names import PersonName, split_name

# Columns of a paper that an entry may say, in the order of the table that is exported.
COLUMNS = (
    "title",
    "year",
    "first_posted",
    "kind",
    "venue",
    "venue_name",
    "presentation",
    "award",
    "volume",
    "number",
    "pages",
    "publisher",
    "arxiv_id",
    "arxiv_version",
    "arxiv_class",
    "doi",
    *LINKS,
    "code_origin",
    "takeaway",
    "abstract",
    "abstract_source",
    "is_highlight",
    "position",
)
WHOLE_NUMBERS = frozenset({"year", "arxiv_version", "position"})
TRUTHS = frozenset({"is_highlight"})


class Credited(NamedTuple):
    """Somebody credited by an entry: a person's name in parts, or an organisation's."""

    name: PersonName
    corporate: bool = False

    @property
    def display(self) -> str:
        """The name as it is printed."""
        return self.name.display

    @property
    def key(self) -> str:
        """What is equal for two ways of writing one name."""
        return fold_key(self.display, 255)


@dataclass(kw_only=True)
class Entry:
    """What an entry says; `values` holds columns of a paper, those that are said.

    `complete` is true of entries that say everything: with them, a column that is
    empty empties the paper's. `problem` says why nothing can be made of it, `doubt`
    why somebody has to look; `remarks` what was left out or read in another way.
    """

    key: str = ""
    line: int = 0
    slug: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    authors: list[Credited] = field(default_factory=list)
    authors_complete: bool = True
    topics: list[str] | None = None
    complete: bool = False
    problem: str = ""
    doubt: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title, or as much as there is of one."""
        return str(self.values.get("title", ""))

    def to_json(self) -> dict[str, Any]:
        """What a column of the database holds of it."""
        return {
            "key": self.key,
            "line": self.line,
            "slug": self.slug,
            "values": self.values,
            "authors": [[*each.name, each.corporate] for each in self.authors],
            "authors_complete": self.authors_complete,
            "topics": self.topics,
            "complete": self.complete,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The entry that `to_json` wrote."""
        authors = [
            Credited(PersonName(*parts), corporate)
            for *parts, corporate in data["authors"]
        ]
        return cls(**{**data, "authors": authors})


def credited(text: str, *, corporate: bool = False) -> Credited:
    """Who is meant by a name as it is printed."""
    text = " ".join(text.split())
    return Credited(PersonName(text) if corporate else split_name(text), corporate)


def entry_of(paper: Paper) -> Entry:
    """All that is known of a paper. Needs rows from `for_export()`."""
    return Entry(
        key=paper.citation_key,
        slug=paper.slug,
        values={name: getattr(paper, name) for name in COLUMNS},
        authors=[
            Credited(row.parts, row.is_corporate)
            if row.parts.display == row.name
            else Credited(PersonName(row.name), row.is_corporate)
            for row in paper.authors
        ],
        authors_complete=paper.authors_complete,
        topics=[topic.name for topic in paper.topics.all()],
        complete=True,
    )


def entries(papers: PaperQuerySet) -> Iterator[Entry]:
    """These papers as entries, in their order, a few hundred at a time."""
    return map(entry_of, papers.for_export().iterator(chunk_size=500))


def likely_kind(entry: Entry) -> str:
    """The kind of publication; where it is not said, what the rest makes likely."""
    if kind := entry.values.get("kind"):
        return str(kind)
    if entry.values.get("venue") or entry.values.get("venue_name"):
        return Kind.PROCEEDINGS
    return Kind.PREPRINT if entry.values.get("arxiv_id") else ""


def said(entry: Entry, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The columns of these that hold something, as text."""
    for name in names:
        value = entry.values.get(name)
        if value not in (None, "", False):
            yield name, str(value)
