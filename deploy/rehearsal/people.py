"""Readers and players, as many as asked for, through the proxy and TLS."""

import http.client
import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

# Long: on a machine that does other things, being slow is not being broken.
TIMEOUT_SECONDS = 120
PATIENCE_SECONDS = 240
_FINE = {200, 303}


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
    """Asks the site for things, with one connection and without cookies."""

    def __init__(self, port: int, authority: Path) -> None:
        self._port = port
        self._context = ssl.create_default_context(cafile=str(authority))
        self._connection: http.client.HTTPSConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | bytes | None = None,
        **headers: str,
    ) -> Answer:
        """An answer, or one of status 0 where the connection was refused or cut."""
        body = urlencode(form).encode() if isinstance(form, dict) else form
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
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
        self._receive(answer.headers.get_all("Set-Cookie") or [])
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, content, time.perf_counter() - begin)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(
                "localhost", self._port, timeout=TIMEOUT_SECONDS, context=self._context
            )
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def _receive(self, cookies: list[str]) -> None:
        """Who plays without cookies has a network to be known by, and the form."""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def form(self, quiz: str) -> Form:
        """A fresh form of a quiz, as a browser without scripts gets it."""
        page = self.get(quiz)
        assert page.status == 200, f"{quiz}: {page.status}"
        return find_form(page)

    def guess(self, quiz: str, form: Form) -> Answer:
        return self.ask(
            "POST", f"{quiz}guess/", {"token": form.token, "headline": form.handles[0]}
        )


def find_form(page: Answer) -> Form:
    """The form in a quiz's page."""
    tokens = re.findall(r'name="token" value="([^"]+)"', page.text)
    handles = re.findall(r'name="headline" value="([^"]+)"', page.text)
    return Form(tokens[0], tuple(handles))


class Editor(Visitor):
    """Somebody at the desk: signed in, with cookies."""

    def __init__(self, port: int, authority: Path) -> None:
        super().__init__(port, authority)
        self._cookies: dict[str, str] = {}

    def ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | bytes | None = None,
        **headers: str,
    ) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return super().ask(method, path, form, **headers, Cookie=cookie)

    def _receive(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value

    def csrf_token(self, path: str) -> str:
        """The token in a page's form."""
        page = self.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found, f"{path}: {page.status}, no form"
        return found[1]

    def sign_in(self, username: str, password: str) -> None:
        form = {
            "csrfmiddlewaretoken": self.csrf_token("/admin/login/"),
            "username": username,
            "password": password,
        }
        answer = self.ask("POST", "/admin/login/?next=/admin/", form)
        assert answer.status == 302, f"signing in: {answer.status}"

    def upload(self, picture: bytes) -> Answer:
        """Hands in a picture as the issue's form does."""
        token = self.csrf_token("/admin/issues/image/add/")
        parts = {
            'name="alt"': b"Grey noise",
            'name="upload"; filename="noise.png"\r\nContent-Type: image/png': picture,
        }
        body = b"".join(
            f"--part\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode()
            + value
            + b"\r\n"
            for about, value in parts.items()
        )
        return self.ask(
            "POST",
            "/admin/issues/image/upload/",
            body + b"--part--\r\n",
            Content_Type="multipart/form-data; boundary=part",
            X_CSRFToken=token,
        )


@dataclass
class Crowd:
    """Threads that do one thing again and again, and what they were answered."""

    new_visitor: Callable[[], Visitor]
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry: int = 0
    seconds: list[float] = field(default_factory=list)
    slowest: dict[int, float] = field(default_factory=dict)
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
            while True:
                try:
                    form = waiting.get_nowait()
                except Empty:
                    return
                self._send(visitor, quiz, form)

        return self._begin(go, players)

    def _send(self, visitor: Visitor, quiz: str, form: Form) -> None:
        """One guess, sent until it is taken; not given up when the crowd is stopped."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = visitor.guess(quiz, form)
            self._note(answer)
            if answer.status == 303:
                return
            time.sleep(0.2)

    def play(self, quiz: str, players: int, pause: float = 0.0) -> "Crowd":
        """Players take a form and send it until it is taken, again and again."""

        def go(visitor: Visitor) -> None:
            while not self._ended.is_set():
                page = visitor.get(quiz)
                self._note(page)
                if page.status == 200:
                    self._send(visitor, quiz, find_form(page))
                self._ended.wait(pause)

        return self._begin(go, players)

    def visit(
        self, paths: tuple[str, ...], visitors: int, a_second: float = 0
    ) -> "Crowd":
        """Visitors read one page after another, at a pace or as fast as it goes."""
        pause = visitors / a_second if a_second else 0.0

        def go(visitor: Visitor) -> None:
            due = time.monotonic()
            for path in cycle(paths):
                if self._ended.wait(max(0.0, due - time.monotonic())):
                    return
                due = max(due + pause, time.monotonic())
                self._note(visitor.get(path))

        return self._begin(go, visitors)

    @property
    def answered(self) -> int:
        return len(self.seconds)

    def stop(self) -> "Crowd":
        self._ended.set()
        return self.join()

    def join(self) -> "Crowd":
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), f"still waiting; so far {self.said()}"
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
        """Statuses, how often each came, and after how long the slowest of them did."""
        names = {0: "no answer"}
        return ", ".join(
            f"{count:,} × {names.get(status, status)}"
            + (f" (up to {self.slowest[status]:.1f} s)" if status not in _FINE else "")
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
            before = self.slowest.get(answer.status, 0.0)
            self.slowest[answer.status] = max(before, answer.seconds)
            if answer.status == 503 and "retry-after" not in answer.headers:
                self.without_retry += 1
