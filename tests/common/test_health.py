"""Whether the site is ready: each thing that it needs, taken away in turn."""

import os
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from superfast.common import health

pytestmark = pytest.mark.django_db
NAMES = {"database", "cache", "migrations", "storage", "worker"}


@pytest.fixture(autouse=True)
def worker(settings, tmp_path):
    """A worker's sign of life, and nothing due."""
    settings.TASKS_INLINE = False
    settings.DATA_DIR = tmp_path
    (tmp_path / health.HEARTBEAT_FILE).touch()
    Schedule.objects.all().delete()
    return tmp_path / health.HEARTBEAT_FILE


def failed(client):
    response = client.get("/readyz")
    states = response.json()
    wrong = {name for name, state in states.items() if state != "ok"}
    assert set(states) == NAMES
    assert response.status_code == (503 if wrong else 200)
    assert "no-store" in response.headers["Cache-Control"]
    return wrong


def test_a_site_that_has_all_it_needs_is_ready(client):
    assert failed(client) == set()
    assert not any(".readyz" in name for name in default_storage.listdir(".")[1])


def test_a_database_that_is_away_is_said(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(connection, "cursor", away)

    assert {"database"} <= failed(client)


def test_a_cache_that_keeps_nothing_is_said(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }
    cache.clear()

    assert failed(client) == {"cache"}


def test_a_migration_that_is_not_applied_is_said(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'backup' OR app = 'quiz'"
        )

    assert failed(client) == {"migrations"}


def test_a_storage_that_takes_nothing_is_said(client, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)

    assert failed(client) == {"storage"}


def test_a_worker_that_is_silent_is_said(client, worker):
    old = time.time() - 3600
    os.utime(worker, (old, old))
    assert failed(client) == {"worker"}

    worker.unlink()
    assert failed(client) == {"worker"}


def test_a_sign_of_life_from_before_the_clock_was_set_back_is_none(client, worker):
    ahead = time.time() + 3600
    os.utime(worker, (ahead, ahead))

    assert failed(client) == {"worker"}


def test_a_task_that_nobody_takes_is_said(client):
    ago = timezone.now() - health.OVERDUE - timedelta(seconds=1)
    OrmQ.objects.create(key="superfast", payload="x", lock=ago)

    assert failed(client) == {"worker"}


def test_a_schedule_that_nobody_runs_is_said(client):
    ago = timezone.now() - health.OVERDUE - timedelta(seconds=1)
    Schedule.objects.create(func="x", next_run=ago, schedule_type=Schedule.HOURLY)

    assert failed(client) == {"worker"}


def test_a_site_without_a_worker_needs_none(client, settings, worker):
    settings.TASKS_INLINE = True
    worker.unlink()

    assert failed(client) == set()


def test_other_methods_are_refused(client):
    assert client.post("/readyz").status_code == 405


def test_being_alive_takes_no_database(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", None)

    assert client.get("/healthz").text == "ok\n"


def test_a_server_that_is_about_to_end_says_so(client, settings, tmp_path):
    settings.ENDING_FILE = str(tmp_path / "ending")
    assert client.get("/healthz").text == "ok\n"

    (tmp_path / "ending").touch()
    response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ending\n")
