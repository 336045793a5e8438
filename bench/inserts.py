"""The rate at which a database takes a player and a guess, without any Django.

One connection a client, one transaction a guess, spread over as many processes
as there are processors: a single one would be the limit itself.
"""

import multiprocessing
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg

from bench.scratch import Database

Row = dict[str, Any]
Insert = Callable[[], None]

_together: Any = None

# As in superfast.settings.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"


def measure(
    database: Database, player: Row, guess: Row, *, clients: int, seconds: float
) -> float:
    """Guesses a second."""
    processes = min(clients, os.cpu_count() or 1)
    shares = [
        clients // processes + (number < clients % processes)
        for number in range(processes)
    ]
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(processes)
    with context.Pool(processes, initializer=_meet_at, initargs=(together,)) as pool:
        work = [(database, player, guess, share, seconds) for share in shares]
        return sum(pool.starmap(_insert_all, work, chunksize=1)) / seconds


def _meet_at(barrier: Any) -> None:
    global _together  # a barrier reaches a pool's processes in no other way
    _together = barrier


def _insert_all(
    database: Database, player: Row, guess: Row, clients: int, seconds: float
) -> int:
    counts = [0] * clients
    ready = threading.Barrier(clients + 1)
    ends: list[float] = []

    def run(number: int) -> None:
        with closing(connect(database)) as connection:
            insert = _postgres(connection, player, guess)
            if not database.is_postgres:
                insert = _sqlite(connection, player, guess)
            ready.wait()  # connected
            ready.wait()  # with the other processes too
            while time.monotonic() < ends[0]:
                insert()
                counts[number] += 1

    threads = [
        threading.Thread(target=run, args=(number,)) for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    _together.wait()
    ends.append(time.monotonic() + seconds)
    ready.wait()
    for thread in threads:
        thread.join()
    return sum(counts)


def connect(database: Database) -> Any:
    if database.is_postgres:
        return psycopg.connect(database.url)
    connection = sqlite3.connect(
        database.path, timeout=20, isolation_level=None, check_same_thread=False
    )
    connection.executescript(PRAGMAS)
    return connection


def _statement(table: str, row: Row, mark: str) -> str:
    names = ", ".join(row)
    marks = ", ".join(mark for _ in row)
    # Names of our own models; the values are parameters.
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"


def _postgres(connection: Any, player: Row, guess: Row) -> Insert:
    first = _statement("quiz_player", player, "%s") + " RETURNING id"
    second = _statement("quiz_guess", guess, "%s")

    def insert() -> None:
        handle = {**player, "handle": secrets.token_hex(16)}
        key = connection.execute(first, list(handle.values())).fetchone()[0]
        connection.execute(second, list({**guess, "player_id": key}.values()))
        connection.commit()

    return insert


def _sqlite(connection: Any, player: Row, guess: Row) -> Insert:
    first = _statement("quiz_player", player, "?")
    second = _statement("quiz_guess", guess, "?")

    def insert() -> None:
        handle = {**player, "handle": secrets.token_hex(16)}
        connection.execute("BEGIN IMMEDIATE")
        key = connection.execute(first, list(handle.values())).lastrowid
        connection.execute(second, list({**guess, "player_id": key}.values()))
        connection.execute("COMMIT")

    return insert
