"""The search page: what a query string asks for, and what is shown of the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from issues.models import Issue
from papers.models import Catalogue, Paper, Topic
from superfast.common.text import read_number
from superfast.search.documents import Kind
from superfast.search.find import MAX_TOTAL, Results, find

PER_PAGE = 20
MAX_LENGTH = 200

_SHOWN = (Kind.SECTION, Kind.PAPER, Kind.LINK, Kind.QUIZ)
_YEAR = re.compile(r"[12][0-9]{3}")
_SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The parameters of a search; whatever is broken in them is ignored."""

    text: str
    kind: Kind | None = None
    year: int | None = None
    topic: str = ""

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> Self:
        kind, year, topic = (params.get(name, "") for name in ("kind", "year", "topic"))
        return cls(
            text=params.get("q", "").strip(),
            kind=Kind(kind) if kind in Kind.values else None,
            year=int(year) if _YEAR.fullmatch(year) else None,
            topic=topic if _SLUG.fullmatch(topic) else "",
        )

    def url(self, number: int = 1) -> str:
        """The address of a page of it."""
        parts = {
            "q": self.text,
            "kind": self.kind.value if self.kind else "",
            "year": str(self.year or ""),
            "topic": self.topic,
            "page": str(number) if number > 1 else "",
        }
        known = {name: value for name, value in parts.items() if value}
        return f"{reverse('search')}?{urlencode(known)}"

    def unfiltered_url(self) -> str:
        """The address of the same words without a filter; empty where there is none."""
        bare = _Asked(text=self.text)
        return "" if self == bare else bare.url()


def results_for(params: Mapping[str, str]) -> dict[str, Any]:
    """The context of the search page. Unknown filters are ignored.

    Raises: Http404 for a page that is no number or lies beyond what can be had.
    Cost: two queries, and three for what can be filtered by; none without a word to
    look for. Where nothing matches, those of `find` for mistyped words.
    """
    asked = _Asked.parse(params)
    number = _page_number(params.get("page", "1"))
    context: dict[str, Any] = {"q": asked.text[:MAX_LENGTH], "kind": asked.kind}
    if len(asked.text) > MAX_LENGTH:
        return context | {"error": f"Search for at most {MAX_LENGTH} characters."}
    results = find(
        asked.text,
        kind=asked.kind,
        year=asked.year,
        topic=asked.topic,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    if results.is_empty_query:
        return context | {
            "error": "Type at least one word to search for." if asked.text else ""
        }
    return context | {
        "results": results.hits,
        "corrected": results.corrected,
        "total_label": _total_label(results),
        "kinds": [_kind_option(asked, option) for option in (None, *_SHOWN)],
        "filters": _filters(asked),
        "unfiltered_url": asked.unfiltered_url(),
        "previous_url": asked.url(number - 1) if number > 1 else "",
        "next_url": asked.url(number + 1) if number * PER_PAGE < results.total else "",
    }


def _filters(asked: _Asked) -> list[dict[str, Any]]:
    """Years and topics to choose from, those in force marked. Cost: three queries."""
    now = timezone.now()
    years = [(str(year), str(year)) for year in _years(now)]
    seen = Paper.objects.published(now).values("topics")
    topics = Topic.objects.filter(pk__in=seen).values_list("slug", "name")
    chosen = {"year": str(asked.year or ""), "topic": asked.topic}
    labels = {"year": ("Year", "Any year"), "topic": ("Topic", "Any topic")}
    return [
        {
            "name": name,
            "label": labels[name][0],
            "options": [
                {"value": value, "label": label, "chosen": value == chosen[name]}
                for value, label in (("", labels[name][1]), *options)
            ],
        }
        for name, options in (("year", years), ("topic", list(topics)))
        if options
    ]


def _years(now: datetime) -> list[int]:
    """Those of catalogues and issues, the latest first."""
    issues = Issue.objects.published(now).dates("publish_at", "year")
    years = set(Catalogue.objects.values_list("year", flat=True))
    return sorted(years.union(first.year for first in issues), reverse=True)


def _page_number(text: str) -> int:
    number = read_number(text)
    if number is None or not 1 <= number <= MAX_TOTAL // PER_PAGE:
        raise Http404
    return number


def _total_label(results: Results) -> str:
    return f"{results.total_label} {'result' if results.total == 1 else 'results'}"


def _kind_option(asked: _Asked, option: Kind | None) -> dict[str, Any]:
    return {
        "label": option.label if option else "All",
        "url": replace(asked, kind=option).url(),
        "active": option == asked.kind,
    }
