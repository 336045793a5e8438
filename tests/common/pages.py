"""A web server of our own, on this machine, with pages that tests decide on."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from superfast.common import fetching
from superfast.common.fetching import Fetcher

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Serves `pages`: path → what answers. `asked` is what was asked for, `posted` each form."""

    server: ThreadingHTTPServer
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[BaseHTTPRequestHandler] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fetcher(self, *names: str, **options: Any) -> Fetcher:
        """One that may ask this site, by its address and by names that lead to it."""
        hosts = ("127.0.0.1", *names)
        values: dict[str, Any] = {
            "resolve": lambda host, port: ["127.0.0.1"],
            **options,
        }
        return Fetcher(
            allowed=frozenset(f"{host}:{self.port}" for host in hosts), **values
        )


@contextmanager
def serve() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self)
            site.pages.get(self.path.partition("?")[0], status(404))(self)

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            site.posted.append(dict(parse_qsl(form)))
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def fetching_from(site: Site, settings: Any, monkeypatch: Any) -> Iterator[None]:
    """The site's own fetcher may ask this server, and nobody else."""
    settings.FETCH_PAGES = True
    monkeypatch.setattr(
        fetching, "FETCHER", site.fetcher("page.example", "other.example")
    )
    yield


def page(
    body: bytes | str, content_type: str = "text/html; charset=utf-8", **headers: str
) -> Answer:
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def redirect(location: str, code: int = 302) -> Answer:
    return status(code, Location=location)


def unless_known(answer: Answer, etag: str) -> Answer:
    """304 to who sends the tag along."""

    def choose(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == etag
        (status(304) if known else answer)(handler)

    return choose


def bomb(size: int) -> Answer:
    return page(gzip.compress(b"x" * size), Content_Encoding="gzip")


def drip(pieces: bytes, seconds: float) -> Answer:
    """One byte after the other."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        try:
            for byte in pieces:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(seconds)
        except OSError:
            return

    return answer
