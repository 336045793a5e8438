"""Atom and JSON Feed from the same entries: full text, stable ids, dates of corrections."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing as a feed reader gets it; every address in it is absolute.

    Attributes:
        uid: an IRI that stays, whatever becomes of the address.
        summary: plain text.
        html: the whole text.
    """

    uid: str
    url: str
    title: str
    summary: str
    html: str
    published_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed's head: what it is called, the page that it goes with, its two addresses."""

    title: str
    description: str
    page: str
    atom: str
    json: str


class _FullTextFeed(Atom1Feed):
    """Django's Atom feed, with the whole text of each entry and where to be told of new ones."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if settings.WEBSUB_HUB_URL:
            hub = {"rel": "hub", "href": settings.WEBSUB_HUB_URL}
            handler.addQuickElement("link", "", hub)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        """A feed without entries is of no date, not of now: its bytes stay the same."""
        return (
            super().latest_post_date()
            if self.items
            else datetime(2023, 1, 1, tzinfo=UTC)
        )


def atom_response(feed: Feed, entries: Sequence[Entry]) -> HttpResponse:
    """The feed as Atom."""
    made = _FullTextFeed(
        title=feed.title,
        link=settings.SITE_URL + feed.page,
        description="",
        subtitle=feed.description,
        feed_url=settings.SITE_URL + feed.atom,
        author_name=settings.SITE_NAME,
        language="en",
    )
    for entry in entries:
        made.add_item(
            title=entry.title,
            link=entry.url,
            unique_id=entry.uid,
            # The feed declares it as HTML, and a summary is text: `<` is no tag there.
            description=escape(entry.summary),
            content=entry.html,
            pubdate=entry.published_at,
            updateddate=entry.changed_at,
        )
    text = made.writeString("utf-8")
    return _response(text, "application/atom+xml; charset=utf-8", feed.atom)


def json_response(feed: Feed, entries: Sequence[Entry]) -> HttpResponse:
    """The feed as JSON Feed 1.1."""
    data: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "language": "en",
        "home_page_url": settings.SITE_URL + feed.page,
        "feed_url": settings.SITE_URL + feed.json,
        "authors": [{"name": settings.SITE_NAME}],
    }
    if settings.WEBSUB_HUB_URL:
        data["hubs"] = [{"type": "WebSub", "url": settings.WEBSUB_HUB_URL}]
    data["items"] = [
        {
            "id": entry.uid,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content_html": entry.html,
            "date_published": entry.published_at.isoformat(),
            "date_modified": entry.changed_at.isoformat(),
        }
        for entry in entries
    ]
    text = json.dumps(data, ensure_ascii=False)
    return _response(text, "application/feed+json; charset=utf-8", feed.json)


def _response(text: str, content_type: str, path: str) -> HttpResponse:
    """With hub and own address in its header: WebSub looks there first, and JSON has no other."""
    response = HttpResponse(text, content_type=content_type)
    if settings.WEBSUB_HUB_URL:
        links = {"hub": settings.WEBSUB_HUB_URL, "self": settings.SITE_URL + path}
        response.headers["Link"] = ", ".join(
            f'<{address}>; rel="{name}"' for name, address in links.items()
        )
    return response
