"""What an import brought, taken back."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from papers import history
from papers.importing.applying import write
from papers.matching import batched_list
from papers.models import ImportBatch, ImportRow, Paper, PaperRevision, Topic
from papers.services import delete_papers, refresh_search
from superfast.common.tasks import enqueue

# More rows than these are taken back by a worker: no request waits for it.
INLINE_ROWS = 500
NOT_APPLIED = "Only an import that was applied can be undone."
_UNDO = "papers.importing.undoing.undo_wanted"
_CHUNK = 200
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
        undo_batch(batch=batch, by=get_user_model().objects.filter(pk=by).first())
    except ValidationError:
        return  # another worker was quicker
    except Exception:
        wanted.update(cancel_requested=False)
        raise


@transaction.atomic
def undo_batch(*, batch: ImportBatch, by: Any) -> None:
    """What the batch brought is taken back, the last row first; refused row by row.

    Raises: ValidationError where it has not been applied, or is undone already.
    """
    mine = ImportBatch.objects.filter(pk=batch.pk, state=_State.APPLIED)
    if not mine.update(
        state=_State.UNDONE, undone_at=timezone.now(), cancel_requested=False
    ):
        raise ValidationError(NOT_APPLIED)
    rows = batch.rows.filter(fate=ImportRow.Fate.APPLIED).order_by("-place")
    for chunk in batched_list(list(rows), _CHUNK):
        _undo_rows(chunk, batch, by)
        for row in chunk:
            row.fate = ImportRow.Fate.KEPT if row.note else ImportRow.Fate.UNDONE
        ImportRow.objects.bulk_update(chunk, ["fate", "note"])
    batch.refresh_from_db()


def _undo_rows(rows: Sequence[ImportRow], batch: ImportBatch, by: Any) -> None:
    """Each paper is as it was before its row was applied; gone, where the row made it.

    Why not stands in the row's note, as a sentence.
    """
    keys = [row.paper_id for row in rows if row.paper_id]
    papers = {p.pk: p for p in history.rows(Paper.objects.filter(pk__in=keys))}
    latest = history.latest(keys)
    topics = {topic.name: topic for topic in Topic.objects.all()}
    made = []
    for row in rows:
        paper = papers.get(row.paper_id or 0)
        if paper is None:
            row.note = "The paper is gone already."
        elif not _is_untouched(row, paper, latest.get(paper.pk)):
            row.note = "Somebody has changed the paper since: it stays as it is."
        elif row.changes:
            row.note = _change_back(row, paper, topics, batch, by)
        else:
            row.note = ""
            made.append(row)
    _delete(made)


def _is_untouched(row: ImportRow, paper: Paper, latest: PaperRevision | None) -> bool:
    if latest is None or latest.pk != row.revision_id:
        return False
    return history.is_same(latest.data, history.snapshot(paper))


def _delete(rows: Sequence[ImportRow]) -> None:
    """The papers are gone, all together; one by one where an issue names one of them."""
    try:
        with transaction.atomic():
            delete_papers(Paper.objects.filter(pk__in=[row.paper_id for row in rows]))
    except ProtectedError:
        if len(rows) == 1:
            rows[0].note = "An issue names the paper: it stays."
            return
        for row in rows:
            _delete([row])


def _change_back(
    row: ImportRow, paper: Paper, topics: dict[str, Topic], batch: ImportBatch, by: Any
) -> str:
    old = {name: pair[0] for name, pair in row.changes.items()}
    if missing := [name for name in old.get("topics") or () if name not in topics]:
        return f"The topic “{missing[0]}” is gone: the paper stays as it is."
    paper.sources = {n: s for n, s in paper.sources.items() if n not in old}
    try:
        with transaction.atomic():
            write(paper, old, topic=topics.__getitem__)
            paper.full_clean()
            paper.save()
    except (ValidationError, IntegrityError):
        return "What it was before is no longer allowed: it stays as it is."
    history.keep([paper.pk], PaperRevision.Verb.UNDO, by, batch)
    refresh_search(Paper.objects.filter(pk=paper.pk))
    return ""
