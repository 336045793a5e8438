"""The newsletter as Atom and as JSON Feed: full text, stable ids, the quiz as four links."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from issues.last_lie import amends_of, with_amends
from issues.models import Issue
from issues.reading import fill_papers
from quiz.services import Card, deal_hands
from superfast.common.blocks import Block, from_json
from superfast.common.http import kept_page
from superfast.common.markdown import with_origin

LENGTH = 20
DESCRIPTION = "A weekly newsletter on artificial intelligence."


class _FullTextFeed(Atom1Feed):
    """Django's Atom feed, with the whole text of each entry."""

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


@kept_page()
def atom(request: HttpRequest) -> HttpResponse:
    feed = _FullTextFeed(
        title=settings.SITE_NAME,
        link=f"{settings.SITE_URL}/",
        description="",
        subtitle=DESCRIPTION,
        feed_url=settings.SITE_URL + reverse("issues:feed-atom"),
        author_name=settings.SITE_NAME,
        language="en",
    )
    for entry in _entries():
        feed.add_item(
            title=entry.issue.title,
            link=entry.url,
            unique_id=entry.uid,
            # The feed declares it as HTML, and a dek is text: `<` is no tag there.
            description=escape(entry.issue.dek),
            content=entry.html,
            pubdate=entry.issue.first_published_at,
            updateddate=entry.changed_at,
        )
    text = feed.writeString("utf-8")
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


@kept_page()
def json_feed(request: HttpRequest) -> HttpResponse:
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.SITE_NAME,
        "description": DESCRIPTION,
        "language": "en",
        "home_page_url": f"{settings.SITE_URL}/",
        "feed_url": settings.SITE_URL + reverse("issues:feed-json"),
        "authors": [{"name": settings.SITE_NAME}],
        "items": [
            {
                "id": entry.uid,
                "url": entry.url,
                "title": entry.issue.title,
                "summary": entry.issue.dek,
                "content_html": entry.html,
                "date_published": entry.issue.first_published_at.isoformat(),
                "date_modified": entry.changed_at.isoformat(),
            }
            for entry in _entries()
        ],
    }
    text = json.dumps(data, ensure_ascii=False)
    return HttpResponse(text, content_type="application/feed+json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One issue as a feed reader gets it, every address absolute."""

    issue: Issue
    url: str
    uid: str
    html: str
    changed_at: datetime


def _entries() -> list[_Entry]:
    """The latest issues in full. Cost: three queries, however many they are."""
    at = timezone.now()
    issues = list(
        with_amends(Issue.objects.published(at), at)
        .newest_first()
        .with_errata()
        .select_related("quiz")
        .defer("body", "quiz__lie")[:LENGTH]
    )
    texts = {issue.pk: from_json(issue.blocks) for issue in issues}
    fill_papers([block for blocks in texts.values() for block in blocks], at)
    hands = deal_hands([issue.quiz for issue in issues if issue.quiz])
    return [
        _entry(issue, texts[issue.pk], hands.get(issue.quiz_id or 0, []))
        for issue in issues
    ]


def _entry(issue: Issue, blocks: Sequence[Block], cards: Sequence[Card]) -> _Entry:
    amends = amends_of(issue)
    context = {
        "issue": issue,
        "blocks": blocks,
        "quiz": issue.quiz,
        "headlines": cards,
        "amends": amends,
    }
    return _Entry(
        issue=issue,
        url=settings.SITE_URL + issue.get_absolute_url(),
        uid=issue.uid.urn,
        html=with_origin(
            render_to_string("issues/feed_entry.html", context), settings.SITE_URL
        ),
        changed_at=max(issue.changed_at, amends.changed_at or issue.changed_at),
    )
