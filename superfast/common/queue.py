"""How tasks are handed to workers: django-q2's queue in the database, with leases.

A worker that is busy renews the lease of its task (`superfast.common.tasks`);
where it dies, the lease runs out and the task is taken once more. No task is
taken while no worker is free, so that none waits in a process's memory.
"""

from datetime import timedelta
from time import sleep
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import BadSignature, SignedPackage

MOST_TAKES = 2
GIVEN_UP = "superfast.common.tasks.give_up"


def renew_lease(row: int) -> None:
    """A task's row stays with who works on it for another while. Cost: one query."""
    lease = timedelta(seconds=settings.TASK_LEASE_SECONDS)
    OrmQ.objects.filter(pk=row).update(lock=timezone.now() + lease)


class Broker(ORM):  # type: ignore[misc]  # django-q2 has no types
    """Takes as many tasks as there are free workers, each at most twice.

    django-q2's own locks a task for longer than any task may take, and again and
    again: after a crash it waits that long, and a task that kills its worker never ends.
    """

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self._held: set[int] = set()

    def timeout(self, task: Any) -> Any:
        """Until when a task that is taken now is left alone."""
        return timezone.now() + timedelta(seconds=settings.TASK_LEASE_SECONDS)

    def dequeue(self) -> list[tuple[int, str]]:
        """Tasks for the free workers, as row and signed text; waits where there is none."""
        rows = self.get_connection().filter(key=self.list_key)
        if self._held:
            held = rows.filter(pk__in=self._held, lock__gt=timezone.now())
            self._held = set(held.values_list("pk", flat=True))
        free = max(0, int(Conf.WORKERS) - len(self._held))
        now, lease = timezone.now(), timedelta(seconds=settings.TASK_LEASE_SECONDS)
        # No lease is so long: it was made before the clock was set back.
        ahead = Q(lock__gt=now + 2 * lease) & ~Q(pk__in=self._held)
        waiting = rows.filter(Q(lock__lte=now) | ahead).order_by("pk")[:free]
        taken = [task for row in waiting if (task := self._take(row))]
        self._held.update(row for row, _ in taken)
        if not taken:
            sleep(Conf.POLL)
        return taken

    def _take(self, row: OrmQ) -> tuple[int, str] | None:
        """One task, unless another machine's worker was quicker."""
        payload = count_take(row)
        mine = self.get_connection().filter(pk=row.pk, lock=row.lock)
        if not mine.update(lock=self.timeout(row), payload=payload):
            return None
        return row.pk, payload


def count_take(row: OrmQ) -> str:
    """A task's signed text with its row and one more take; given up after the last."""
    try:
        task = SignedPackage.loads(row.payload)
    except (TypeError, BadSignature):
        # Signed with another key: django-q2 says so in the log and drops it.
        return str(row.payload)
    task["taken"] = task.get("taken", 0) + 1
    if task["taken"] > MOST_TAKES:
        task["func"] = GIVEN_UP
    task["kwargs"] = {**task["kwargs"], "row": row.pk}
    return str(SignedPackage.dumps(task))
