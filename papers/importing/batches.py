"""An import from the file to the end: read, looked at, applied.

The same functions run in a request, in the command and in a worker. What a page
shows of progress, and the wish to stop, are columns of the batch; a worker that
dies leaves a batch that may be read, or applied, once more from the beginning. A
queue does so by itself; of what a request or the command did nothing is queued, and
somebody cancels it and begins again.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from papers.citing.entry import Entry
from papers.importing import reading
from papers.importing.applying import Application, Applied
from papers.importing.claiming import (
    CancelledError,
    begin_reading,
    end,
    failing,
    is_alive,
    reporter,
)
from papers.importing.decoding import NotTextError, decode
from papers.importing.drafting import Terms
from papers.importing.fetching import complete
from papers.importing.planning import PlannedRow, Progress, no_progress, plan
from papers.importing.storing import lock
from papers.models import Catalogue, ImportBatch, ImportRow, Outcome
from superfast.common.tasks import enqueue
from superfast.pagecache.editions import read_number

State = ImportBatch.State
MAX_BYTES = 20_000_000
# Above this a request does not wait for the reading.
INLINE_BYTES = 100_000
# What somebody has to look at: the note of each such row says why.
LEFT = (ImportRow.Fate.REFUSED, ImportRow.Fate.KEPT)
_READ = "papers.importing.batches.read_batch"
_APPLY = "papers.importing.batches.apply_batch"


def create_batch(
    *,
    catalogue: Catalogue,
    by: Any,
    data: bytes,
    name: str = "",
    new_topics: bool = False,
    publish: bool = False,
) -> ImportBatch:
    """A file is waiting to be read.

    Raises: ValidationError where it is too large, empty, no text or no bibliography.
    """
    if len(data) > MAX_BYTES:
        raise ValidationError(f"The file has more than {MAX_BYTES // 10**6} MB.")
    try:
        text, encoding = decode(data)
        if not text.strip():
            raise ValidationError("There is nothing in it.")
        format_ = reading.detect(text)
    except (NotTextError, reading.UnknownFormatError) as error:
        raise ValidationError(str(error)) from error
    return ImportBatch.objects.create(
        catalogue=catalogue,
        created_by=by,
        name=name,
        content=data,
        encoding=encoding,
        format=format_,
        new_topics=new_topics,
        publish=publish,
    )


def start_reading(batch: ImportBatch) -> None:
    """A small file is read now, a large one by a worker."""
    slow = batch.format == reading.Format.IDS
    if len(batch.content) <= INLINE_BYTES and not slow:
        read_batch(batch.pk)
    else:
        enqueue(_READ, batch.pk, name=f"Read {batch}")


def read_batch(pk: int, watch: Progress = no_progress) -> None:
    """The dry run of a batch stands in its rows: nothing else is written."""
    batch = begin_reading(pk)
    if batch is None:
        return
    with failing(pk, State.READING):
        try:
            rows = _planned(batch, watch)
        except CancelledError:
            end(batch, State.CANCELLED)
            return
        stored = [_stored(batch, place, row) for place, row in enumerate(rows)]
        with transaction.atomic():
            batch.rows.all().delete()
            ImportRow.objects.bulk_create(stored, batch_size=500)
            end(batch, State.READY)


def _planned(batch: ImportBatch, watch: Progress) -> list[PlannedRow]:
    text, _ = decode(bytes(batch.content))
    return dry_run(
        text,
        batch.format,
        batch.catalogue,
        new_topics=batch.new_topics,
        progress=reporter(batch, watch),
    )


def dry_run(
    text: str,
    format_: str,
    catalogue: Catalogue,
    *,
    new_topics: bool = False,
    progress: Progress = no_progress,
) -> list[PlannedRow]:
    """What each entry of a text would do. Writes nothing at all."""
    entries: list[Entry] = []
    # As entries go; how many there are is known at the end.
    estimate = max(1, len(text) // 700)
    for entry in reading.read(text, format_):
        entries.append(entry)
        if len(entries) % 100 == 0:
            progress(len(entries), max(estimate, len(entries)) * 3)
    if format_ == reading.Format.IDS:
        entries = complete(entries, progress=progress)
    return plan(
        entries,
        catalogue,
        new_topics=new_topics,
        progress=lambda done, total: progress(total // 2 + done, total + total // 2),
    )


def _stored(batch: ImportBatch, place: int, row: PlannedRow) -> ImportRow:
    return ImportRow(
        batch=batch,
        place=place,
        line=row.entry.line,
        key=row.entry.key[:200],
        title=row.entry.title,
        outcome=row.outcome,
        sentence=row.sentence,
        entry=row.entry.to_json(),
        changes=row.changes,
        ticked=row.ticked,
        paper_id=row.paper,
    )


def tick(
    batch: ImportBatch, places: Iterable[int], *, among: Iterable[int] | None = None
) -> None:
    """These rows are to be applied, and no others; of a page, no others of `among`.

    Broken ones never are.
    """
    wanted = set(places)
    able = batch.rows.exclude(outcome__in=(Outcome.BROKEN, Outcome.SAME))
    if among is not None:
        able = able.filter(place__in=set(among))
    able.filter(ticked=True).exclude(place__in=wanted).update(ticked=False)
    able.filter(ticked=False, place__in=wanted).update(ticked=True)


def count_outcomes(batch: ImportBatch) -> dict[str, int]:
    """How many entries have each outcome, those that none has included."""
    rows = batch.rows.order_by().values_list("outcome")
    found = dict(rows.annotate(n=Count("pk")))
    return {outcome.value: found.get(outcome.value, 0) for outcome in Outcome}


def count_left(batch: ImportBatch) -> list[tuple[ImportRow.Fate, int]]:
    """How many rows were refused, or not undone, where there are any. Cost: one query."""
    rows = batch.rows.filter(fate__in=LEFT).order_by().values_list("fate")
    found = dict(rows.annotate(n=Count("pk")))
    return [(fate, found[fate]) for fate in LEFT if fate in found]


def start_applying(batch: ImportBatch, *, by: Any, wait: bool = False) -> None:
    """The ticked rows will be applied, once, however often this is asked for.

    A large batch by a worker, unless somebody waits; a small one now. Where the process
    is killed in the midst of that, nothing is written, and the batch waits, as one that
    no worker has begun, until somebody cancels it and asks once more.
    """
    with transaction.atomic():
        ready = ImportBatch.objects.filter(pk=batch.pk, state=State.READY)
        if not ready.update(state=State.APPLYING, applied_by=by):
            return
        if not wait and len(batch.content) > INLINE_BYTES:
            enqueue(_APPLY, batch.pk, name=f"Apply {batch}")
            return
    apply_batch(batch.pk)


def apply_batch(pk: int) -> None:
    """What was asked for is done, if it is still wanted and nobody else did it.

    Others can write while rows are read and made ready; what is stored is one transaction,
    which holds the batch and the papers that it changes: so long nobody else can. Where
    anything public was changed in between, or other rows ticked, they are made ready anew
    within it.
    """
    waiting = ImportBatch.objects.filter(pk=pk, state=State.APPLYING)
    with failing(pk, State.APPLYING):
        batch = waiting.first()
        if batch is None:
            return
        ready = _Ready(batch)
        with transaction.atomic():
            batch = waiting.select_for_update().first()
            if batch is None:
                return
            lock(_known(batch))
            if not ready.holds_for(batch):
                ready = _Ready(batch)
            _store(batch, ready)


def _known(batch: ImportBatch) -> Iterable[int]:
    """The papers that the ticked rows of a batch change, by their keys."""
    rows = batch.rows.filter(ticked=True, outcome=Outcome.CHANGED)
    return rows.exclude(paper=None).values_list("paper", flat=True)


class _Ready:
    """The ticked rows of a batch, made ready to be stored."""

    def __init__(self, batch: ImportBatch) -> None:
        self.stamp = read_number()
        self.batch = batch
        self.rows = list(batch.rows.filter(ticked=True).order_by("place"))
        terms = Terms(
            catalogue=batch.catalogue,
            by=batch.applied_by,
            batch=batch,
            publish=batch.publish,
            source=source_of(batch),
        )
        self.application = Application(map(_planned_again, self.rows), terms)

    def holds_for(self, batch: ImportBatch) -> bool:
        """Whether the same rows would be made ready for the same person now."""
        ticked = batch.rows.filter(ticked=True).order_by("place")
        return (
            self.stamp == read_number()
            and self.batch.applied_by_id == batch.applied_by_id
            and [row.pk for row in self.rows]
            == list(ticked.values_list("pk", flat=True))
        )


def _store(batch: ImportBatch, ready: _Ready) -> None:
    """What was made ready is stored, and each row says what became of it."""
    for row, applied in zip(ready.rows, ready.application.store(), strict=True):
        _note(row, applied)
    _write_notes(ready.rows)
    batch.applied_at = timezone.now()
    end(batch, State.APPLIED)


def _write_notes(rows: Iterable[ImportRow]) -> None:
    """What became of each row is stored. Cost: one statement, sent for each."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE papers_importrow SET paper_id = %s, revision_id = %s, fate = %s,"
            " note = %s WHERE id = %s",
            [(r.paper_id, r.revision_id, r.fate, r.note, r.pk) for r in rows],
        )


