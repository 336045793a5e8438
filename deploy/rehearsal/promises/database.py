"""PostgreSQL restarted, stopped, read-only, slow, and without a free connection."""

import time

from deploy.rehearsal.machine import WholeServer, wait_for
from deploy.rehearsal.stage import CLIENTS, ISSUE, KEPT, QUIZ, Stage, promise

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'superfast' AND pid <> pg_backend_pid()"


def _server(stage: Stage) -> WholeServer:
    assert isinstance(stage.server, WholeServer)
    return stage.server


@promise(
    "While PostgreSQL restarts readers read, and no guess is lost",
    "PostgreSQL restarted under 8 readers and 8 players",
)
def database_restart(stage: Stage) -> str:
    database = _server(stage).database
    forms = stage.forms(120)
    stage.keep_everywhere(ISSUE)
    readers = stage.crowd().read(ISSUE, readers=8, pause=0.05)
    players = stage.crowd()
    with stage.all_stored(forms, players):
        players.guess(QUIZ, forms, players=8)
        wait_for("guesses", lambda: players.answered > 10)
        database.stop()
        met = readers.answered
        wait_for("readers without it", lambda: readers.answered > met + 40)
        database.start()
    readers.stop()
    assert set(readers.statuses) == {200}, readers.said()
    assert set(players.statuses) <= {303, 503}, players.said()
    assert players.without_retry == 0, "a 503 without Retry-After"
    took = stage.wait_until_ready()
    return (
        f"readers: {readers.said()}; players: {players.said()}; {len(forms)} of "
        f"{len(forms)} guesses stored, each once; well after {took:.0f} s by itself"
    )


@promise("Without a database the site says so", "PostgreSQL stopped")
def database_away(stage: Stage) -> str:
    database = _server(stage).database
    form = stage.forms(1)[0]
    for path in KEPT:
        stage.visitor.get(path)
    database.stop("immediate")
    try:
        guess = stage.visitor.guess(QUIZ, form)
        fresh = stage.visitor.get("/search/?q=nobody-asked-this-before")
        alive, ready = stage.visitor.get("/healthz"), stage.visitor.get("/readyz")
    finally:
        database.start()
    assert guess.status == fresh.status == 503, (guess.status, fresh.status)
    assert "retry-after" in guess.headers
    assert "retry-after" in fresh.headers
    assert "Back in a moment" in fresh.text
    assert (alive.status, ready.status) == (200, 503), (alive.status, ready.status)
    took = stage.wait_until_ready()
    return f"a guess and a search: 503 with Retry-After; alive, not ready; well {took:.1f} s after it was back"


@promise(
    "A database that takes no writes is read",
    "default_transaction_read_only, connections cut",
)
def database_read_only(stage: Stage) -> str:
    form = stage.forms(1)[0]
    with _server(stage).database.connect("postgres") as connection:
        alter = "ALTER DATABASE superfast"
        connection.execute(f"{alter} SET default_transaction_read_only = on")
        connection.execute(_CUT)
        try:
            page = stage.visitor.get("/search/?q=read+only")
            guess = stage.visitor.guess(QUIZ, form)
        finally:
            connection.execute(f"{alter} RESET default_transaction_read_only")
            connection.execute(_CUT)
    assert page.status == 200, page.status
    assert guess.status == 503, guess.status
    wait_for("a guess", lambda: stage.visitor.guess(QUIZ, form).status == 303)
    return "a search answered 200, a guess 503; the same guess was taken afterwards"


@promise(
    "A table that keeps players waiting keeps no reader waiting for long",
    f"the table of guesses locked for 12 s under {CLIENTS} players and 4 readers",
)
def database_slow(stage: Stage) -> str:
    forms = stage.forms(CLIENTS * 2)
    players = stage.crowd()
    with stage.all_stored(forms, players):  # noqa: SIM117 - waits when the lock is gone
        with _server(stage).database.connect() as connection, connection.transaction():
            connection.execute("LOCK TABLE quiz_guess IN ACCESS EXCLUSIVE MODE")
            players.guess(QUIZ, forms, players=CLIENTS)
            time.sleep(2)  # until every thread of the web service waits for the lock
            readers = stage.crowd().read("/papers/2022/", readers=4, pause=0.2)
            time.sleep(10)
            while_locked = dict(players.statuses)
    readers.stop()
    assert set(readers.statuses) == {200}, readers.said()
    assert set(while_locked) == {503}, while_locked
    assert set(players.statuses) <= {303, 503}, players.said()
    assert players.without_retry == 0, "a 503 without Retry-After"
    return (
        f"readers: {readers.said()}, slowest {max(readers.seconds):.1f} s; players: "
        f"{players.said()}; {len(forms)} of {len(forms)} stored, each once"
    )


@promise(
    "Without a free connection readers read",
    "the site's connections cut and none allowed, under 4 readers",
)
def connections_exhausted(stage: Stage) -> str:
    form = stage.forms(1)[0]
    stage.keep_everywhere(ISSUE)
    readers = stage.crowd().read(ISSUE, readers=4, pause=0.05)
    with _server(stage).database.connect("postgres") as connection:
        connection.execute("ALTER ROLE superfast CONNECTION LIMIT 0")
        connection.execute(_CUT)
        try:
            guess = stage.visitor.guess(QUIZ, form)
            met = readers.answered
            wait_for("readers without it", lambda: readers.answered > met + 40)
        finally:
            connection.execute("ALTER ROLE superfast CONNECTION LIMIT -1")
    wait_for("a guess", lambda: stage.visitor.guess(QUIZ, form).status == 303)
    readers.stop()
    assert guess.status == 503, guess.status
    assert "retry-after" in guess.headers
    assert set(readers.statuses) == {200}, readers.said()
    return f"readers: {readers.said()}; a guess: 503, taken afterwards"
