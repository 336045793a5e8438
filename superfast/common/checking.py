"""Whether addresses of other sites still lead somewhere: asked politely, host by host."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import models
from django.utils import timezone

from superfast.common.fetching import (
    LONGEST_URL,
    FetchError,
    NoSuchHostError,
    Page,
    fetch,
)
from superfast.common.text import digest_of

PAUSE_SECONDS = 3.0
# A host that somebody asks is theirs for so long: an answer takes at most five seconds.
_HELD_SECONDS = PAUSE_SECONDS + 5
# Between two looks at whether another worker is done with a host.
_LOOK_SECONDS = 0.5
_GONE = {404, 410}
_NOT_US = {401, 403, 429, 999}


class LinkState(models.TextChoices):
    """What an address answered when it was last asked; only `BROKEN` blocks publishing."""

    UNKNOWN = "unknown", "Not checked yet"
    OK = "ok", "OK"
    MOVED = "moved", "Moved"
    # 404, 410, no such host.
    BROKEN = "broken", "Broken"
    # 401, 403, 429, 999: it answers people, perhaps, but not us.
    REFUSED = "refused", "Refused"
    # Too slow, no connection, an error of theirs: nothing is known of the page.
    UNREACHED = "unreached", "Not reached"


class CheckedAddress(models.Model):
    """An address, here as `url`, and what it answered when it was last asked."""

    url: str
    site = models.CharField(max_length=255)
    state = models.CharField(
        max_length=20, choices=LinkState.choices, default=LinkState.UNKNOWN
    )
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    final_url = models.CharField(max_length=2000, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # For asking again without being sent the page again.
    etag = models.CharField(max_length=255, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True


ANSWER = (
    "state",
    "status_code",
    "final_url",
    "problem",
    "checked_at",
    "etag",
    "last_modified",
)
Address = TypeVar("Address", bound=CheckedAddress)


@dataclass
class Report:
    """What a run found: how many of each state, and how many are still due."""

    states: Counter[str] = field(default_factory=Counter)
    left: int = 0

    @property
    def checked(self) -> int:
        """How many addresses were asked."""
        return self.states.total()

    def __str__(self) -> str:
        """“3 ok, 1 broken”; empty where none was asked."""
        return ", ".join(
            f"{self.states[state]} {state.label.lower()}"
            for state in LinkState
            if self.states[state]
        )


def ask(address: CheckedAddress, *, again: bool = False) -> Page | None:
    """The row has the state that its address shows now; it is not stored.

    Args:
        address: with what it answered last time.
        again: whether it is only asked if it changed, which spares its host the page.

    Returns: the page, unless nothing was had. Cost: at most five seconds.
    """
    known = again and address.state in {LinkState.OK, LinkState.MOVED}
    address.checked_at = timezone.now()
    try:
        page = fetch(
            address.url,
            etag=address.etag if known else "",
            last_modified=address.last_modified if known else "",
        )
    except FetchError as error:
        _note_failure(address, error)
        return None
    _note(address, page)
    return page


def store_answer(address: CheckedAddress) -> None:
    """What `ask` found is kept."""
    address.save(update_fields=ANSWER)


def _note_failure(address: CheckedAddress, error: FetchError) -> None:
    address.status_code, address.final_url = None, ""
    address.problem = str(error)[:300]
    is_gone = isinstance(error, NoSuchHostError)
    address.state = LinkState.BROKEN if is_gone else LinkState.UNREACHED


def _note(address: CheckedAddress, page: Page) -> None:
    address.status_code = page.status
    address.problem = ""
    moved = page.moved_for_good and len(page.final_url) <= LONGEST_URL
    address.final_url = (
        page.final_url[:LONGEST_URL] if page.final_url != address.url else ""
    )
    if page.status == 304 or 200 <= page.status < 300:
        address.state = LinkState.MOVED if moved else LinkState.OK
    elif page.status in _GONE:
        address.state = LinkState.BROKEN
    elif page.status in _NOT_US:
        address.state = LinkState.REFUSED
    else:
        address.state = LinkState.UNREACHED
        address.problem = f"It answered {page.status}."
    if 200 <= page.status < 300:
        address.etag = _header(page, "etag", 255)
        address.last_modified = _header(page, "last-modified", 100)


def _header(page: Page, name: str, longest: int) -> str:
    """Half a validator is none."""
    value = page.headers.get(name, "")
    return value if len(value) <= longest and value.isprintable() else ""


def ask_all(
    addresses: Sequence[Address],
    *,
    ask: Callable[[Address], Page | None],
    store: Callable[[Address], None],
    pause: Callable[[float], None],
    end: float | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Each address has been asked and its answer is stored, until the time is over.

    No host is asked again before three seconds have passed, nor while another worker asks
    it; addresses of other hosts come in between. Where no host at all could be found, we are offline: such addresses
    are not reached, and none is called broken for it.

    Args:
        addresses: rows, each with its `site`.
        ask: what gives one its state, and returns the page that was had.
        store: what keeps the state of one.
        pause: what waits for so many seconds.
        end: after which no further one is asked, on the monotonic clock.
        progress: told after each how many are done, and of how many.
    """
    report = Report(left=len(addresses))
    mine = uuid4().hex
    asked_at: dict[str, float] = {}
    unsure: list[Address] = []
    seen_any = False
    for address in in_turns(addresses):
        if end is not None and time.monotonic() >= end:
            break
        last = asked_at.get(address.site, -PAUSE_SECONDS)
        wait = last + PAUSE_SECONDS - time.monotonic()
        if address.site in asked_at and wait > 0:
            pause(wait)
        if not _claim(address.site, mine, pause, end):
            break
        page = ask(address)
        asked_at[address.site] = time.monotonic()
        # A little longer than what is waited here: until then it is still ours.
        cache.set(_key(address.site), mine, PAUSE_SECONDS * 1.5)
        seen_any = seen_any or page is not None
        if address.state == LinkState.BROKEN and page is None and not seen_any:
            unsure.append(address)
        else:
            store(address)
            report.states[address.state] += 1
        report.left -= 1
        progress(len(addresses) - report.left, len(addresses))
    for address in unsure:
        if not seen_any:
            address.state = LinkState.UNREACHED
        store(address)
        report.states[address.state] += 1
    return report


def _key(site: str) -> str:
    return f"checking.{digest_of(site)}"


def _claim(
    site: str, mine: str, pause: Callable[[float], None], end: float | None
) -> bool:
    """Nobody else asks the host now, nor has within the pause; False where time is up."""
    while not cache.add(_key(site), mine, _HELD_SECONDS):
        if cache.get(_key(site)) == mine:
            cache.set(_key(site), mine, _HELD_SECONDS)
            return True
        if end is not None and time.monotonic() >= end:
            return False
        pause(_LOOK_SECONDS)
    return True


def in_turns(addresses: Sequence[Address]) -> Iterator[Address]:
    """The addresses, those of one host as far from each other as may be."""
    by_host: dict[str, list[Address]] = {}
    for address in addresses:
        by_host.setdefault(address.site, []).append(address)
    queues = deque(map(deque, by_host.values()))
    while queues:
        queue = queues.popleft()
        yield queue.popleft()
        if queue:
            queues.append(queue)
