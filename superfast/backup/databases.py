"""The database in one file, taken while the site runs, and back into an empty one.

SQLite by its own online backup, PostgreSQL by `pg_dump` and `pg_restore`: both give
the state of one moment, whatever is written meanwhile.
"""

import os
import shutil
import sqlite3
import subprocess  # nosec B404
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection

DUMP_SECONDS = 60 * 60


def dump(path: Path) -> None:
    """The whole database is in the file. Raises: CommandError where that fails."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
            # One file, not three: whoever opens it first needs no write to join them.
            copy.execute("PRAGMA journal_mode=DELETE")
        return
    _run(
        "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"
    )


def load(path: Path) -> None:
    """The database is what the file holds; it was empty, or it stays as it was.

    Raises: CommandError where the file can't be read, or the tool fails.
    """
    if connection.vendor == "sqlite":
        _load_sqlite(path)
        return
    _run(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error",
        "--single-transaction", f"--dbname={connection.settings_dict['NAME']}", str(path),
    )  # fmt: skip


def is_empty() -> bool:
    """Whether the database holds no table at all. Cost: one query."""
    return not connection.introspection.table_names()


def vendor() -> str:
    """Which kind of database a dump can be loaded into."""
    return connection.vendor


def _load_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        try:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise CommandError("The database in the backup is damaged.")
        connection.ensure_connection()
        copy.backup(connection.connection)


def _run(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise CommandError(
            f"{program} is not installed: on Debian, apt install postgresql-client."
        )
    # A program of ours, no shell.
    result = subprocess.run(  # noqa: S603  # nosec B603
        [program, *arguments],
        env=_environment(connection.settings_dict),
        capture_output=True,
        text=True,
        timeout=DUMP_SECONDS,
        check=False,
    )
    if result.returncode:
        said = result.stderr.strip().splitlines() or ["no reason given"]
        raise CommandError(f"{program} failed: {said[0]}")


def _environment(settings: dict[str, Any]) -> dict[str, str]:
    """What PostgreSQL's programs read: a password on the command line is seen by all."""
    wanted = {
        "PGHOST": settings.get("HOST"),
        "PGPORT": settings.get("PORT"),
        "PGUSER": settings.get("USER"),
        "PGPASSWORD": settings.get("PASSWORD"),
        "PGDATABASE": settings.get("NAME"),
    }
    return os.environ | {name: str(value) for name, value in wanted.items() if value}
