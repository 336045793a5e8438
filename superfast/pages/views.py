"""The front page, the search page, and the pages that stand."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone

from issues.feeds import recent_sections
from issues.models import Issue
from papers.models import Catalogue, Paper, Topic
from quiz.models import Quiz
from quiz.services import deal_cards
from superfast.common.blocks import from_json
from superfast.common.drawing import draw_page
from superfast.common.http import for_other_sites, kept_page, public_page
from superfast.pages.models import Page
from superfast.pages.search import results_for

RECENT = 4
HIGHLIGHTS = 6


@kept_page()
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    latest, *recent = Issue.objects.published(at).for_list()[: RECENT + 1] or [None]
    quiz = Quiz.objects.published(at).for_players().newest_first().first()
    context = {
        "issue": latest,
        "recent_issues": recent,
        "quiz": quiz,
        "headlines": deal_cards(quiz) if quiz else [],
        "highlights": Paper.objects.published(at).highlights().for_list()[:HIGHLIGHTS],
        "catalogue": Catalogue.objects.open(at).first(),
    }
    return render(request, "pages/home.html", context)


@public_page
def search(request: HttpRequest) -> HttpResponse:
    context = results_for(request.GET)
    return render(request, "pages/search.html", context)


@kept_page()
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse(
        "\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"
    )


@kept_page()
def speculation_rules(request: HttpRequest) -> HttpResponse:
    """Public pages may be fetched ahead; nothing of a player's, of the desk, or of files."""
    others = ("/admin/*", "/quiz/*/*", "/media/*", "/static/*", "/search/*", "/*.*")
    where = {
        "and": [
            {"href_matches": "/*"},
            *({"not": {"href_matches": pattern}} for pattern in others),
            {"not": {"selector_matches": "[rel~=nofollow], [download]"}},
        ]
    }
    rules = {
        "prefetch": [{"where": where, "eagerness": "moderate"}],
        "prerender": [{"where": where, "eagerness": "conservative"}],
    }
    return HttpResponse(
        json.dumps(rules), content_type="application/speculationrules+json"
    )


@kept_page()
def offline(request: HttpRequest) -> HttpResponse:
    """The worker that keeps pages that were read; where none is wanted, one that clears up."""
    context = {"is_on": settings.KEEP_FOR_OFFLINE}
    text = render_to_string("pages/offline.js", context)
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@kept_page()
def manifest(request: HttpRequest) -> HttpResponse:
    """What the site is called and looks like where it is put on a screen of its own."""
    icons = [("img/icon-192.png", "192x192"), ("img/icon-512.png", "512x512")]
    data = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "start_url": "/",
        "display": "minimal-ui",
        "lang": "en",
        "background_color": "#fbfbf9",
        "theme_color": "#fbfbf9",
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png"}
            for name, sizes in icons
        ]
        + [{"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return HttpResponse(json.dumps(data), content_type="application/manifest+json")


@kept_page()
def picture(request: HttpRequest) -> HttpResponse:
    """What stands where a page without a picture of its own is linked to."""
    return for_other_sites(
        draw_page("A weekly letter", settings.SITE_NAME, "Four headlines, one lie.")
    )


@kept_page()
def page(request: HttpRequest, slug: str) -> HttpResponse:
    return _standing(request, slug, "pages/page.html")


@kept_page()
def follow(request: HttpRequest) -> HttpResponse:
    seen = Paper.objects.published().values("topics")
    parts = {
        "sections": recent_sections(),
        "topics": Topic.objects.filter(pk__in=seen),
    }
    return _standing(request, Page.Slug.FOLLOW, "pages/follow.html", **parts)


def _standing(
    request: HttpRequest, slug: str, template: str, **parts: Any
) -> HttpResponse:
    found = get_object_or_404(Page, slug=slug)
    context = {"page": found, "blocks": from_json(found.blocks), **parts}
    return render(request, template, context)
