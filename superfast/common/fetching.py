"""Pages of other sites, fetched so that nobody reaches our own network through us.

An address is resolved once, every answer is checked, and the connection goes to the
address that was checked: an answer that changes in between changes nothing. Each
redirect is looked at like the first address. No cookies, no proxies, no passwords.

    page = fetch("https://example.org/story")
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from superfast.common.addresses import clean_host, is_public

TOTAL_SECONDS = 5.0
MAX_BYTES = 1_000_000
MAX_REDIRECTS = 5
LONGEST_URL = 2000
PORTS = frozenset({80, 443, 8080, 8443})
_ADDRESSES_TRIED = 3
_CHUNK = 16_384
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEPT = "%/:=&?~#+!$,;'@()*[]|"

HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


class FetchError(Exception):
    """Nothing was fetched; the message is a sentence that says why."""


class RefusedAddressError(FetchError):
    """We do not ask this address: it is not one of the public web."""


class NoSuchHostError(FetchError):
    """Nothing on the internet has this name."""


class UnreachedError(FetchError):
    """No answer, or none in time: nothing is known of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What an address answered.

    Attributes:
        url: the address asked for.
        final_url: the address that answered, after redirects.
        status: of the final answer, 304 included.
        moved_for_good: whether there were redirects and all of them permanent.
        headers: of the final answer, names in small letters.
        body: unpacked, at most the bytes asked for.
        is_cut: whether there was more.
    """

    url: str
    final_url: str
    status: int
    moved_for_good: bool
    headers: dict[str, str]
    body: bytes
    is_cut: bool

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


# Host and port → IP addresses. Raises: OSError as `socket.getaddrinfo` does.
Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """What the machine's own resolver says, IPv4 first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    return sorted(dict.fromkeys(addresses), key=lambda address: ":" in address)


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Fetches pages within limits.

    Attributes:
        resolve: who is asked for addresses of names.
        allowed: `host:port` that may be asked although it is not public; for tests alone.
        seconds: within which a page is there, redirects and all.
    """

    resolve: Resolve = resolve
    allowed: frozenset[str] = frozenset()
    seconds: float = TOTAL_SECONDS

    def fetch(
        self, url: str, *, headers: dict[str, str], max_bytes: int = MAX_BYTES
    ) -> Page:
        """The page at an address or where its redirects lead. See `fetch` below."""
        end = time.monotonic() + self.seconds
        here = url
        permanent: list[bool] = []
        for _ in range(MAX_REDIRECTS + 1):
            target = self._check(here)
            status, answered, body, is_cut = self._ask(target, end, headers, max_bytes)
            location = answered.get("location", "")
            if status not in _REDIRECTS or not location:
                return Page(
                    url=url, final_url=here, status=status, headers=answered,
                    moved_for_good=bool(permanent) and all(permanent),
                    body=body, is_cut=is_cut,
                )  # fmt: skip
            permanent.append(status in _PERMANENT)
            try:
                here = urljoin(here, location)
            except ValueError as error:
                raise UnreachedError("The page redirects to no address.") from error
        raise UnreachedError(f"The page redirects more than {MAX_REDIRECTS} times.")

    def _check(self, url: str) -> "Target":
        """Raises: RefusedAddressError with the reason."""
        target = Target.of(url)
        if target.name not in self.allowed and target.port not in PORTS:
            raise RefusedAddressError(f"Port {target.port} is not asked.")
        return target

    def _ask(
        self, target: "Target", end: float, headers: dict[str, str], max_bytes: int
    ) -> tuple[int, dict[str, str], bytes, bool]:
        addresses = self._addresses(target, end)
        for number, address in enumerate(addresses, start=1):
            connection = target.connection(address, _left(end))
            try:
                connection.connect()
            except (OSError, HTTPError, HTTPException) as error:
                connection.close()
                if number == len(addresses) or _left(end) <= 0:
                    raise UnreachedError(_reason(error, target, end)) from error
                continue
            break
        watch = Timer(max(0.0, _left(end)), _cut_off, [connection])
        watch.daemon = True
        watch.start()
        try:
            return _talk(connection, target, headers, max_bytes, end)
        except (OSError, HTTPError, HTTPException, ValueError, AttributeError) as error:
            # Cut off in the middle, urllib3 may find no socket where it had one.
            raise UnreachedError(_reason(error, target, end)) from error
        finally:
            watch.cancel()
            connection.close()

    def _addresses(self, target: "Target", end: float) -> list[str]:
        """Addresses to try, every one of them public."""
        if is_address(target.host):
            found = [target.host]
        else:
            found = self._resolve_in_time(target, end)
        if target.name not in self.allowed:
            for address in found:
                if not is_public(address):
                    raise RefusedAddressError(
                        f"{target.host} is not on the public internet."
                    )
        return found[:_ADDRESSES_TRIED]

    def _resolve_in_time(self, target: "Target", end: float) -> list[str]:
        # The resolver knows no time limit: it is left behind when it takes too long.
        answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.resolve(target.host, target.port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=max(0.0, _left(end)))
        except Empty:
            raise UnreachedError(f"{target.host} was not found in time.") from None
        if isinstance(answer, socket.gaierror) and answer.errno in _NO_SUCH_HOST:
            raise NoSuchHostError(f"There is no host {target.host}.")
        if isinstance(answer, Exception) or not answer:
            raise UnreachedError(f"{target.host} could not be looked up.")
        return answer


_NO_SUCH_HOST = {
    socket.EAI_NONAME,
    getattr(socket, "EAI_NODATA", socket.EAI_NONAME),
}


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, fit to be asked for."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> "Target":
        """Raises: RefusedAddressError with the reason."""
        if len(url) > LONGEST_URL:
            raise RefusedAddressError("The address is too long.")
        if any(char <= " " or char in "\\\x7f" for char in url):
            raise RefusedAddressError("The address holds a character that none has.")
        try:
            parts = urlsplit(url)
            scheme, port = parts.scheme.lower(), parts.port
            if scheme not in _DEFAULT_PORTS:
                raise RefusedAddressError(
                    "Only http and https addresses can be fetched."
                )
            if "@" in parts.netloc:
                raise RefusedAddressError("The address holds a user’s name.")
            host = clean_host(parts.hostname or "")
        except ValueError as error:
            raise RefusedAddressError("The address has no proper host.") from error
        return cls(scheme, host, port or _DEFAULT_PORTS[scheme], _path_of(parts))

    @property
    def name(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """As browsers send it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"
        )

    def connection(self, address: str, seconds: float) -> HTTPConnection:
        """To this very IP address, with the certificate that the host's name asks for."""
        timeout = max(0.001, seconds)
        if self.scheme == "http":
            return HTTPConnection(address, self.port, timeout=timeout)
        context = create_urllib3_context()
        context.load_default_certs()
        return HTTPSConnection(
            address, self.port, timeout=timeout, ssl_context=context,
            server_hostname=self.host, assert_hostname=self.host,
        )  # fmt: skip


