"""Processes killed, restarted and replaced by those of a new version."""

import shutil
import signal
import time
from pathlib import Path

from deploy.rehearsal.machine import ROOT, WholeServer, is_well, wait_for
from deploy.rehearsal.stage import CLIENTS, ISSUE, KEPT, QUIZ, Stage, promise

_TREE = ("deploy", "issues", "papers", "quiz", "superfast", "templates")
_MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quiz", "{last}")]
    operations = [
        migrations.AddField("guess", "rehearsed", models.BooleanField(db_default=False))
    ]
"""


def _server(stage: Stage) -> WholeServer:
    assert isinstance(stage.server, WholeServer)
    return stage.server


@promise(
    "A web worker that dies takes no guess with it",
    f"kill -9 of web workers, one after the other, under {CLIENTS} players",
)
def workers_killed(stage: Stage) -> str:
    return stage.kill_workers_under_guesses()


@promise("Without the cache everything goes on", "Redis killed")
def cache_gone(stage: Stage) -> str:
    cache = _server(stage).cache
    forms = stage.forms(20)
    players = stage.crowd()
    cache.stop(signal.SIGKILL)
    try:
        with stage.all_stored(forms, players):
            players.guess(QUIZ, forms, players=4)
        statuses = {
            path: stage.visitor.get(path).status for path in (*KEPT, "/admin/login/")
        }
        ready = stage.visitor.get("/readyz")
    finally:
        cache.start()
    assert set(players.statuses) == {303}, players.said()
    assert set(statuses.values()) == {200}, statuses
    assert '"cache": "failed"' in ready.text
    stage.wait_until_ready()
    return f"{players.said()}; {len(statuses)} pages 200; /readyz named the cache, and was well when it was back"


@promise(
    "A task whose worker dies is done, once",
    "kill -9 of the queue's worker in the middle of it",
)
def task_killed(stage: Stage) -> str:
    server = _server(stage)
    done = "SELECT COUNT(*) FROM django_q_task WHERE name = 'rehearsal' AND success"
    taken = "SELECT COUNT(*) FROM django_q_ormq WHERE lock > now()"
    code = 'from superfast.common.tasks import enqueue; enqueue("time.sleep", 3, name="rehearsal")'
    server.manage("shell", "--verbosity", "0", "--command", code)
    wait_for("the task to be taken", lambda: server.number(taken) > 0)
    server.worker.kill_family()
    assert server.number(done) == 0, "it was done before its worker was killed"
    server.worker.start()
    took = wait_for("the task to be done", lambda: server.number(done) == 1)
    time.sleep(2)
    assert server.number(done) == 1
    return f"taken up again and done once, {took:.0f} s after the worker was back"


@promise(
    "Nobody is refused while the site is restarted",
    "SIGTERM and a new start under 8 readers and 8 players",
)
def restart(stage: Stage) -> str:
    return stage.restart_under_load(people=8)


@promise(
    "A new version with a migration takes over without a gap",
    "a column added to the guesses, a second web service beside the first, then the "
    "first ended, under 8 readers and 8 players",
)
def takeover(stage: Stage) -> str:
    server = stage.server
    newer = _newer_version(server.folder)
    before = stage.guesses()
    readers = stage.crowd().read(ISSUE, readers=8, pause=0.05)
    players = stage.crowd().play(QUIZ, players=8, pause=0.05)
    server.manage("migrate", "--verbosity", "0", root=newer)
    second = server.web_at(server.second_port, newer)
    second.start()
    wait_for("the second web service", lambda: is_well(server.second_port))
    server.web.stop()
    server.web, met = second, players.statuses[303]
    wait_for("guesses", lambda: players.statuses[303] > met + 8)
    players.stop()
    readers.stop()
    ready = stage.visitor.get("/readyz")
    stored = stage.guesses() - before
    assert ready.status == 200, ready.text
    assert set(readers.statuses) == {200}, readers.said()
    assert set(players.statuses) == {200, 303}, players.said()
    assert stored == players.statuses[303], f"{stored} stored; {players.said()}"
    return (
        f"readers: {readers.said()}; players: {players.said()}; each guess stored once"
    )


def _newer_version(folder: Path) -> Path:
    """A copy of the site with one migration more, as the version after this might have."""
    copy = folder / "newer"
    for name in _TREE:
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "manage.py", copy)
    (copy / "static").symlink_to(ROOT / "static")
    migrations = copy / "quiz/migrations"
    last = max(migrations.glob("0*.py")).stem
    (migrations / "9999_rehearsal.py").write_text(_MIGRATION.format(last=last))
    return copy
