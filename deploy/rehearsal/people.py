"""Readers and players, as many as asked for, through the proxy and TLS."""

import http.client
import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Form:
    """A play token with the four handles that it stands for."""

    token: str
    handles: tuple[str, ...]


class Visitor:
    """Asks the site for things, with one connection."""

    def __init__(self, port: int, authority: Path) -> None:
        self._port = port
        self._context = ssl.create_default_context(cafile=str(authority))
        self._connection: http.client.HTTPSConnection | None = None

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        """An answer, or one of status 0 where the connection was refused or cut."""
        body = urlencode(form) if form is not None else None
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent.setdefault("Origin", f"https://localhost:{self._port}")
        begin = time.perf_counter()
        reused = self._connection is not None
        try:
            answer = self._send(method, path, body, sent)
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection = None
            if reused and method == "GET":
                # As browsers do where a connection was closed while it was idle.
                return self.ask(method, path, form, **headers)
            return Answer(0, {}, repr(error).encode(), time.perf_counter() - begin)
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, content, time.perf_counter() - begin)

    def _send(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(
                "localhost", self._port, timeout=TIMEOUT_SECONDS, context=self._context
            )
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def form(self, quiz: str) -> Form:
        """A fresh form of a quiz, as a browser without scripts gets it."""
        page = self.get(quiz)
        assert page.status == 200, f"{quiz}: {page.status}"
        tokens = re.findall(r'name="token" value="([^"]+)"', page.text)
        handles = re.findall(r'name="headline" value="([^"]+)"', page.text)
        return Form(tokens[0], tuple(handles))

    def guess(self, quiz: str, form: Form) -> Answer:
        return self.ask(
            "POST", f"{quiz}guess/", {"token": form.token, "headline": form.handles[0]}
        )


@dataclass
class Crowd:
    """Threads that do one thing again and again, and what they were answered."""

    new_visitor: Callable[[], Visitor]
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry: int = 0
    seconds: list[float] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, path: str, readers: int, pause: float = 0.0) -> "Crowd":
        """Readers ask for a page until told to stop."""

        def go(visitor: Visitor) -> None:
            while not self._ended.is_set():
                self._note(visitor.get(path))
                self._ended.wait(pause)

        return self._begin(go, readers)

    def guess(self, quiz: str, forms: list[Form], players: int) -> "Crowd":
        """Players send each form until it is answered with a redirect, then the next."""
        waiting: SimpleQueue[Form] = SimpleQueue()
        for form in forms:
            waiting.put(form)

        def go(visitor: Visitor) -> None:
            while not self._ended.is_set():
                try:
                    form = waiting.get_nowait()
                except Empty:
                    return
                while not self._ended.is_set():
                    answer = visitor.guess(quiz, form)
                    self._note(answer)
                    if answer.status == 303:
                        break
                    time.sleep(0.2)

        return self._begin(go, players)

    def stop(self) -> "Crowd":
        self._ended.set()
        return self.join()

    def join(self, seconds: float = 180) -> "Crowd":
        for thread in self._threads:
            thread.join(seconds)
        return self

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return (
            ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000
            if ordered
            else 0.0
        )

    def said(self) -> str:
        names = {0: "no answer"}
        return ", ".join(
            f"{count:,} × {names.get(status, status)}"
            for status, count in sorted(self.statuses.items())
        )

    def _begin(self, go: Callable[[Visitor], None], count: int) -> "Crowd":
        for _ in range(count):
            thread = threading.Thread(
                target=go, args=(self.new_visitor(),), daemon=True
            )
            self._threads.append(thread)
            thread.start()
        return self

    def _note(self, answer: Answer) -> None:
        with self._lock:
            self.statuses[answer.status] += 1
            self.seconds.append(answer.seconds)
            if answer.status == 503 and "retry-after" not in answer.headers:
                self.without_retry += 1
