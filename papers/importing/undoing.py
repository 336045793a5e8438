"""What an import brought, taken back."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from papers import history
from papers.importing.drafting import Draft, changed
from papers.importing.storing import lock, store
from papers.matching import batched_list
from papers.models import (
    ImportBatch,
    ImportRow,
    Outcome,
    Paper,
    PaperRevision,
    Topic,
)
from papers.services import WantedAuthors, delete_papers, put_in_search
from superfast.common.tasks import enqueue
from superfast.pagecache.editions import read_number

# More rows than these are taken back by a worker: no request waits for it.
INLINE_ROWS = 500
NOT_APPLIED = "Only an import that was applied can be undone."
_UNDO = "papers.importing.undoing.undo_wanted"
_NOT_ALLOWED = "What it was before is no longer allowed: it stays as it is."
_State = ImportBatch.State


def start_undoing(batch: ImportBatch, *, by: Any) -> None:
    """A small import is undone now, a large one by a worker, once.

    Raises: ValidationError where it has not been applied, or is undone already.
    """
    if batch.rows.filter(fate=ImportRow.Fate.APPLIED).count() <= INLINE_ROWS:
        undo_batch(batch=batch, by=by)
        return
    with transaction.atomic():
        mine = ImportBatch.objects.filter(pk=batch.pk, state=_State.APPLIED)
        if not mine.filter(cancel_requested=False).update(cancel_requested=True):
            raise ValidationError(NOT_APPLIED)
        enqueue(_UNDO, batch.pk, by.pk, name=f"Undo {batch}")


def undo_wanted(pk: int, by: int) -> None:
    """What was asked of a worker is done, if it is still wanted and nobody else did it.

    After an error of ours the import is applied as before, and can be undone again.
    """
    wanted = ImportBatch.objects.filter(
        pk=pk, state=_State.APPLIED, cancel_requested=True
    )
    batch = wanted.first()
    if batch is None:
        return
    try:
        person = get_user_model().objects.filter(pk=by).first()
        undo_batch(batch=batch, by=person, is_asked=True)
    except ValidationError:
        return  # another worker was quicker, or it is wanted no longer
    except Exception:
        wanted.update(cancel_requested=False)
        raise


def undo_batch(*, batch: ImportBatch, by: Any, is_asked: bool = False) -> None:
    """What the batch brought is taken back, the last row first; refused row by row.

    Others can write while papers are read and compared; what is taken back is one
    transaction. Where anything public was changed in between they are read anew within it.

    Args:
        batch: an applied one.
        by: who undoes it.
        is_asked: whether a worker was asked to, which may be cancelled until it begins.

    Raises: ValidationError where it has not been applied, is undone already, or is, or is
        no longer, for a worker to undo.
    """
    mine = ImportBatch.objects.filter(
        pk=batch.pk, state=_State.APPLIED, cancel_requested=is_asked
    )
    if not mine.exists():
        raise ValidationError(NOT_APPLIED)
    ready = _Ready(batch)
    with transaction.atomic():
        if not mine.update(
            state=_State.UNDONE, undone_at=timezone.now(), cancel_requested=False
        ):
            raise ValidationError(NOT_APPLIED)
        lock(ready.papers)
        if ready.stamp != read_number():
            ready = _Ready(batch)
        _take_back(batch, ready, by)
    batch.refresh_from_db()


class _Ready:
    """The rows of a batch, the last first, each with what it comes to.

    Attributes:
        changed: rows that changed a paper, with the paper as it was.
        made: rows that made a paper, and whose paper goes.
    """

    def __init__(self, batch: ImportBatch) -> None:
        self.stamp = read_number()
        applied = batch.rows.filter(fate=ImportRow.Fate.APPLIED)
        self.rows = list(applied.order_by("-place"))
        self.wanted = WantedAuthors()
        self.changed: list[tuple[ImportRow, Draft]] = []
        self.made: list[ImportRow] = []
        self._topics = {*Topic.objects.values_list("name", flat=True)}
        for chunk in batched_list(self.rows):
            self._compare(chunk)
        self.wanted.look_up()

    @property
    def drafts(self) -> list[Draft]:
        """The papers that it changed, as they were."""
        return [draft for _, draft in self.changed]

    @property
    def papers(self) -> list[int]:
        """The keys of all papers that it brought."""
        return [row.paper_id for row in self.rows if row.paper_id]

    def _compare(self, rows: Sequence[ImportRow]) -> None:
        """Why a row is not taken back stands in its note, as a sentence."""
        keys = [row.paper_id for row in rows if row.paper_id]
        papers = {p.pk: p for p in history.rows(Paper.objects.filter(pk__in=keys))}
        latest = history.latest(keys)
        for row in rows:
            row.note = ""
            paper = papers.get(row.paper_id or 0)
            if paper is None:
                row.note = "The paper is gone already."
                continue
            now = history.snapshot(paper)
            if not _is_untouched(row, now, latest.get(paper.pk)):
                row.note = "Somebody has changed the paper since: it stays as it is."
            elif row.outcome == Outcome.CHANGED:
                self._change_back(row, paper, now)
            else:
                self.made.append(row)

    def _change_back(self, row: ImportRow, paper: Paper, now: dict[str, Any]) -> None:
        old = {name: pair[0] for name, pair in row.changes.items()}
        gone = [name for name in old.get("topics") or () if name not in self._topics]
        if gone:
            row.note = f"The topic “{gone[0]}” is gone: the paper stays as it is."
            return
        sources = {n: s for n, s in paper.sources.items() if n not in old}
        try:
            draft = changed(paper, now, old, sources, self.wanted)
        except ValidationError:
            row.note = _NOT_ALLOWED
        else:
            self.changed.append((row, draft))


def _is_untouched(
    row: ImportRow, now: dict[str, Any], latest: PaperRevision | None
) -> bool:
    if latest is None or latest.pk != row.revision_id:
        return False
    return history.is_same(latest.data, now)


def _take_back(batch: ImportBatch, ready: _Ready, by: Any) -> None:
    """Each paper is as it was before its row was applied; gone, where the row made it."""
    for chunk in batched_list(ready.made):
        _delete(chunk)
    papers = [draft.paper for draft in store(ready.drafts, ready.wanted)]
    for row, draft in ready.changed:
        row.note = _NOT_ALLOWED if draft.refused else ""
    history.keep_papers(papers, PaperRevision.Verb.UNDO, by, batch)
    put_in_search(papers)
    for chunk in batched_list(ready.rows):
        for note in {row.note for row in chunk}:
            same = batch.rows.filter(pk__in=[r.pk for r in chunk if r.note == note])
            fate = ImportRow.Fate.KEPT if note else ImportRow.Fate.UNDONE
            same.update(fate=fate, note=note)


def _delete(rows: Sequence[ImportRow]) -> None:
    """The papers are gone, all together, but for those that an issue names."""
    papers = Paper.objects.filter(pk__in=[row.paper_id for row in rows])
    named = {*papers.filter(mentions__isnull=False).values_list("pk", flat=True)}
    for row in rows:
        row.note = (
            "An issue names the paper: it stays." if row.paper_id in named else ""
        )
    delete_papers(papers.exclude(pk__in=named))
