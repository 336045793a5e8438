"""The small site: SQLite, without a cache server and without a worker."""

import time

from deploy.rehearsal.disk import full_disk, full_disk_at_the_desk
from deploy.rehearsal.machine import SmallServer, wait_for
from deploy.rehearsal.stage import CLIENTS, ISSUE, KEPT, QUIZ, Stage, promise


@promise("The site works by itself", "SQLite; no cache server, no worker", alone=True)
def small_site(stage: Stage) -> str:
    stage.wait_until_ready()
    statuses = {path: stage.visitor.get(path).status for path in (*KEPT, QUIZ)}
    assert set(statuses.values()) == {200}, statuses
    return f"{len(statuses)} pages 200, /readyz well"


@promise(
    "A web worker that dies takes no guess with it (SQLite)",
    f"kill -9 of web workers, one after the other, under {CLIENTS} players",
    alone=True,
)
def small_site_killed(stage: Stage) -> str:
    return stage.kill_workers_under_guesses()


@promise(
    "Nobody is refused while the site is restarted (SQLite)",
    "SIGTERM and a new start under 4 readers and 4 players",
    alone=True,
)
def small_site_restarted(stage: Stage) -> str:
    return stage.restart_under_load(people=4)


@promise(
    "A database that somebody else writes to keeps players waiting, and loses no guess (SQLite)",
    "its one lock for writing held for 12 s, under 8 players and 4 readers",
    alone=True,
)
def small_site_locked(stage: Stage) -> str:
    server = stage.server
    assert isinstance(server, SmallServer)
    forms = stage.forms(24)
    stage.keep_everywhere(ISSUE)
    players = stage.crowd()
    with stage.all_stored(forms, players):
        with server.write_lock():
            players.guess(QUIZ, forms, players=8)
            time.sleep(2)  # until every thread of the web service waits for the lock
            readers = stage.crowd().read(ISSUE, readers=4, pause=0.2)
            time.sleep(10)
            while_locked = dict(players.statuses)
        players.join()
    readers.stop()
    assert set(readers.statuses) == {200}, readers.said()
    assert max(readers.seconds) < 8, f"a reader waited {max(readers.seconds):.1f} s"
    assert set(while_locked) <= {503}, while_locked
    assert set(players.statuses) <= {303, 503}, players.said()
    assert players.without_retry == 0, "a 503 without Retry-After"
    return (
        f"readers: {readers.said()}, slowest {max(readers.seconds):.1f} s; players: "
        f"{players.said()}; {len(forms)} of {len(forms)} stored, each once"
    )


@promise(
    "A full disk refuses guesses and pictures, and readers read (SQLite)",
    "no file of the web service may grow, the database's neither",
    alone=True,
)
def small_site_full(stage: Stage) -> str:
    desk = full_disk_at_the_desk(stage)
    form = stage.forms(1)[0]
    with full_disk(stage.server.web):
        guess = stage.visitor.guess(QUIZ, form)
        pages = {path: stage.visitor.get(path).status for path in KEPT}
        fresh = stage.visitor.get("/search/?q=full+disk")
    assert guess.status == 503, (guess.status, guess.text[-300:])
    assert "retry-after" in guess.headers
    assert {*pages.values(), fresh.status} == {200}, (pages, fresh.status)
    wait_for("a guess", lambda: stage.visitor.guess(QUIZ, form).status == 303)
    return f"a guess: 503 with Retry-After, taken afterwards; {desk}"
