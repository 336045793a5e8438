"""`manage.py run_worker`."""

import ctypes
import os
import signal
import sys
import time
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django_q.cluster import Cluster

from superfast.common.health import HEARTBEAT_FILE, HEARTBEAT_SECONDS

_PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    """Does the queue's tasks until it is told to end (SIGTERM or SIGINT)."""

    help = (
        "Run the tasks of the queue: scheduled commands, link checks, imports. "
        "Stop it with SIGTERM; a task that is under way is finished first."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.TASKS_INLINE:
            self.stdout.write("TASKS_INLINE is on: there is nothing for a worker.")
            return
        _die_with_parent()
        os.register_at_fork(after_in_child=_die_with_parent)
        Thread(target=_beat, daemon=True).start()
        cluster = Cluster()
        cluster.start()
        cluster.sentinel.join()
        if cluster.sentinel.exitcode:
            sys.exit(1)


def _beat() -> None:
    """`/readyz` sees by a file's time that a worker is there."""
    while True:
        (settings.DATA_DIR / HEARTBEAT_FILE).touch()
        time.sleep(HEARTBEAT_SECONDS)


def _die_with_parent() -> None:
    """On Linux no process of the worker outlives the one that made it.

    Without it, a worker killed with SIGKILL would leave children that go on
    taking tasks beside its successor.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
