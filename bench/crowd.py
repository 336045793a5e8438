"""Fills a site's database with a crowd and times reveals in process; run by bench.reveal.

The newest quiz has as many guesses as there are players; the others share the
rest. A thousand players have played every quiz. Written by the database itself,
with keys in order of time as they would be, and without asking each row's
foreign keys, which are right by construction.
"""

import io
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.core.management import call_command

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  # needs django.setup()
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402

from bench.prepare import columns, make_quiz  # noqa: E402
from quiz import tokens  # noqa: E402
from quiz.models import Guess, Player, Quiz  # noqa: E402

LOYAL = 1_000
PAST_QUIZZES = 200
WEEK_SECONDS = 7 * 24 * 60 * 60
IS_POSTGRES = connection.vendor == "postgresql"


def execute(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def write_unchecked() -> None:
    """From now on no row's references are looked up: what is inserted is known to be there."""
    if IS_POSTGRES:
        execute("SET session_replication_role = replica")
    else:
        execute("PRAGMA synchronous=OFF")
        execute("PRAGMA foreign_keys=OFF")


def series(count: int) -> str:
    """A table `series (i)` of the numbers from 1."""
    if IS_POSTGRES:
        return f"(SELECT generate_series(1::bigint, {count}) AS i) AS series"
    numbers = f"SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}"
    return f"(WITH RECURSIVE n(i) AS ({numbers}) SELECT i FROM n) AS series"


def insert(row: Any, count: int, **computed: str) -> None:
    """That many rows like this one, with columns that the database computes."""
    values = columns(row)
    constants = {name: value for name, value in values.items() if name not in computed}
    names = [*constants, *computed]
    marks = [*("%s" for _ in constants), *computed.values()]
    execute(
        f"INSERT INTO {row._meta.db_table} ({', '.join(names)}) "
        f"SELECT {', '.join(marks)} FROM {series(count)}",
        *constants.values(),
    )


def since(moment: str, seconds: str) -> str:
    """SQL for a moment and so many seconds."""
    if IS_POSTGRES:
        return f"timestamptz '{moment}' + ({seconds}) * interval '1 second'"
    return (
        f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', '{moment}', "
        f"'+' || CAST({seconds} AS INTEGER) || ' seconds')"
    )


def load_guesses(quiz: Quiz, count: int, *, players: int, first: int) -> None:
    """Guesses of a week, oldest first: of the loyal, then of players from `first` on."""
    handles = list(quiz.headlines.order_by("pk").values_list("pk", flat=True))
    step = WEEK_SECONDS / count
    others = f"{LOYAL} + ({first} + i) %% {players - LOYAL} + 1"
    insert(
        Guess(quiz=quiz, channel=Guess.Channel.CARD, seconds_taken=20),
        count,
        player_id=f"CASE WHEN i <= {LOYAL} THEN i ELSE {others} END",
        headline_id=f"{handles[0]} + (i * 7919 / 3) %% 4",
        position="1 + (i * 31 / 7) %% 4",
        created_at=since(
            f"{quiz.issue.publish_at:%Y-%m-%d %H:%M:%S+00:00}", f"i * {step:.6f}"
        ),
    )


@contextmanager
def unwatched() -> Iterator[None]:
    """Without indexes and foreign keys while rows are written, where that is possible."""
    write_unchecked()
    if not IS_POSTGRES:
        yield
        execute("ANALYZE")
        return
    again = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'quiz_guess'::regclass AND contype = 'u'"
        )
        for name, definition in cursor.fetchall():
            again.append(f"ALTER TABLE quiz_guess ADD CONSTRAINT {name} {definition}")
            cursor.execute(f"ALTER TABLE quiz_guess DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE tablename = 'quiz_guess' AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        )
        for name, definition in cursor.fetchall():
            again.append(definition)
            cursor.execute(f"DROP INDEX {name}")
    yield
    execute("SET maintenance_work_mem = '512MB'")
    for statement in again:
        execute(statement)
    execute("VACUUM ANALYZE quiz_guess")
    execute("VACUUM ANALYZE quiz_player")
    execute("SET session_replication_role = DEFAULT")


def load(total: int, biggest: int) -> Quiz:
    """The crowd. Returns: the newest quiz."""
    last = PAST_QUIZZES + 1
    quizzes = [
        make_quiz(number, weeks_ago=last + 1 - number) for number in range(1, last + 1)
    ]
    handle = "lpad(to_hex(i), 32, '0')" if IS_POSTGRES else "printf('%%032x', i)"
    each = (total - biggest) // PAST_QUIZZES
    with unwatched():
        insert(Player(), biggest, handle=handle)
        if each > LOYAL:
            for number, quiz in enumerate(quizzes[:-1]):
                load_guesses(quiz, each, players=biggest, first=number * each)
        load_guesses(quizzes[-1], biggest, players=biggest, first=-LOYAL)
    return quizzes[-1]


def cookie_of(number: int) -> str:
    """The cookie that a player's browser carries."""
    response = HttpResponse()
    tokens.remember_player(response, f"{number:032x}")
    return response.cookies.output(header="", attrs=[]).strip()


def ignore(*_: Any) -> Any:
    """Takes the place of the server's `start_response`."""


def time_reveal(handler: WSGIHandler, path: str, cookie: str) -> float:
    """Milliseconds from the request to the last byte."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    start = time.perf_counter()
    response = handler(environ, ignore)
    body = b"".join(response)
    took = 1000 * (time.perf_counter() - start)
    response.close()
    if b"FAKE" not in body:
        raise SystemExit("This is no reveal.")
    return took


def main(total: int, biggest: int, reveals: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    began = time.monotonic()
    quiz = load(total, biggest)
    loading = time.monotonic() - began
    path = quiz.get_absolute_url()
    # Half of them have played every quiz.
    players = [
        1 + number % LOYAL if number % 2 else 1 + number * 7919 % biggest
        for number in range(reveals)
    ]
    cookies = [cookie_of(number) for number in players]
    handler = WSGIHandler()
    time_reveal(handler, path, cookies[0])
    before = [time_reveal(handler, path, cookie) for cookie in cookies[:20]]
    began = time.monotonic()
    call_command("roll_up_guesses", stdout=io.StringIO())
    rolling = time.monotonic() - began
    if IS_POSTGRES:
        execute("VACUUM ANALYZE")
    after = [time_reveal(handler, path, cookie) for cookie in cookies]
    answer = {
        "guesses": Guess.objects.count(),
        "on_one": Guess.objects.filter(quiz=quiz).count(),
        "path": path,
        "cookies": cookies,
        "loading": loading,
        "rolling": rolling,
        "before": before,
        "after": after,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