def _planned_again(row: ImportRow) -> PlannedRow:
    return PlannedRow(
        entry=Entry.from_json(row.entry),
        outcome=Outcome(row.outcome),
        sentence=row.sentence,
        paper=row.paper_id,
        changes=row.changes,
    )


def _note(row: ImportRow, applied: Applied) -> None:
    if applied.refused:
        row.fate, row.note = ImportRow.Fate.REFUSED, applied.refused
        return
    row.fate = ImportRow.Fate.APPLIED
    row.paper_id, row.revision_id = applied.paper, applied.revision


@transaction.atomic
def cancel_batch(batch: ImportBatch) -> None:
    """Who reads the batch stops at the next step; one that waits is cancelled now.

    One that was to be applied, or undone, and that no worker has begun, is as it was.
    Raises: ValidationError where it is being applied or undone, or is applied.
    """
    rows = ImportBatch.objects.filter(pk=batch.pk)
    batch.refresh_from_db()
    if batch.is_undo_wanted:
        free = rows.select_for_update(skip_locked=True)
        if not (found := free.first()):
            raise ValidationError("It is being undone.")
        found.cancel_requested = False
        found.save(update_fields=["cancel_requested"])
    elif batch.state in (State.APPLYING, State.APPLIED):
        free = rows.filter(state=State.APPLYING).select_for_update(skip_locked=True)
        if not (found := free.first()):
            raise ValidationError("It is being applied, or is already: undo it then.")
        found.applied_by = None
        end(found, State.READY)
    else:
        rows.update(cancel_requested=True)
        idle = rows.filter(state__in=(State.WAITING, State.READY))
        idle.update(state=State.CANCELLED, content=b"")
        if batch.state == State.READING and not is_alive(batch):
            end(batch, State.CANCELLED)
    batch.refresh_from_db()


def source_of(batch: ImportBatch) -> str:
    """Where fields came from, for the record of each."""
    return f"{batch.name or 'pasted text'}, import {batch.pk}"
