"""The page cache as a WSGI application that stands before the site's.

It keeps what a view has called the same for everybody (`superfast.common.http.kept_page`),
and asks the database with each request whether that still is as it was.
"""

import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse

from superfast.common.http import KEEPER, KEPT, KEPT_PARAMETERS
from superfast.pagecache.editions import Edition, read_edition, read_number
from superfast.pagecache.pages import Headers, Page, bare_etags
from superfast.pagecache.sharing import Shared
from superfast.pagecache.store import Store

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Key = tuple[str, ...]
Measure = Callable[[int, float], None]

_MAX_QUERY = 300
_MAX_PATH = 300
# Whether the server is alive is said even while the database hangs.
_NEVER_KEPT = frozenset({"/healthz", "/readyz"})


class PageCache:
    """Answers from memory what it may, and hands on everything else.

    Args:
        application: the site.
        max_bytes: how much memory pages may take.
        measure: told of each answer from memory its status and the seconds that it took.
    """

    def __init__(
        self,
        application: Application,
        *,
        max_bytes: int,
        measure: Measure | None = None,
    ) -> None:
        self._application = application
        self._measure = measure
        self._edition: Edition | None = None
        self._number = Shared(lambda: read_number())
        self.store = Store(max_bytes)

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._application(environ, start_response)
        begin = time.perf_counter()
        key = key_of(environ)
        page = self.store.get(key) if key else None
        edition = None
        if key:
            try:
                edition = self._now()
            except (InterfaceError, OperationalError):
                # Better what was right a moment ago than nothing. Where nothing is
                # kept, Django says what there is to be said.
                connection.close()
                if page and page.edition.covers(time.time()):
                    edition = page.edition
        if page and page.edition == edition:
            if self._measure:
                start_response = _measured(start_response, self._measure, begin)
            return self._send(key, page, environ, start_response)
        return self._ask(key, edition, environ, start_response)

    def _now(self) -> Edition:
        """What readers see now.

        Cost: one query, two where that is new to this process; none where another thread
        asks meanwhile.
        """
        now = time.time()
        known = self._edition
        if known and known.is_current(self._number(), now):
            return known
        found = read_edition(now)
        if known and found == known:
            return known
        self._edition = found.seen_at(int(time.time())) if known else found
        return self._edition

    def _send(
        self, key: Key | None, page: Page, environ: Environ, start: StartResponse
    ) -> Iterable[bytes]:
        size = page.size
        status, headers, body = page.answer(environ, time.time())
        if key and page.size != size:
            self.store.put(key, page)
        start(_STATUS[status], headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _ask(
        self,
        key: Key | None,
        edition: Edition | None,
        environ: Environ,
        start: StartResponse,
    ) -> Iterable[bytes]:
        """The site's own answer, kept where it may be, compressed where that helps."""
        if etags := environ.get("HTTP_IF_NONE_MATCH"):
            environ["HTTP_IF_NONE_MATCH"] = bare_etags(etags)
        environ[KEEPER] = key is not None and edition is not None
        answer = _Answer()
        result = self._application(environ, answer.start)
        if answer.is_public and isinstance(result, HttpResponse):
            body = result.content
            result.close()
            is_kept = bool(key and environ.get(KEPT))
            page = Page(edition or _UNDATED, answer.headers, body, is_kept=is_kept)
            if key and is_kept:
                if older := self.store.get(key):
                    page.takes_over(older)
                self.store.put(key, page)
                return self._send(key, page, environ, start)
            if page.is_text:
                return self._send(None, page, environ, start)
        start(answer.status, answer.headers, *answer.rest)
        return result


def _measured(start: StartResponse, measure: Measure, begin: float) -> StartResponse:
    def measured(status: str, headers: Headers) -> Any:
        measure(int(status[:3]), time.perf_counter() - begin)
        return start(status, headers)

    return measured


def key_of(environ: Environ) -> Key | None:
    """What tells one kept page from another; None for a request that none answers.

    Scheme, host, path, and the parameters that some kept page depends on, in any order:
    an address with any other parameter, or one twice, is left to the site.
    """
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING", "")
    if len(path) > _MAX_PATH or len(query) > _MAX_QUERY or path in _NEVER_KEPT:
        return None
    parameters: list[str] = []
    if query:
        pairs = sorted(parse_qsl(query, keep_blank_values=True))
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names) or not KEPT_PARAMETERS.issuperset(names):
            return None
        parameters = [part for pair in pairs for part in pair]
    return (
        environ["wsgi.url_scheme"],
        environ.get(_scheme_header(), ""),
        environ.get("HTTP_HOST", ""),
        path,
        *parameters,
    )


@cache
def _scheme_header() -> str:
    """Where a proxy says by which scheme it was asked."""
    header = settings.SECURE_PROXY_SSL_HEADER
    return header[0] if header else ""


_STATUS = {200: "200 OK", 304: "304 Not Modified"}
# Of an answer that is compressed and not kept.
_UNDATED = Edition(number=-1, changed_at=0, until=0.0)


class _Answer:
    """What an application says of its answer before it gives it."""

    status: str
    headers: Headers
    rest: tuple[Any, ...] = ()

    def start(self, status: str, headers: Headers, *rest: Any) -> Callable[..., None]:
        self.status, self.headers, self.rest = status, headers, rest
        return _refuse_to_write

    @property
    def is_public(self) -> bool:
        """Whether it is whole, has a validator, and is the same for everybody."""
        if not self.status.startswith("200 "):
            return False
        known = {name.lower(): value for name, value in self.headers}
        control = known.get("cache-control", "")
        vary = known.get("vary", "").replace(" ", "").lower()
        return (
            "public" in control
            and "private" not in control
            and "no-store" not in control
            and "set-cookie" not in known
            and "etag" in known
            and set(vary.split(",")) <= {"", "accept-encoding"}
        )


def _refuse_to_write(_body: bytes) -> None:
    raise NotImplementedError("The site’s answers are iterables.")
