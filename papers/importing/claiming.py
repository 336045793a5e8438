"""Who works on an import: it is taken, reports how far it is, and lets go.

Reading is seen from outside while it goes on, so who reads says how far it is, and
is given up by its silence. Applying is one transaction: the row that it locks says
that somebody is at it, and a worker that dies leaves it as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from papers.importing.planning import Progress
from papers.models import ImportBatch

State = ImportBatch.State
# Who has said nothing for as long is dead. Less than the queue's lease: when a task is
# taken once more, its batch has to be free.
SILENT = timedelta(seconds=settings.TASK_LEASE_SECONDS / 2)
_MOST_ATTEMPTS = 2
_UNREAD = (State.WAITING, State.READING)


class CancelledError(Exception):
    """Somebody pressed Cancel."""


def begin_reading(pk: int) -> ImportBatch | None:
    """The batch, marked as being read; None where it is not to be.

    One that somebody else reads, or was given up after two attempts, is not.
    """
    batch = ImportBatch.objects.filter(pk=pk, state__in=_UNREAD).first()
    if batch is None or (batch.state == State.READING and is_alive(batch)):
        return None
    again = batch.attempts if batch.state == State.READING else 0
    if again >= _MOST_ATTEMPTS:
        batch.error = "Its worker ended twice before it."
        end(batch, State.FAILED)
        return None
    mine = ImportBatch.objects.filter(
        pk=pk, state=batch.state, heartbeat_at=batch.heartbeat_at
    )
    now = timezone.now()
    if not mine.update(state=State.READING, heartbeat_at=now, attempts=again + 1):
        return None
    batch.refresh_from_db()
    return batch


def is_alive(batch: ImportBatch) -> bool:
    """Whether somebody who works on it has said so of late."""
    return bool(batch.heartbeat_at and timezone.now() - batch.heartbeat_at < SILENT)


def end(batch: ImportBatch, state: str) -> None:
    """Nobody works on the batch any more, and this is how far it is."""
    batch.state = state
    batch.done = batch.total = batch.done if state == State.CANCELLED else batch.total
    batch.heartbeat_at = None
    batch.attempts = 0
    batch.cancel_requested = False
    if state in (State.APPLIED, State.CANCELLED):
        batch.content = b""  # what it said stands in its rows
    batch.save()


@contextmanager
def failing(pk: int, state: str) -> Iterator[None]:
    """After an error of ours a batch in this state has failed; the error goes on."""
    try:
        yield
    except Exception as error:
        ImportBatch.objects.filter(pk=pk, state=state).update(
            state=State.FAILED,
            error=f"It stopped at an error of ours ({type(error).__name__}).",
            heartbeat_at=None,
            attempts=0,
        )
        raise


def reporter(batch: ImportBatch, watch: Progress) -> Progress:
    """Writes progress to the batch's row, and reads from it the wish to stop."""
    row = ImportBatch.objects.filter(pk=batch.pk)

    def report(done: int, total: int) -> None:
        batch.done, batch.total = min(done, total), total
        watch(batch.done, total)
        row.update(done=batch.done, total=total, heartbeat_at=timezone.now())
        if row.filter(cancel_requested=True).exists():
            raise CancelledError

    return report
