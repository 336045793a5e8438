"""What an import brought, taken back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from papers import history
from papers.importing.applying import write
from papers.models import ImportBatch, ImportRow, Paper, PaperRevision, Topic
from papers.services import delete_papers, refresh_search


@transaction.atomic
def undo_batch(*, batch: ImportBatch, by: Any) -> None:
    """What the batch brought is taken back, the last row first; refused row by row.

    Raises: ValidationError where it has not been applied, or is undone already.
    """
    mine = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.APPLIED)
    if not mine.update(state=ImportBatch.State.UNDONE, undone_at=timezone.now()):
        raise ValidationError("Only an import that was applied can be undone.")
    rows = list(batch.rows.filter(fate=ImportRow.Fate.APPLIED).order_by("-place"))
    for row in rows:
        row.note = _undo_row(row, batch, by)
        row.fate = ImportRow.Fate.KEPT if row.note else ImportRow.Fate.UNDONE
    ImportRow.objects.bulk_update(rows, ["fate", "note"], batch_size=500)
    batch.refresh_from_db()


def _undo_row(row: ImportRow, batch: ImportBatch, by: Any) -> str:
    """The paper is as it was before a row was applied; gone, where the row made it.

    Returns: why not, as a sentence; empty where it is done.
    """
    paper = history.rows(Paper.objects.filter(pk=row.paper_id or 0)).first()
    if paper is None:
        return "The paper is gone already."
    latest = history.latest([paper.pk]).get(paper.pk)
    now = history.snapshot(paper)
    if (
        latest is None
        or latest.pk != row.revision_id
        or not history.is_same(latest.data, now)
    ):
        return "Somebody has changed the paper since: it stays as it is."
    if not row.changes:
        try:
            with transaction.atomic():
                delete_papers(Paper.objects.filter(pk=paper.pk))
        except ProtectedError:
            return "An issue names the paper: it stays."
        return ""
    topics = {topic.name: topic for topic in Topic.objects.all()}
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
