"""The dry run: what a file would do to the catalogue. It writes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from papers.citing.entry import Entry
from papers.fields import fold_key
from papers.importing.cleaning import belongs
from papers.importing.comparing import Changes, compare
from papers.matching import Shelf, Work, batched_list, shelve, work_of
from papers.models import Catalogue, Outcome, Paper, Topic

# How far a long task is: of how many it has done how many.
Progress = Callable[[int, int], None]

_TOPIC_NAME: Any = Topic._meta.get_field("name")
LABELS = {
    "authors": "authors",
    "topics": "topics",
    "authors_complete": "whether all authors are listed",
}


@dataclass(kw_only=True)
class PlannedRow:
    """What one entry would do."""

    entry: Entry
    outcome: Outcome
    sentence: str
    paper: int | None = None
    changes: Changes = field(default_factory=dict)

    @property
    def ticked(self) -> bool:
        """Whether it is applied unless somebody says no."""
        return self.outcome in (Outcome.NEW, Outcome.CHANGED)

    @property
    def is_new(self) -> bool:
        """Whether it makes a paper: also where somebody ticked a doubt away."""
        return self.outcome in (Outcome.NEW, Outcome.DOUBTFUL)


def no_progress(done: int, total: int) -> None:
    """Nobody is waiting."""


def plan(
    entries: Iterable[Entry],
    catalogue: Catalogue,
    *,
    new_topics: bool = False,
    progress: Progress = no_progress,
) -> list[PlannedRow]:
    """What each entry would do, in their order; every entry has exactly one row."""
    entries = list(entries)
    total = len(entries) * 2
    topics = _Topics(new=new_topics)
    works = [work_of(entry) for entry in entries]
    shelf = shelve(work for work in works if _is_readable(work))
    rows = []
    for done, (entry, work) in enumerate(zip(entries, works, strict=True)):
        rows.append(_match(entry, work, shelf, catalogue))
        if done % 100 == 0:
            progress(done, total)
    done = len(rows)
    for chunk in batched_list(rows):
        _compare_all(chunk, topics)
        done += len(chunk)
        progress(done, total)
    return rows


def count(rows: Iterable[PlannedRow]) -> dict[str, int]:
    """How many entries have each outcome, those that none has included."""
    found = Counter(row.outcome for row in rows)
    return {outcome.value: found[outcome] for outcome in Outcome}


def _is_readable(work: Work) -> bool:
    return bool(work.title_key or work.arxiv_id or work.doi)


def _match(entry: Entry, work: Work, shelf: Shelf, catalogue: Catalogue) -> PlannedRow:
    if entry.problem:
        return PlannedRow(
            entry=entry, outcome=Outcome.BROKEN, sentence=_say(entry, entry.problem)
        )
    match = shelf.find(work)
    doubt = entry.doubt or (match.doubt if match else "")
    if match and match.work.line and not doubt:
        doubt = f"It is the paper of {match.work.label}."
    if not match and not doubt and not belongs(entry, catalogue):
        doubt = f"Neither of its dates lies in {catalogue.year}."
    paper = match.work.paper if match else None
    if not entry.doubt:
        if match and not match.doubt:
            # Seen once: what comes later in the file and is the same is a repetition.
            match.work.line = match.work.line or entry.line
        else:
            shelf.add(work)
    if doubt:
        return PlannedRow(
            entry=entry,
            outcome=Outcome.DOUBTFUL,
            sentence=_say(entry, doubt),
            paper=paper,
        )
    outcome = Outcome.CHANGED if paper else Outcome.NEW
    return PlannedRow(entry=entry, outcome=outcome, sentence="", paper=paper)


def _compare_all(rows: list[PlannedRow], topics: "_Topics") -> None:
    """Says of new and known ones what they would write. Cost: three queries."""
    wanted = {row.paper for row in rows if row.paper}
    papers = {p.pk: p for p in Paper.objects.filter(pk__in=wanted).for_export()}
    for row in rows:
        row.entry.topics = topics.known(row.entry)
        if paper := papers.get(row.paper or 0):
            row.changes = compare(row.entry, paper, row.entry.topics)
        if row.outcome == Outcome.CHANGED and not row.changes:
            row.outcome = Outcome.SAME
        row.sentence = row.sentence or _say(row.entry, _outcome(row))


def _outcome(row: PlannedRow) -> str:
    if row.outcome == Outcome.CHANGED:
        return f"Would change {', '.join(label(name) for name in row.changes)}."
    return "Nothing to change." if row.outcome == Outcome.SAME else "A new paper."


def label(name: str) -> str:
    """What people call a column."""
    if name in LABELS:
        return LABELS[name]
    column: Any = Paper._meta.get_field(name)
    return str(column.verbose_name)


def _say(entry: Entry, sentence: str) -> str:
    return " ".join([sentence, *entry.remarks])


class _Topics:
    """The topics that we have, and those that the file brings, by whatever they may be called."""

    def __init__(self, *, new: bool) -> None:
        self.new = new
        rows = Topic.objects.values_list("name", "slug")
        self.names = {
            _topic_key(key): name for name, slug in rows for key in (slug, name)
        }

    def known(self, entry: Entry) -> list[str] | None:
        """The topics of ours that an entry names, in its order; None where it names none.

        Other people's keywords are not topics; a table of ours may hold a new one.
        """
        if entry.topics is None:
            return None
        found: list[str] = []
        for text in entry.topics:
            name = self.names.get(_topic_key(text))
            if name is None and entry.complete:
                name = self._add(text, entry)
            if name and name not in found:
                found.append(name)
        return found if found or entry.complete else None

    def _add(self, text: str, entry: Entry) -> str | None:
        """The name of a new topic; None, and a remark, where it is not to be or can't be."""
        if not self.new or not text.strip():
            entry.remarks.append(f"There is no topic “{text}”: left out.")
            return None
        try:
            name = str(_TOPIC_NAME.clean(text, None))
        except ValidationError as error:
            reason = " ".join(error.messages)
            entry.remarks.append(f"topic “{text[:60]}” left out: {reason}")
            return None
        self.names[_topic_key(name)] = name
        return name


def _topic_key(text: str) -> str:
    """The same for whatever differs in case, accents and punctuation alone."""
    return fold_key(text, 200) or text.strip()