def fetch(
    url: str,
    *,
    accept: str = HTML,
    etag: str = "",
    last_modified: str = "",
    max_bytes: int = MAX_BYTES,
) -> Page:
    """The page at an address of the public web, whatever its status.

    Args:
        url: an http or https address.
        accept: the media types wanted.
        etag: as the page sent it before; one that has not changed answers 304.
        last_modified: likewise.
        max_bytes: after which the body is cut.

    Raises: RefusedAddressError, NoSuchHostError, UnreachedError (each a FetchError).
    Cost: at most 5 seconds and six requests.
    """
    if not settings.FETCH_PAGES:
        raise UnreachedError("This site asks no other (FETCH_PAGES is off).")
    headers = {
        "User-Agent": f"SuperfastAI/1.0 (+{settings.SITE_URL})",
        "Accept": accept,
        "Accept-Encoding": "gzip",
        "Accept-Language": "en, *;q=0.5",
        "If-None-Match": etag,
        "If-Modified-Since": last_modified,
    }
    kept = {name: value for name, value in headers.items() if value}
    return FETCHER.fetch(url, headers=kept, max_bytes=max_bytes)


# Tests put one with a resolver and an allowance of their own in its place.
FETCHER = Fetcher()


def is_address(host: str) -> bool:
    """Whether a cleaned host is an IP address."""
    return ":" in host or host.replace(".", "").isdigit()


def _path_of(parts: SplitResult) -> str:
    path = quote(parts.path, safe=_KEPT) or "/"
    query = quote(parts.query, safe=_KEPT)
    return f"{path}?{query}" if query else path


def _left(end: float) -> float:
    return end - time.monotonic()


def _reason(error: Exception, target: Target, end: float) -> str:
    if _left(end) <= 0 or isinstance(error, TimeoutError):
        return f"{target.host} did not answer in time."
    return f"{target.host} could not be reached ({type(error).__name__})."


def _talk(
    connection: HTTPConnection,
    target: Target,
    headers: dict[str, str],
    max_bytes: int,
    end: float,
) -> tuple[int, dict[str, str], bytes, bool]:
    connection.request(
        "GET",
        target.path,
        headers={"Host": target.host_header, **headers},
        preload_content=False,
        decode_content=True,
    )
    response: HTTPResponse = connection.getresponse()
    answered = {name.lower(): value for name, value in response.headers.items()}
    body = bytearray()
    if response.status not in _REDIRECTS:
        for chunk in response.stream(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > max_bytes:
                break
            if _left(end) <= 0:
                raise TimeoutError
    if _left(end) <= 0:
        raise TimeoutError
    return response.status, answered, bytes(body[:max_bytes]), len(body) > max_bytes


def _cut_off(connection: Any) -> None:
    """Whoever still reads gets an end: a byte now and then is no way to hold us."""
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
