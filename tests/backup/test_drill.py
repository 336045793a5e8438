"""The restore drill: a whole site into an empty place, compared row by row and byte by byte."""

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pyrage
import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
ALL_ROWS = """
import hashlib, json
from django.db import connection
tables = {}
with connection.cursor() as cursor:
    for name in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f'SELECT * FROM "{name}"')
        rows = sorted(repr(row) for row in cursor.fetchall())
        digest = hashlib.sha256("\\n".join(rows).encode()).hexdigest()
        tables[name] = [len(rows), digest]
print(json.dumps(tables))
"""


def postgres() -> str:
    """Where tests of PostgreSQL run; empty with SQLite."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


@pytest.fixture
def place(tmp_path):
    """Makes empty places for a site: a folder, and on PostgreSQL a database of its own."""
    made = []

    def make(name):
        env = {n: v for n, v in os.environ.items() if n in {"PATH", "HOME", "LANG"}}
        env |= {
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": "http://127.0.0.1:8000",
            "DATA_DIR": str(tmp_path / name),
        }
        (tmp_path / name).mkdir()
        if url := postgres():
            database = f"superfast_drill_{uuid.uuid4().hex[:12]}"
            with psycopg.connect(_at(url, "postgres"), autocommit=True) as server:
                server.execute(f'CREATE DATABASE "{database}"')
            made.append(database)
            env["DATABASE_URL"] = _at(url, database)
        return env

    yield make
    for database in made:
        with psycopg.connect(_at(postgres(), "postgres"), autocommit=True) as server:
            server.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def _at(url, database):
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def manage(env, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=600, check=True,
    ).stdout  # fmt: skip


def rows(env):
    return json.loads(manage(env, "shell", "--verbosity", "0", "--command", ALL_ROWS))


def files(env):
    media = Path(env["DATA_DIR"]) / "media"
    return {
        path.relative_to(media).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in media.rglob("*")
        if path.is_file()
    }


def tables(env):
    """What a database holds, asked without the site, which takes seconds to start."""
    if url := env.get("DATABASE_URL"):
        with psycopg.connect(url) as server:
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            return server.execute(names).fetchall()
    path = Path(env["DATA_DIR"]) / "db.sqlite3"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT name FROM sqlite_master").fetchall()


def spoiled(path, folder):
    """What is no backup for this key: a file, and what it is to be opened with."""
    sound = path.read_bytes()
    flipped, half = folder / "flipped.tar.age", folder / "half.tar.age"
    middle = len(sound) // 2
    flipped.write_bytes(
        sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :]
    )
    half.write_bytes(sound[:middle])
    other = folder / "other-key"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    key = folder / "key"
    return [
        (flipped, "--identity-file", str(key)),
        (half, "--identity-file", str(key)),
        (path, "--identity-file", str(other)),
        (path,),
    ]


@pytest.mark.slow
def test_a_site_comes_back_whole_into_an_empty_place(place, tmp_path):
    first, second = place("first"), place("second")
    manage(first, "migrate", "--verbosity", "0")
    manage(first, "load_demo")
    assert tables(first)
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(str(key))

    manage(first, "backup", str(tmp_path / "kept"), "--recipient", str(key.to_public()))
    (path,) = (tmp_path / "kept").iterdir()
    for file, *key_file in spoiled(path, tmp_path):
        with pytest.raises(subprocess.CalledProcessError) as refused:
            manage(second, "restore", str(file), *key_file)
        assert re.fullmatch(r"CommandError: .+\.", refused.value.stderr.strip())
        assert tables(second) == []
        assert files(second) == {}
    manage(second, "restore", str(path), "--identity-file", str(tmp_path / "key"))

    before, after = rows(first), rows(second)
    assert after == before
    assert before["issues_issue"][0] >= 9
    assert files(second) == files(first)
    assert files(first)
    assert "No migrations to apply" in manage(second, "migrate")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        manage(second, "restore", str(path), "--identity-file", str(tmp_path / "key"))
    assert "not empty" in refused.value.stderr
