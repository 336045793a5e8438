"""Clients over plain sockets in one thread, so that they take little from the server.

Each keeps its connection and sends the next request once it has the answer.
"""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from bench.scratch import HOST

TIMEOUT_SECONDS = 20
FIRST_NETWORK = int(IPv4Address("10.0.0.1"))


@dataclass(slots=True)
class Run:
    """What came back within the time."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def note(self, status: int, *, began: float, took: float, now: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.took.append(took)
        self.seconds = now - began

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        if not self.took:
            return 0.0
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def post(path: str, body: bytes, *, number: int = 0) -> bytes:
    """A form as a browser sends it from the same site, through a proxy of ours.

    Each number is another network: a site that saw them come from one
    would leave all but thirty out of its figures.
    """
    network = str(IPv4Address(FIRST_NETWORK + number))
    return b"\r\n".join(
        (
            b"POST %b HTTP/1.1" % path.encode(),
            b"Host: %b" % HOST.encode(),
            b"Sec-Fetch-Site: same-origin",
            b"User-Agent: superfast-bench",
            b"X-Forwarded-For: %b" % network.encode(),
            b"Content-Type: application/x-www-form-urlencoded",
            b"Content-Length: %d" % len(body),
            b"",
            body,
        )
    )


def get(path: str, cookie: str = "") -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "User-Agent: superfast-bench"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return "\r\n".join((*lines, "", "")).encode()


class _Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.buffer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int:
        """The status once the whole answer is there, else 0."""
        chunk = self.socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("The server hung up.")
        self.buffer += chunk
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return 0
        length = _length(head)
        return 0 if len(body) < length else int(head[9:12])


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("An answer without its length.")


def drive(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Run:
    """Sends requests until the time or the requests are over.

    The last answers are waited for, and the waiting counts.
    """
    run = Run()
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            client = _Client(port)
            selector.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        for key in list(selector.get_map().values()):
            _send_next(key, requests, selector)
        while selector.get_map():
            ready = selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise TimeoutError("The server does not answer.")
            for key, _ in ready:
                if not (status := key.data.read()):
                    continue
                now = time.perf_counter()
                run.note(status, began=began, took=now - key.data.sent_at, now=now)
                more = requests if now - began <= seconds else iter(())
                _send_next(key, more, selector)
    return run


def _send_next(
    key: selectors.SelectorKey,
    requests: Iterator[bytes],
    selector: selectors.BaseSelector,
) -> None:
    """Sends the next request, or hangs up where there is none."""
    if request := next(requests, None):
        key.data.send(request)
    else:
        selector.unregister(key.data.socket)
        key.data.socket.close()
