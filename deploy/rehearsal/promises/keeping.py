"""What is kept: backups under load, the disk full; and whether the site bears its load."""

import os
import shutil
import time
from collections import Counter
from pathlib import Path

from deploy.rehearsal.disk import full_disk_at_the_desk
from deploy.rehearsal.machine import Service, WholeServer, wait_for
from deploy.rehearsal.stage import KEPT, QUIZ, SOAK_SECONDS, Stage, promise

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_MEASURED_SECONDS = 5
_VISITORS = 6


@promise(
    "Backups made under load come back whole",
    "two at once, under 8 players; the database dropped, the pictures deleted, restored",
)
def backup(stage: Stage) -> str:
    server = stage.server
    assert isinstance(server, WholeServer)
    folder = server.folder / "backups"
    players = stage.crowd().play(QUIZ, players=8, pause=0.05)
    first = server.start_manage("backup", str(folder / "first"))
    server.manage("backup", str(folder / "second"))
    assert first.wait() == 0, "the first backup failed"
    players.stop()
    paths = sorted(folder.glob("*/superfast-*.tar"))
    assert len(paths) == 2, paths
    rows = _rows(server, "superfast")
    pictures = _files(server.data / "media")
    assert pictures
    seconds = []
    for number, path in enumerate(paths):
        database, data = f"restored{number}", server.folder / f"restored{number}"
        data.mkdir()
        with server.database.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {database} OWNER superfast")
        place = {
            "DATA_DIR": str(data),
            "DATABASE_URL": server.database.url(database),
        }
        begin = time.monotonic()
        server.manage("restore", str(path), changes=place)
        seconds.append(time.monotonic() - begin)
        assert _files(data / "media") == pictures, "the pictures differ"
        _compare(rows, _rows(server, database))
        shutil.rmtree(data)
    count = sum(sum(table.values()) for table in rows.values())
    return (
        f"{count:,} rows of {len(rows)} tables and {len(pictures)} files compared, "
        f"twice; a restore took {max(seconds):.0f} s"
    )


def _rows(server: WholeServer, database: str) -> dict[str, Counter[str]]:
    """Every row of every table, as PostgreSQL writes it."""
    with server.database.connect(database) as connection:
        return {
            name: Counter(
                row
                for (row,) in connection.execute(f'SELECT t::text FROM "{name}" t')  # noqa: S608
            )
            for (name,) in connection.execute(_TABLES).fetchall()
        }


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _compare(now: dict[str, Counter[str]], restored: dict[str, Counter[str]]) -> None:
    """Everything that was there came back; guesses were added while it was made."""
    assert now.keys() == restored.keys(), now.keys() ^ restored.keys()
    for name, rows in now.items():
        assert restored[name] <= rows or name.startswith("django_q_"), (
            f"{name} has rows that were never there"
        )
        growing = (
            "quiz_guess",
            "quiz_player",
            "quiz_tally",
            "quiz_rollup",
            "django_q_",
        )
        assert restored[name] == rows or name.startswith(growing), f"{name} differs"
    assert restored["quiz_guess"], "no guess came back"


@promise(
    "Backups are made by themselves, and so many are kept",
    "the service that makes them started three times, two to be kept",
)
def backup_nightly(stage: Stage) -> str:
    server = stage.server
    folder = server.folder / "nightly"
    seen: list[str] = []
    for _ in range(3):
        service = Service("backup", server.folder, ["deploy/backup-nightly"], server.env | {
            "BACKUP_FOLDER": str(folder), "BACKUPS_KEPT": "2",
        })  # fmt: skip
        service.start()
        wait_for("a backup", lambda: not _names(folder) <= {*seen})  # noqa: B023 - asked at once
        seen += sorted(_names(folder) - {*seen})
        service.stop()
    kept = sorted(_names(folder))
    assert kept == seen[1:], (kept, seen)
    return f"{len(seen)} made, {len(kept)} kept: the newest"


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("superfast-*.tar")}


@promise("A full disk leaves no half picture", "no file of the web service may grow")
def disk_full(stage: Stage) -> str:
    return full_disk_at_the_desk(stage)


@promise(
    "The site bears its load",
    f"80 % of what {_VISITORS} visitors got at most, for {SOAK_SECONDS} s",
)
def soak(stage: Stage) -> str:
    web = stage.server.web
    paths = (*KEPT, QUIZ, "/search/?q=diffusion")
    at_most = stage.crowd().visit(paths, _VISITORS)
    time.sleep(_MEASURED_SECONDS)
    at_most.stop()
    pace = 0.8 * at_most.answered / _MEASURED_SECONDS
    begin = web.memory_mb()
    visitors = stage.crowd().visit(paths, _VISITORS, a_second=pace)
    players = stage.crowd().play(QUIZ, players=1, pause=0.5)
    time.sleep(SOAK_SECONDS)
    visitors.stop()
    players.stop()
    grown = web.memory_mb() - begin
    assert set(visitors.statuses) == {200}, visitors.said()
    assert set(players.statuses) == {200, 303}, players.said()
    assert grown < 60, f"memory grew by {grown:.0f} MB"
    return (
        f"{visitors.answered:,} pages at {pace:.0f} a second and {players.statuses[303]} "
        f"guesses, no error; p99 {visitors.percentile(0.99):.0f} ms; memory "
        f"{begin:.0f} MB, {grown:+.0f} MB; load {os.getloadavg()[0]:.0f}"
    )


@promise("The site ends when it is told to", "SIGTERM")
def end(stage: Stage) -> str:
    server = stage.server
    assert isinstance(server, WholeServer)
    code, worker = server.web.stop(), server.worker.stop()
    left = server.web.family() | server.worker.family()
    assert not left, f"still there: {left}"
    return (
        f"web ended with {code}, worker with {worker}; none of their processes was left"
    )
