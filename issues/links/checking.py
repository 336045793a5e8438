"""Whether links still lead somewhere: asked politely, one host at a time.

The archive is checked in bites, oldest answers first: a run that was ended is taken up
by the next one, which finds what is still due.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from issues.models import Issue, Link, LinkState
from superfast.common.fetching import (
    LONGEST_URL,
    FetchError,
    NoSuchHostError,
    Page,
    fetch,
)
from superfast.common.links import find_links
from superfast.common.markdown import render_blocks
from superfast.common.page_facts import read_facts

AGE = timedelta(days=7)
PAUSE_SECONDS = 3.0
_GONE = {404, 410}
_NOT_US = {401, 403, 429, 999}
_ANSWER = [
    "title", "site_name", "dated_on", "state", "status_code", "final_url", "problem",
    "checked_at", "etag", "last_modified",
]  # fmt: skip


@dataclass
class Report:
    """What a run found: how many of each state, and how many are still due."""

    states: Counter[str] = field(default_factory=Counter)
    left: int = 0

    @property
    def checked(self) -> int:
        """How many links were asked for."""
        return self.states.total()


def ask(link: Link, *, again: bool = False) -> Page | None:
    """The link has the state that its address shows now; it is not stored.

    Args:
        link: with what it answered last time.
        again: whether it is only asked if it changed, which spares its host the page.

    Returns: the page, unless nothing was had. Cost: at most five seconds.
    """
    known = again and link.state in {LinkState.OK, LinkState.MOVED}
    link.checked_at = timezone.now()
    try:
        page = fetch(
            link.url,
            etag=link.etag if known else "",
            last_modified=link.last_modified if known else "",
        )
    except FetchError as error:
        _note_failure(link, error)
        return None
    _note(link, page)
    return page


def store_answer(link: Link) -> None:
    """What `ask` found is kept."""
    link.save(update_fields=_ANSWER)


def _note_failure(link: Link, error: FetchError) -> None:
    link.status_code, link.final_url = None, ""
    link.problem = str(error)[:300]
    is_gone = isinstance(error, NoSuchHostError)
    link.state = LinkState.BROKEN if is_gone else LinkState.UNREACHED


def _note(link: Link, page: Page) -> None:
    link.status_code = page.status
    link.problem = ""
    moved = page.moved_for_good and len(page.final_url) <= LONGEST_URL
    link.final_url = page.final_url[:LONGEST_URL] if page.final_url != link.url else ""
    if page.status == 304 or 200 <= page.status < 300:
        link.state = LinkState.MOVED if moved else LinkState.OK
    elif page.status in _GONE:
        link.state = LinkState.BROKEN
    elif page.status in _NOT_US:
        link.state = LinkState.REFUSED
    else:
        link.state = LinkState.UNREACHED
        link.problem = f"It answered {page.status}."
    if 200 <= page.status < 300:
        facts = read_facts(page)
        link.title = facts.title or link.title
        link.site_name = facts.site_name[:200] or link.site_name
        link.dated_on = facts.dated_on or link.dated_on
        link.etag = _header(page, "etag", 255)
        link.last_modified = _header(page, "last-modified", 100)


def _header(page: Page, name: str, longest: int) -> str:
    """Half a validator is none."""
    value = page.headers.get(name, "")
    return value if len(value) <= longest and value.isprintable() else ""


def due(at: datetime, *, everything: bool = False) -> QuerySet[Link]:
    """Links of issues that nobody has asked for in a week, those never asked for first."""
    old = Q(checked_at=None) | Q(checked_at__lte=at - AGE)
    links = Link.objects.filter(uses__isnull=False).distinct()
    if not everything:
        links = links.filter(old)
    return links.order_by(F("checked_at").asc(nulls_first=True), "pk")


def check_due(
    *,
    at: datetime | None = None,
    seconds: float | None = None,
    everything: bool = False,
    pause: Callable[[float], None] = time.sleep,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Links that are due have been asked for, as many as fit into the time.

    No host is asked again before three seconds have passed; links of other hosts come
    in between. Where no host at all could be found, we are offline: such links are
    not reached, and none is called broken for it.

    Cost: four queries, and one for each link.
    """
    began_at = at or timezone.now()
    links = list(due(began_at, everything=everything))
    end = None if seconds is None else time.monotonic() + seconds
    return _ask_all(links, end=end, pause=pause, progress=progress)


def check_draft(pk: int) -> None:
    """Links of an issue's newest text that nobody has asked for yet have their state.

    For a worker: who typed an address is told by the checklist that it is broken, long
    before readers could meet it. Cost: up to five seconds for each new address.
    """
    issue = Issue.objects.select_related("working_revision").filter(pk=pk).first()
    if issue is None:
        return
    work = issue.working_revision
    blocks = render_blocks(work.body if work else issue.body)
    links = Link.objects.named({url for url, _, _ in find_links(blocks)})
    new = [link for link in links.values() if link.checked_at is None]
    _ask_all(new, pause=time.sleep)


def _ask_all(
    links: list[Link],
    *,
    pause: Callable[[float], None],
    end: float | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Each link has been asked for and its answer is stored, until the time is over."""
    report = Report(left=len(links))
    asked_at: dict[str, float] = {}
    unsure: list[Link] = []
    seen_any = False
    for link in in_turns(links):
        if end is not None and time.monotonic() >= end:
            break
        wait = (
            asked_at.get(link.site, -PAUSE_SECONDS) + PAUSE_SECONDS - time.monotonic()
        )
        if link.site in asked_at and wait > 0:
            pause(wait)
        page = ask(link, again=True)
        asked_at[link.site] = time.monotonic()
        seen_any = seen_any or page is not None
        if link.state == LinkState.BROKEN and page is None and not seen_any:
            unsure.append(link)
        else:
            store_answer(link)
            report.states[link.state] += 1
        report.left -= 1
        progress(len(links) - report.left, len(links))
    for link in unsure:
        if not seen_any:
            link.state = LinkState.UNREACHED
        store_answer(link)
        report.states[link.state] += 1
    return report


def in_turns(links: list[Link]) -> Iterator[Link]:
    """The links, those of one host as far from each other as may be."""
    by_host: dict[str, list[Link]] = {}
    for link in links:
        by_host.setdefault(link.site, []).append(link)
    queues = deque(map(deque, by_host.values()))
    while queues:
        queue = queues.popleft()
        yield queue.popleft()
        if queue:
            queues.append(queue)
