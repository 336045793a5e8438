"""Whether the site is alive, and whether it is ready."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ, Schedule

# A worker looks every second; a due task that waits this long waits for nobody.
OVERDUE = timedelta(minutes=5)
HEARTBEAT_FILE = "worker-heartbeat"
HEARTBEAT_SECONDS = 10
_LOST_BEATS = 6


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """`ok` while the server answers at all: restarting it would mend nothing else.

    `ending` from when it is told to end until it does: it takes what still comes, and
    nobody is to be sent any more.
    """
    ending = settings.ENDING_FILE and Path(settings.ENDING_FILE).exists()
    return HttpResponse("ending\n" if ending else "ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Each thing that the site needs, and whether it is there: 200, or 503 if one is not.

    Cost: a few queries, one file written and deleted. Says nothing else of the machine.
    """
    states = {name: _state_of(check) for name, check in _CHECKS.items()}
    ready = all(state == "ok" for state in states.values())
    return JsonResponse(states, status=200 if ready else 503)


def oldest_waiting() -> datetime | None:
    """Since when a task or a schedule is due that nobody has taken. Cost: two queries."""
    now = timezone.now()
    tasks = OrmQ.objects.filter(lock__lte=now).order_by("lock")
    schedules = Schedule.objects.filter(next_run__lte=now).order_by("next_run")
    due = [
        *tasks.values_list("lock", flat=True)[:1],
        *schedules.values_list("next_run", flat=True)[:1],
    ]
    return min(due, default=None)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _cache() -> bool:
    key, value = f"readyz.{get_random_string(12)}", get_random_string(12)
    cache.set(key, value, 10)
    return bool(cache.get(key) == value)


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _storage() -> bool:
    name = default_storage.save(f".readyz-{get_random_string(12)}", ContentFile(b"ok"))
    try:
        return bool(default_storage.size(name) == len(b"ok"))
    finally:
        default_storage.delete(name)


def _worker() -> bool:
    if settings.TASKS_INLINE:
        return True
    oldest = oldest_waiting()
    if oldest is not None and timezone.now() - oldest > OVERDUE:
        return False
    try:
        beat = (settings.DATA_DIR / HEARTBEAT_FILE).stat().st_mtime
    except FileNotFoundError:
        return False
    # One that lies ahead was left by a worker that died before the clock was set back.
    return abs(time.time() - beat) < HEARTBEAT_SECONDS * _LOST_BEATS


_CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "cache": _cache,
    "migrations": _migrations,
    "storage": _storage,
    "worker": _worker,
}


def _state_of(check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "failed"
    except Exception:  # noqa: BLE001 - whatever is wrong, the others are still asked
        return "failed"
