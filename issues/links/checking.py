"""Whether links still lead somewhere: asked politely, one host at a time.

The archive is checked in bites, oldest answers first: a run that was ended is taken up
by the next one, which finds what is still due.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from issues.models import Issue, Link
from superfast.common import checking
from superfast.common.checking import Report
from superfast.common.fetching import Page
from superfast.common.links import find_links
from superfast.common.markdown import render_blocks
from superfast.common.page_facts import read_facts

AGE = timedelta(days=7)
_FACTS = ("title", "site_name", "dated_on")


def ask(link: Link, *, again: bool = False) -> Page | None:
    """The link has the state that its address shows now, and the facts of its page.

    It is not stored. With `again` it is only asked if it changed, which spares its host
    the page. Returns: the page, unless nothing was had. Cost: at most five seconds.
    """
    page = checking.ask(link, again=again)
    if page is not None and 200 <= page.status < 300:
        facts = read_facts(page)
        link.title = facts.title or link.title
        link.site_name = facts.site_name[:200] or link.site_name
        link.dated_on = facts.dated_on or link.dated_on
    return page


def store_answer(link: Link) -> None:
    """What `ask` found is kept."""
    link.save(update_fields=[*_FACTS, *checking.ANSWER])


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
    return checking.ask_all(
        links,
        ask=lambda link: ask(link, again=True),
        store=store_answer,
        pause=pause,
        end=end,
        progress=progress,
    )
