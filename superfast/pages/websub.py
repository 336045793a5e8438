"""Telling the hub which feeds have changed, so that it hands them on at once (WebSub).

Nothing of ours announces a change: what stands in the feeds is compared with what stood
in them when the hub was last told. What is due by its time is seen the same way.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import urllib3
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from issues.feeds import every_feed as feeds_of_issues
from papers.feeds import every_feed as feeds_of_papers
from superfast.common.feeds import Entry, Feed
from superfast.common.text import digest_of
from superfast.pagecache.editions import read_edition
from superfast.pages.models import AnnouncedFeed

SECONDS = 10.0
MOST = 50  # addresses told of in one go; the rest have their turn the next time
_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
_TOLD = "websub.told"
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How it went: addresses that the hub was told of, that it refused, that wait."""

    told: int = 0
    refused: int = 0
    waiting: int = 0


def ping_hub(at: datetime | None = None) -> Report:
    """The hub knows of every feed that is not as it was when it was told last.

    An address that it refuses is tried again after 5 minutes, and each time after twice
    as long, a day at most. One that does not answer, or is busy, is left in peace till
    the next time.

    Cost: one query where nothing that is public has changed since the hub knew all; else
    those of the feeds, and at most 50 requests of at most 10 seconds.
    """
    at = at or timezone.now()
    hub = settings.WEBSUB_HUB_URL
    edition = read_edition(at.timestamp())
    now = [hub, edition.number, edition.changed_at]
    if not hub or cache.get(_TOLD) == now:
        return Report()
    known = {row.path: row for row in AnnouncedFeed.objects.filter(hub=hub)}
    digests = dict(_digests(at))
    AnnouncedFeed.objects.exclude(hub=hub, path__in=digests).delete()
    changed = [
        known.get(path) or AnnouncedFeed(hub=hub, path=path)
        for path, digest in digests.items()
        if path not in known or known[path].digest != digest
    ]
    due = [row for row in changed if row.is_due(at, _PAUSE, _LONGEST_PAUSE)][:MOST]
    told = refused = 0
    for row in due:
        status = _ping(hub, settings.SITE_URL + row.path)
        if status is None or status in _BUSY:
            break
        row.tried_at = at
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            row.digest, row.refusals = digests[row.path], 0
            told += 1
        else:
            row.refusals += 1
            refused += 1
        row.save()
    if told == len(changed):
        cache.set(_TOLD, now, timeout=None)
    return Report(told=told, refused=refused, waiting=len(changed) - told - refused)


def _digests(at: datetime) -> Iterator[tuple[str, str]]:
    """The address of each feed, in both formats, and what stands in it, in short."""
    for feeds in (feeds_of_issues(at), feeds_of_papers(at)):
        for feed, entries in feeds:
            digest = _digest(feed, entries)
            yield feed.atom, digest
            yield feed.json, digest


def _digest(feed: Feed, entries: list[Entry]) -> str:
    told = repr([astuple(feed), *map(astuple, entries)])
    return digest_of(told)


def _ping(hub: str, address: str) -> int | None:
    """The status of the hub's answer; None where there is none within the time."""
    # An address by the name that hubs have always known, and by that of later ones.
    form = {"hub.mode": "publish", "hub.url": address, "hub.topic": address}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"SuperfastAI/1.0 (+{settings.SITE_URL})",
    }
    try:
        answer = urllib3.request(
            "POST",
            hub,
            body=urlencode(form),
            headers=headers,
            timeout=urllib3.Timeout(total=SECONDS),
            retries=False,
            redirect=False,
            preload_content=False,
        )
    except urllib3.exceptions.HTTPError:
        return None
    answer.close()
    return int(answer.status)
