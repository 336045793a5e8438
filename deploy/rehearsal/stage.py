"""The table of promises, and what each check finds when it begins."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.rehearsal.machine import Server, is_well, wait_for
from deploy.rehearsal.people import Crowd, Form, Visitor

ISSUE = "/issues/2023-01-11/"
QUIZ = "/quiz/2023-01-11/"
KEPT = ("/", ISSUE, "/issues/", "/papers/2022/", "/quiz/", "/issues/feed.xml")
CLIENTS = 32
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "30"))

Check = Callable[["Stage"], str]


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence, how it is broken on purpose, and who looks what comes of it."""

    sentence: str
    broken: str
    check: Check
    alone: bool = False  # asked of the small site

    @property
    def name(self) -> str:
        """By which it is asked for on the command line."""
        return self.check.__name__


PROMISES: list[Promise] = []


def promise(
    sentence: str, broken: str, *, alone: bool = False
) -> Callable[[Check], Check]:
    """Puts a check into the table, in the order of the files.

    A check returns what was seen; it raises AssertionError, or SystemExit where
    something never came, with what it found instead.
    """

    def note(check: Check) -> Check:
        PROMISES.append(Promise(sentence, broken, check, alone))
        return check

    return note


class Stage:
    """The server, and people who use it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.visitor = self.new_visitor()

    def new_visitor(self) -> Visitor:
        return Visitor(self.server.https_port, self.server.authority)

    def crowd(self) -> Crowd:
        return Crowd(self.new_visitor)

    def forms(self, count: int) -> list[Form]:
        """Forms that were given out before things break."""
        return [self.visitor.form(QUIZ) for _ in range(count)]

    def guesses(self) -> int:
        return self.server.number("SELECT COUNT(*) FROM quiz_guess")

    def keep_everywhere(self, path: str) -> None:
        """A page is read until each web worker, busy with the others, has kept it."""
        readers = self.crowd().read(path, readers=16)
        wait_for("readers", lambda: readers.answered > 400)
        readers.stop()

    def wait_until_ready(self) -> float:
        """Returns: after how many seconds the site had all that it needs."""
        return wait_for(
            "ready again", lambda: self.visitor.get("/readyz").status == 200
        )

    @contextmanager
    def all_stored(self, forms: list[Form], players: Crowd) -> Iterator[None]:
        """Afterwards each form that was answered with a redirect is stored, and once."""
        before = self.guesses()
        yield
        players.join()
        stored = self.guesses() - before
        assert players.statuses[303] == len(forms), players.said()
        assert stored == len(forms), f"{stored} stored for {len(forms)} guesses"

    def restart_under_load(self, people: int) -> str:
        """SIGTERM and a new start, while so many read and as many guess."""
        web, port = self.server.web, self.server.web_port
        forms = self.forms(10 * people)
        readers = self.crowd().read(ISSUE, readers=people, pause=0.05)
        players = self.crowd()
        with self.all_stored(forms, players):
            players.guess(QUIZ, forms, players=people)
            wait_for("guesses", lambda: players.answered > people)
            code = web.stop()
            web.start()
            took = wait_for("web", lambda: is_well(port))
        readers.stop()
        assert set(readers.statuses) == {200}, readers.said()
        assert set(players.statuses) == {303}, players.said()
        return (
            f"ended with {code}, back in {took:.1f} s; readers: {readers.said()}; "
            f"players: {players.said()}; slowest {max(readers.seconds):.1f} s"
        )

    def kill_workers_under_guesses(self) -> str:
        """kill -9 of each web worker, twice, while many guess."""
        forms = self.forms(CLIENTS * 8)
        players = self.crowd()
        killed: set[int] = set()
        with self.all_stored(forms, players):
            players.guess(QUIZ, forms, players=CLIENTS)
            for _ in range(4):
                alive = players.answered
                wait_for("answers", lambda alive=alive: players.answered > alive)  # type: ignore[misc]
                found = [pid for pid in self.server.web.workers() if pid not in killed]
                for pid in found[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
        assert len(killed) >= 2, "no worker was found to kill"
        assert set(players.statuses) <= {0, 303, 502, 503}, players.said()
        return (
            f"{len(killed)} killed; {players.said()}; "
            f"{len(forms)} of {len(forms)} guesses stored, each once"
        )
