"""A page as it is sent: in each encoding, with what tells it from another."""

import gzip
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from http import HTTPStatus

import brotli
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from superfast.pagecache import zstandard
from superfast.pagecache.editions import Edition

Headers = list[tuple[str, str]]

# How to compress, how hard for one answer, and how hard for a page that is kept: that is done
# once and sent often, and a tenth less of an issue is worth a hundredth of a second.
_COMPRESS: dict[str, tuple[Callable[[bytes, int], bytes], int, int]] = {
    "br": (lambda body, level: bytes(brotli.compress(body, quality=level)), 5, 10),
    "zstd": (lambda body, level: zstandard.compress(body, level=level), 9, 19),
    "gzip": (lambda body, level: gzip.compress(body, level, mtime=0), 6, 9),
}
# Not worth the header.
_TOO_SHORT = 500
_TEXT = re.compile(r"(?:text/|image/svg|application/[a-z.+]*(?:xml|json|javascript))")
_SUFFIX = re.compile(r'-(?:br|zstd|gzip)(?=")')

# What a 304 repeats of the answer that it stands for.
_OF_304 = {"cache-control", "content-location", "etag", "last-modified", "vary"}


class Page:
    """An answer to GET, kept to be sent again, or sent once.

    `headers` are those of the answer without Content-Length, Last-Modified and what
    follows from its encoding.
    """

    __slots__ = ("_bodies", "_headers", "edition", "etag", "is_kept", "is_text")

    def __init__(
        self, edition: Edition, headers: Headers, body: bytes, *, is_kept: bool = True
    ) -> None:
        self.edition = edition
        self.is_kept = is_kept
        known = {name.lower(): value for name, value in headers}
        self.etag = known["etag"]
        self.is_text = len(body) >= _TOO_SHORT and is_text(known)
        vary = [("Vary", _with_encoding(known.get("vary", "")))] if self.is_text else []
        left_out = {"etag", "content-length", *(("vary",) if vary else ())}
        self._headers = [
            *((name, value) for name, value in headers if name.lower() not in left_out),
            *vary,
        ]
        self._bodies: dict[str, tuple[bytes, Headers]] = {}
        self._add("", body)

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, nearly."""
        return 1000 + sum(len(body) + 1000 for body, _ in self._bodies.values())

    def takes_over(self, older: "Page") -> None:
        """What was compressed for the same content is not compressed again."""
        if older.etag == self.etag and older._headers == self._headers:
            self._bodies = older._bodies

    def answer(
        self, asked: dict[str, str], now: float
    ) -> tuple[HTTPStatus, Headers, bytes]:
        """Status, headers and body for a GET with these variables of WSGI."""
        encoding = ""
        if self.is_text and (accepted := asked.get("HTTP_ACCEPT_ENCODING")):
            encoding = best_encoding(accepted)
        body, headers = self._bodies.get(encoding) or self._encode(encoding)
        # HTTP knows whole seconds: within the one of a change a second may follow.
        is_dated = 0 < self.edition.changed_at < int(now)
        if is_dated:
            headers = [*headers, ("Last-Modified", _date(self.edition.changed_at))]
        if self._is_known(asked, is_dated=is_dated):
            headers = [pair for pair in headers if pair[0].lower() in _OF_304]
            return HTTPStatus.NOT_MODIFIED, headers, b""
        return HTTPStatus.OK, headers, body

    def _encode(self, encoding: str) -> tuple[bytes, Headers]:
        compress, quick, thorough = _COMPRESS[encoding]
        level = thorough if self.is_kept else quick
        return self._add(encoding, compress(self._bodies[""][0], level))

    def _add(self, encoding: str, body: bytes) -> tuple[bytes, Headers]:
        headers = [
            *self._headers,
            ("ETag", with_suffix(self.etag, encoding)),
            ("Content-Length", str(len(body))),
        ]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        self._bodies[encoding] = body, headers
        return body, headers

    def _is_known(self, asked: dict[str, str], *, is_dated: bool) -> bool:
        if (etags := asked.get("HTTP_IF_NONE_MATCH")) is not None:
            known = [etag.removeprefix("W/") for etag in parse_etags(bare_etags(etags))]
            return self.etag in known or known == ["*"]
        since = asked.get("HTTP_IF_MODIFIED_SINCE")
        if since is None or not is_dated:
            return False
        seconds = parse_http_date_safe(since)
        return seconds is not None and self.edition.changed_at <= seconds


def is_text(headers: dict[str, str]) -> bool:
    """Whether an answer with these headers gets smaller by compression."""
    return "content-encoding" not in headers and bool(
        _TEXT.match(headers.get("content-type", ""))
    )


def with_suffix(etag: str, encoding: str) -> str:
    """Other bytes, another strong validator: `"abc"` is `"abc-br"` in brotli."""
    return f'{etag[:-1]}-{encoding}"' if encoding else etag


def bare_etags(etags: str) -> str:
    """The validators of a request as the site's views made them."""
    return _SUFFIX.sub("", etags)


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """The encoding to send to who accepts these; empty for none.

    Of several that are wanted equally, the one that makes our pages smallest.
    """
    wanted: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        wanted[name.strip()] = _quality(parameter)
    every = wanted.get("*", 0.0)
    chosen, best = "", 0.0
    for name in _COMPRESS:
        quality = wanted.get(name, every)
        if quality > best:
            chosen, best = name, quality
    return chosen if best >= wanted.get("identity", 0.0) else ""


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _with_encoding(vary: str) -> str:
    names: Sequence[str] = [name.strip() for name in vary.split(",") if name.strip()]
    if any(name.lower() == "accept-encoding" for name in names):
        return vary
    return ", ".join([*names, "Accept-Encoding"])


@lru_cache(maxsize=8)
def _date(seconds: int) -> str:
    return http_date(seconds)
