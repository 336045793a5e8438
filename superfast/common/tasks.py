"""Work that a request does not wait for.

`enqueue("issues.links.check_links", 7)` hands a function's dotted name and
plain arguments to the queue, as part of the transaction it is called in: the
task begins only if that is committed. With `TASKS_INLINE` the function runs at
once. A task may run twice, where a worker died in the middle of it: it has to
bear that. Progress and cancelling live on the row of the thing being done.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string
from django_q.tasks import async_task

from superfast.common.queue import renew_lease
from superfast.common.schedules import PERFORM

logger = logging.getLogger(__name__)

Argument = str | int | float | bool | None

_BEATS_PER_LEASE = 4


def enqueue(function: str, *args: Argument, name: str = "") -> None:
    """A worker will call the function, or it has been called where tasks run inline.

    Raises: ImportError where there is no such function; inline, whatever it raises.
    """
    found = import_string(function)
    if settings.TASKS_INLINE:
        found(*args)
        return
    async_task(PERFORM, function, *args, task_name=name or function)


def perform(function: str, *args: Argument, row: int) -> Any:
    """What a worker calls: the task, its lease renewed until it ends."""
    with _lease(row):
        return import_string(function)(*args)


def give_up(function: str, *args: Argument, row: int) -> None:
    """Instead of a task whose workers died. Raises: RuntimeError, for the record."""
    raise RuntimeError(f"{function} was given up: its worker ended twice before it.")


def run_command(name: str, *args: str) -> str:
    """Runs `manage.py name args`. Returns: what it printed."""
    printed = StringIO()
    call_command(name, *args, stdout=printed, stderr=printed)
    return printed.getvalue()


@contextmanager
def _lease(row: int) -> Iterator[None]:
    """Nobody else takes the task while this process is alive."""
    ended = Event()
    thread = Thread(target=_beat, args=(row, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(row: int, ended: Event) -> None:
    while not ended.wait(settings.TASK_LEASE_SECONDS / _BEATS_PER_LEASE):
        try:
            renew_lease(row)
        except DatabaseError:
            logger.exception("The lease of task %s could not be renewed.", row)
    connections.close_all()
