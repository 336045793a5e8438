"""The changes that a dry run announced are made."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from papers import history
from papers.citing.entry import Entry
from papers.identifiers import arxiv_month
from papers.importing.planning import PlannedRow, Progress, no_progress
from papers.importing.read_json import own_name
from papers.matching import batched_list
from papers.models import (
    RESERVED_SLUGS,
    Authorship,
    Catalogue,
    ImportBatch,
    Outcome,
    Paper,
    PaperRevision,
    Topic,
)
from papers.services import (
    TAKEN,
    authors_for_lists,
    refresh_search,
    set_credited,
)
from superfast.common.text import fold, numbered

_CHUNK = 200


@dataclass
class Applied:
    """What became of a row: the paper and its revision, or a sentence on why not."""

    row: PlannedRow
    paper: int | None = None
    revision: int | None = None
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """For whom, where and how rows are applied."""

    catalogue: Catalogue
    by: Any = None
    batch: ImportBatch | None = None
    publish: bool = False
    source: str = ""


@transaction.atomic
def apply_rows(
    rows: Iterable[PlannedRow], terms: Terms, *, progress: Progress = no_progress
) -> list[Applied]:
    """Makes what the rows announce; a row that a rule refuses stops no other.

    A row that changes a paper is refused where the paper is no longer as the dry
    run found it. One transaction: all of this, or, after an error of ours, nothing.
    """
    rows = list(rows)
    done: list[Applied] = []
    writer = _Writer(terms)
    for chunk in batched_list(rows, _CHUNK):
        made = [*writer.add(r for r in chunk if _is_new(r))]
        made += [writer.change(row) for row in chunk if not _is_new(row)]
        ids = [each.paper for each in made if each.paper]
        revisions = history.keep(ids, PaperRevision.Verb.IMPORT, terms.by, terms.batch)
        for each in made:
            each.revision = revisions.get(each.paper or 0)
        refresh_search(Paper.objects.filter(pk__in=ids))
        done += made
        progress(len(done), len(rows))
    return done


def _is_new(row: PlannedRow) -> bool:
    """Whether the row makes a paper: also where somebody ticked a doubt away."""
    return row.outcome in (Outcome.NEW, Outcome.DOUBTFUL)


class _Writer:
    """Writes rows, and knows what it has used of names that must be used once."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        papers = Paper.objects.order_by()
        self.keys = set(papers.exclude(cite_key="").values_list("cite_key", flat=True))
        self.slugs = set(
            papers.filter(catalogue=terms.catalogue).values_list("slug", flat=True)
        ) | set(RESERVED_SLUGS)
        last = terms.catalogue.papers.aggregate(last=Max("position"))["last"] or 0
        self.position = last
        self.topics = {topic.name: topic for topic in Topic.objects.all()}

    # New papers --------------------------------------------------------------

    def add(self, rows: Iterable[PlannedRow]) -> Iterator[Applied]:
        """Stores new papers together; where one is refused, one by one."""
        pairs = [(row, self._paper(row.entry)) for row in rows]
        if not pairs:
            return
        try:
            with transaction.atomic():
                self._store(pairs)
        except (IntegrityError, ValidationError):
            for row, paper in pairs:
                paper.pk = None
                yield self._add_one(row, paper)
        else:
            for row, paper in pairs:
                yield Applied(row, paper.pk)

    def _add_one(self, row: PlannedRow, paper: Paper) -> Applied:
        try:
            with transaction.atomic():
                paper.full_clean()
                self._store([(row, paper)])
        except ValidationError as error:
            return Applied(row, refused=" ".join(error.messages))
        except IntegrityError:
            return Applied(row, refused=TAKEN)
        return Applied(row, paper.pk)

    def _store(self, pairs: list[tuple[PlannedRow, Paper]]) -> None:
        authors = authors_for_lists([row.entry.authors for row, _ in pairs])
        Paper.objects.bulk_create([paper for _, paper in pairs])
        Authorship.objects.bulk_create(
            Authorship(
                paper=paper,
                author=author,
                position=place,
                credited_as="" if author.name == who.display else who.display,
            )
            for (row, paper), written in zip(pairs, authors, strict=True)
            for place, (author, who) in enumerate(
                zip(written, row.entry.authors, strict=True), 1
            )
        )
        through = Paper.topics.through
        through.objects.bulk_create(
            through(paper=paper, topic=self._topic(name))
            for row, paper in pairs
            for name in row.entry.topics or ()
        )

    def _paper(self, entry: Entry) -> Paper:
        terms = self.terms
        self.position += 1
        values = {"position": self.position, **entry.values}
        if values.get("arxiv_id") and not values.get("first_posted"):
            values["first_posted"] = arxiv_month(values["arxiv_id"])
        paper = Paper(
            catalogue=terms.catalogue,
            slug=self._slug(entry),
            cite_key=self._key(entry),
            authors_complete=entry.authors_complete,
            created_by=terms.by,
            publish_at=timezone.now() if terms.publish else None,
            sources=dict.fromkeys(values, terms.source) if terms.source else {},
            **values,
        )
        if paper.is_highlight and not paper.takeaway:
            paper.is_highlight = False
        return paper

    def _slug(self, entry: Entry) -> str:
        wanted = slugify(entry.slug or entry.key) or _slug_of(entry)
        return _free(wanted[:90], self.slugs)

    def _key(self, entry: Entry) -> str:
        wanted = re.sub(r"[^A-Za-z0-9_.:+/*&!?|-]", "", entry.key) or _slug_of(entry)
        return _free(wanted[:90], self.keys)

    def _topic(self, name: str) -> Topic:
        if name not in self.topics:
            slug = _free(
                slugify(name)[:70] or "topic", {t.slug for t in self.topics.values()}
            )
            self.topics[name] = Topic.objects.create(name=name, slug=slug)
        return self.topics[name]

    # Papers that are there ---------------------------------------------------

    def change(self, row: PlannedRow) -> Applied:
        """Stores what a row changes of one paper."""
        try:
            with transaction.atomic():
                return self._change(row)
        except ValidationError as error:
            return Applied(row, refused=" ".join(error.messages))
        except IntegrityError:
            return Applied(row, refused=TAKEN)

    def _change(self, row: PlannedRow) -> Applied:
        paper = history.rows(Paper.objects.filter(pk=row.paper or 0)).first()
        if paper is None:
            return Applied(row, refused="The paper has been deleted meanwhile.")
        now = history.snapshot(paper)
        for name, (old, _) in row.changes.items():
            if value_in(now, name) != old:
                return Applied(
                    row, refused="The paper has been changed since the dry run."
                )
        history.keep_first([paper.pk])
        new = {name: value for name, (_, value) in row.changes.items()}
        write(paper, new, topic=self._topic)
        paper.sources = {**paper.sources, **dict.fromkeys(new, self.terms.source)}
        paper.full_clean()
        paper.save()
        return Applied(row, paper.pk)


def write(paper: Paper, values: dict[str, Any], *, topic: Any) -> None:
    """Sets columns, authors and topics, given as changes hold them. Saves no column."""
    values = dict(values)
    if (names := values.pop("authors", None)) is not None:
        set_credited(paper=paper, credited=[own_name(name) for name in names])
    if (topics := values.pop("topics", None)) is not None:
        paper.topics.set([topic(name) for name in topics])
    for name, value in values.items():
        setattr(paper, name, value)


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


def _free(wanted: str, taken: set[str]) -> str:
    name = numbered(wanted, lambda candidate: candidate not in taken)
    taken.add(name)
    return name
