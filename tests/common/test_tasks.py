"""The task queue: what is handed over, what a worker does with it, and who sees it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task
from django_q.signing import SignedPackage

from superfast.common import queue, tasks
from superfast.common.schedules import declare_schedules
from tests.factories import make_editor, make_writer

ROOT = Path(__file__).parent.parent.parent
HERE = "tests.common.test_tasks"
PATIENCE_SECONDS = 60

done: list[Any] = []


def note(*args: Any) -> str:
    done.append(args)
    return "noted"


def fail() -> None:
    raise ValueError("no luck")


def append_pid_and_wait(path: str, seconds: float) -> None:
    """The task of the tests with a real worker: leaves a line when it begins and ends."""
    with Path(path).open("a") as file:
        file.write(f"began {os.getpid()}\n")
    time.sleep(seconds)
    with Path(path).open("a") as file:
        file.write(f"ended {os.getpid()}\n")


def die(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("began\n")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


@pytest.fixture
def queued(settings: Any) -> None:
    settings.TASKS_INLINE = False


def test_inline_the_function_runs_at_once():
    tasks.enqueue(f"{HERE}.note", 1, "two", None)

    assert done == [(1, "two", None)]


def test_inline_an_error_is_the_callers():
    with pytest.raises(ValueError, match="no luck"):
        tasks.enqueue(f"{HERE}.fail")


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_a_function_that_is_not_there_is_refused_when_it_is_handed_over():
    with pytest.raises(ImportError):
        tasks.enqueue(f"{HERE}.nothing")

    assert not OrmQ.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_a_task_of_a_transaction_that_failed_never_begins():
    with suppress(ValueError), transaction.atomic():
        tasks.enqueue(f"{HERE}.note", 1)
        assert OrmQ.objects.exists()
        fail()

    assert not OrmQ.objects.exists()


def take() -> list[dict[str, Any]]:
    """What a pusher with one free worker gets, as dictionaries."""
    return [
        SignedPackage.loads(text) for _, text in queue.Broker("superfast").dequeue()
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_a_task_of_before_the_clock_was_set_back_is_taken():
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        tasks.enqueue(f"{HERE}.note", 1)

    assert len(take()) == 1
    assert take() == []


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_a_task_that_is_worked_at_stays_so_when_the_clock_is_set_back():
    broker = queue.Broker("superfast")
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        tasks.enqueue(f"{HERE}.note", 1)
        assert len(broker.dequeue()) == 1

    assert broker.dequeue() == []


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_a_task_is_taken_once_while_its_lease_lasts_and_once_more_when_it_has_run_out():
    tasks.enqueue(f"{HERE}.note", 1, name="Note one")

    first = take()
    row = OrmQ.objects.get()
    assert [(task["name"], task["args"]) for task in first] == [
        ("Note one", (f"{HERE}.note", 1))
    ]
    assert first[0]["kwargs"] == {"row": row.pk}
    assert row.lock > timezone.now()
    assert take() == []

    OrmQ.objects.update(lock=timezone.now())
    assert [task["func"] for task in take()] == [tasks.PERFORM]

    # A task that ends its worker each time is not taken for ever.
    OrmQ.objects.update(lock=timezone.now())
    (third,) = take()
    assert third["func"] == queue.GIVEN_UP
    with pytest.raises(RuntimeError, match="given up"):
        tasks.give_up(*third["args"], **third["kwargs"])


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_no_more_tasks_are_taken_than_there_are_workers():
    for number in range(5):
        tasks.enqueue(f"{HERE}.note", number)
    broker = queue.Broker("superfast")

    assert len(broker.dequeue()) == settings.Q_CLUSTER["workers"]
    assert broker.dequeue() == []
    OrmQ.objects.filter(lock__gt=timezone.now())[0].delete()
    assert len(broker.dequeue()) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("queued")
def test_a_task_signed_with_another_key_is_handed_on_to_be_dropped():
    OrmQ.objects.create(key="superfast", payload="nonsense", lock=timezone.now())

    (row,) = queue.Broker("superfast").dequeue()

    assert row[1] == "nonsense"


@pytest.mark.django_db(transaction=True)
def test_a_busy_worker_keeps_its_lease(settings):
    settings.TASK_LEASE_SECONDS = 1
    row = OrmQ.objects.create(key="superfast", payload="", lock=timezone.now())

    tasks.perform("time.sleep", 0.5, row=row.pk)

    row.refresh_from_db()
    assert row.lock > timezone.now()


@pytest.mark.django_db
def test_schedules_are_those_of_the_settings_however_often_they_are_declared(settings):
    queue_app = apps.get_app_config("django_q")
    declare_schedules(queue_app, using="default")
    own = Schedule.objects.create(name="an administrator's", func="time.time")
    before = {row.name: row.next_run for row in Schedule.objects.all()}
    assert {f"site: {' '.join(command)}" for command in settings.SCHEDULES} == (
        set(before) - {own.name}
    )
    assert all(
        when > timezone.now() for name, when in before.items() if name != own.name
    )

    settings.SCHEDULES = {("roll_up_guesses",): "daily", ("check",): "weekly"}
    declare_schedules(queue_app, using="default")

    rows = {row.name: row for row in Schedule.objects.all()}
    assert set(rows) == {"site: roll_up_guesses", "site: check", own.name}
    kept = rows["site: roll_up_guesses"]
    assert kept.next_run == before[kept.name]
    assert kept.schedule_type == Schedule.DAILY


@pytest.mark.django_db
def test_every_schedule_of_the_site_runs():
    for command in settings.SCHEDULES:
        assert tasks.run_command(*command)


@pytest.mark.django_db
def test_the_queue_is_in_administrators_sight_alone(client, django_user_model):
    boss = django_user_model.objects.create_superuser("boss", password="x")
    failed = Task.objects.create(
        id="f" * 32,
        name="check_links",
        func=tasks.PERFORM,
        started=timezone.now(),
        stopped=timezone.now(),
        success=False,
        result="<script>alert(1)</script> : the reason",
    )
    listing, page = "/admin/django_q/task/", f"/admin/django_q/task/{failed.pk}/change/"

    for person in (make_writer(), make_editor()):
        client.force_login(person)
        assert b"django_q" not in client.get("/admin/").content
        assert client.get(listing).status_code == 403
        assert client.get(page).status_code == 403
    client.force_login(boss)
    assert client.get(listing).status_code == 200
    shown = client.get(page).content.decode()
    assert "the reason" in shown
    assert "<script>alert" not in shown
    assert client.post(page, {"name": "other"}).status_code == 403
    for model in ("schedule", "ormq", "success", "failure"):
        assert client.get(f"/admin/django_q/{model}/").status_code == 404


# A real worker -----------------------------------------------------------------


def database_url() -> str:
    """The test database's address, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    login = f"{found['USER']}:{found['PASSWORD']}@".replace(":@", "@")
    return f"postgres://{login}{found['HOST']}:{found['PORT'] or 5432}/{found['NAME']}"


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started = []
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "superfast.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "TASKS_INLINE": "0",
        "TASK_LEASE_SECONDS": "2",
        "TASK_WORKERS": "1",
        # What the task's function is found by.
        "PYTHONPATH": str(ROOT),
    }

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "manage.py", "run_worker"],
            cwd=ROOT,
            env=env,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def wait_for(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("It did not happen.")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queued")
def test_the_task_of_a_killed_worker_is_done_by_the_next(tmp_path, start_worker):
    trace = tmp_path / "trace"
    trace.touch()
    tasks.enqueue(f"{HERE}.append_pid_and_wait", str(trace), 1.5)
    first = start_worker()
    line = wait_for(trace.read_text)
    # The process that was started, not its children: none of them may live on.
    first.kill()
    first.wait()

    second = start_worker()
    wait_for(lambda: "ended" in trace.read_text())
    wait_for(lambda: Task.objects.filter(success=True).exists())

    lines = trace.read_text().splitlines()
    assert [text.split()[0] for text in lines] == ["began", "began", "ended"]
    assert lines[0] == line.strip()
    assert lines[1] != lines[0]
    wait_for(lambda: not OrmQ.objects.exists())
    second.terminate()
    assert second.wait(PATIENCE_SECONDS) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queued")
def test_a_task_that_kills_its_worker_is_tried_twice_and_then_on_record_as_failed(
    tmp_path, start_worker
):
    trace = tmp_path / "trace"
    tasks.enqueue(f"{HERE}.die", str(trace))
    start_worker()

    failed = wait_for(Task.objects.filter(success=False).first)

    assert "given up" in failed.result
    assert trace.read_text() == "began\nbegan\n"
    wait_for(lambda: not OrmQ.objects.exists())


def test_inline_a_worker_has_nothing_to_do(capsys):
    call_command("run_worker")

    assert "nothing for a worker" in capsys.readouterr().out


# Server and worker together ----------------------------------------------------

STAND_IN = "import time; time.sleep(600)"


def children(pid: int) -> set[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(text) for text in found.stdout.split()}


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_and_worker_end_together(tmp_path, number):
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "superfast.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "TASKS_INLINE": "0",
    }
    both = subprocess.Popen(
        [sys.executable, "deploy/serve.py", sys.executable, "-c", STAND_IN],
        cwd=ROOT,
        env=env,
        start_new_session=True,
    )
    family = wait_for(lambda: len(children(both.pid)) == 2 and children(both.pid))
    worker = wait_for(
        lambda: {pid for child in family for pid in children(child)}  # The sentinel.
    )

    both.send_signal(number)

    assert both.wait(PATIENCE_SECONDS) == 0
    assert not [pid for pid in family | worker if alive(pid)]
