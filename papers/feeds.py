"""New papers as Atom and as JSON Feed: all, or those of a topic."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from papers.models import Paper, Topic
from superfast.common.feeds import Entry, Feed, atom_response, json_response
from superfast.common.http import kept_page
from superfast.common.markdown import with_origin

LENGTH = 30


@kept_page()
def atom(request: HttpRequest, topic: str = "") -> HttpResponse:
    return atom_response(*_feed(topic))


@kept_page()
def json_feed(request: HttpRequest, topic: str = "") -> HttpResponse:
    return json_response(*_feed(topic))


def every_feed(at: datetime) -> Iterator[tuple[Feed, list[Entry]]]:
    """The feed of all papers, and those of the topics that readers see.

    Cost: a query, and at most four for each feed.
    """
    yield _feed("", at)
    seen = Paper.objects.published(at).values("topics")
    for slug in Topic.objects.filter(pk__in=seen).values_list("slug", flat=True):
        yield _feed(slug, at)


def _feed(slug: str, at: datetime | None = None) -> tuple[Feed, list[Entry]]:
    """The papers that were published last. Cost: four queries at most.

    Raises: Http404 for a topic that there is not, or of which readers see no paper.
    """
    at = at or timezone.now()
    papers = Paper.objects.published(at).with_byline()
    name = "Papers"
    if slug:
        shown = Paper.objects.published(at).filter(topics__slug=slug)
        topic = get_object_or_404(Topic, slug=slug, pk__in=shown.values("topics"))
        papers, name = papers.filter(topics=topic), f"Papers: {topic.name}"
    latest = papers.order_by("-publish_at", "-pk").prefetch_related("topics")[:LENGTH]
    arguments = [slug] if slug else []
    kind = "topic" if slug else "feed"
    feed = Feed(
        title=f"{settings.SITE_NAME}: {name}",
        description="Papers as they enter the catalogue, with what to take away.",
        page=reverse("papers:catalogue-list"),
        atom=reverse(f"papers:{kind}-atom", args=arguments),
        json=reverse(f"papers:{kind}-json", args=arguments),
    )
    return feed, [_entry(paper) for paper in latest]


def _entry(paper: Paper) -> Entry:
    published_at = paper.publish_at or paper.updated_at  # a published one has a time
    html = render_to_string("papers/feed_entry.html", {"paper": paper})
    line = ", ".join(filter(None, (paper.byline, paper.venue)))
    return Entry(
        # The key stays, whatever becomes of the address.
        uid=f"{settings.SITE_URL}{reverse('papers:catalogue-list')}#paper-{paper.pk}",
        url=settings.SITE_URL + paper.get_absolute_url(),
        title=paper.title,
        summary=line,
        html=with_origin(html, settings.SITE_URL),
        published_at=published_at,
        changed_at=max(paper.updated_at, published_at),
    )
