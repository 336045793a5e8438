"""Papers as an import would have them, in memory: read and looked over, nothing written.

Reading and comparing is most of the work. It is done here, so that it can be done
before a transaction begins; `storing` writes what comes of it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from papers import history
from papers.citing.entry import Credited, Entry
from papers.identifiers import arxiv_month
from papers.importing.planning import PlannedRow
from papers.importing.read_json import own_name
from papers.matching import batched_list
from papers.models import RESERVED_SLUGS, Catalogue, ImportBatch, Paper
from papers.services import WantedAuthors
from superfast.common.text import fold, numbered

# Of what changes name, no columns of a paper.
_OTHERS = frozenset({"authors", "topics"})
# What other tables hold is looked up there when it is stored.
_RELATIONS = {each.name for each in Paper._meta.concrete_fields if each.is_relation}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """For whom, where and how rows are applied."""

    catalogue: Catalogue
    by: Any = None
    batch: ImportBatch | None = None
    publish: bool = False
    source: str = ""


@dataclass(eq=False, kw_only=True)
class Draft:
    """A paper as it would be stored.

    Attributes:
        paper: its row, which has no key yet where it is new.
        credited: who wrote it, in order; None where the authors stay who they are.
        people: what `WantedAuthors` calls them.
        topics: their names; None where they stay what they are.
        before: the snapshot of what it was; None of a new one.
        refused: why it was not stored, as a sentence.
    """

    paper: Paper
    credited: Sequence[Credited] | None = None
    people: list[str] = field(default_factory=list)
    topics: Sequence[str] | None = None
    before: dict[str, Any] | None = None
    refused: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the paper is not there yet."""
        return self.before is None


def changed(
    paper: Paper,
    before: dict[str, Any],
    values: dict[str, Any],
    sources: dict[str, str],
    wanted: WantedAuthors,
) -> Draft:
    """A paper that is there, with these values, given as changes hold them.

    Args:
        paper: a row of `history.rows`.
        before: its snapshot.
        values: columns, authors and topics, by their names.
        sources: where each column's value is from.
        wanted: takes the authors.

    Raises: ValidationError where the values can't be stored.
    """
    for name in values.keys() - _OTHERS:
        setattr(paper, name, values[name])
    paper.sources = sources
    paper.clean_fields(exclude=_RELATIONS)
    paper.clean()
    draft = Draft(paper=paper, before=before, topics=values.get("topics"))
    if (names := values.get("authors")) is not None:
        draft.credited = [own_name(name) for name in names]
        draft.people = wanted.add(draft.credited)
    return draft


class Drafter:
    """Makes drafts of new papers, and knows what it has used of names used only once."""

    def __init__(self, terms: Terms, wanted: WantedAuthors) -> None:
        self.terms, self.wanted = terms, wanted
        self._now = timezone.now()
        papers = Paper.objects.order_by()
        self._keys = set(papers.exclude(cite_key="").values_list("cite_key", flat=True))
        mine = papers.filter(catalogue=terms.catalogue)
        self._slugs = {*mine.values_list("slug", flat=True), *RESERVED_SLUGS}
        self._position = mine.aggregate(last=Max("position"))["last"] or 0

    def new(self, entry: Entry) -> Draft:
        """The paper that an entry is. Raises: ValidationError."""
        terms = self.terms
        self._position += 1
        values = {"position": self._position, **entry.values}
        if values.get("arxiv_id") and not values.get("first_posted"):
            values["first_posted"] = arxiv_month(values["arxiv_id"])
        paper = Paper(
            catalogue=terms.catalogue,
            slug=self._slug(entry),
            cite_key=self._key(entry),
            authors_complete=entry.authors_complete,
            created_by=terms.by,
            publish_at=self._now if terms.publish else None,
            sources=dict.fromkeys(values, terms.source) if terms.source else {},
            **values,
        )
        if paper.is_highlight and not paper.takeaway:
            paper.is_highlight = False
        return Draft(
            paper=paper,
            credited=entry.authors,
            people=self.wanted.add(entry.authors),
            topics=entry.topics or (),
        )

    def _slug(self, entry: Entry) -> str:
        wanted = slugify(entry.slug or entry.key) or _slug_of(entry)
        return take_free(wanted[:90], self._slugs)

    def _key(self, entry: Entry) -> str:
        wanted = re.sub(r"[^A-Za-z0-9_.:+/*&!?|-]", "", entry.key) or _slug_of(entry)
        return take_free(wanted[:90], self._keys)


def draft_rows(
    rows: Iterable[PlannedRow], terms: Terms, wanted: WantedAuthors
) -> list[Draft | str]:
    """A draft for each row of a dry run, in their order; or why there is none, as a sentence.

    Cost: a few queries, and five for each 500 rows that change a paper.
    """
    drafter = Drafter(terms, wanted)
    drafts: list[Draft | str] = []
    for chunk in batched_list(rows):
        keys = [row.paper for row in chunk if row.paper and not row.is_new]
        known = {p.pk: p for p in history.rows(Paper.objects.filter(pk__in=keys))}
        for row in chunk:
            try:
                if row.is_new:
                    drafts.append(drafter.new(row.entry))
                else:
                    drafts.append(
                        _change(row, known.get(row.paper or 0), terms, wanted)
                    )
            except ValidationError as error:
                drafts.append(" ".join(error.messages))
    wanted.look_up()
    return drafts


def _change(
    row: PlannedRow, paper: Paper | None, terms: Terms, wanted: WantedAuthors
) -> Draft | str:
    if paper is None:
        return "The paper has been deleted meanwhile."
    now = history.snapshot(paper)
    if any(value_in(now, name) != old for name, (old, _) in row.changes.items()):
        return "The paper has been changed since the dry run."
    new = {name: value for name, (_, value) in row.changes.items()}
    sources = {**paper.sources, **dict.fromkeys(new, terms.source)}
    return changed(paper, now, new, sources, wanted)


def value_in(data: dict[str, Any], name: str) -> Any:
    """What a snapshot holds under the name that changes use."""
    if name == "authors":
        return [
            f"{{{family}}}" if corporate else _display(family, *rest)
            for family, *rest, corporate in data["authors"]
        ]
    if name in ("topics", "authors_complete"):
        return data[name]
    return data["values"][name]


def _display(family: str, given: str, particle: str, suffix: str) -> str:
    return " ".join(filter(None, (given, particle, family, suffix)))


def _slug_of(entry: Entry) -> str:
    """An address like the others: the first author's name, the year, a word of the title."""
    family = fold(entry.authors[0].name.family) if entry.authors else ""
    words = [w for w in fold(entry.title).split() if len(w) > 3] or ["paper"]
    text = f"{family.replace(' ', '')}{entry.values.get('year', '')}{words[0]}"
    return slugify(text) or "paper"


def take_free(wanted: str, taken: set[str]) -> str:
    """The name that is wanted, numbered where it is taken; it is taken from now on."""
    name = numbered(wanted, lambda candidate: candidate not in taken)
    taken.add(name)
    return name
