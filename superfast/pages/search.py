"""The search page: what a query string asks for, and what is shown of the answer."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from superfast.search.documents import Kind
from superfast.search.find import MAX_TOTAL, Results, find

PER_PAGE = 20
MAX_LENGTH = 200


def results_for(params: Mapping[str, str]) -> dict[str, Any]:
    """The context of the search page. An unknown kind is ignored.

    Raises: Http404 for a page that is no number or lies beyond what can be had.
    Cost: two queries; none without a word to look for.
    """
    text = params.get("q", "").strip()
    kind = params.get("kind", "")
    chosen = Kind(kind) if kind in Kind.values else None
    number = _page_number(params.get("page", "1"))
    context: dict[str, Any] = {"q": text[:MAX_LENGTH], "kind": chosen}
    if len(text) > MAX_LENGTH:
        return context | {"error": f"Search for at most {MAX_LENGTH} characters."}
    results = find(text, kind=chosen, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    if results.is_empty_query:
        return context | {
            "error": "Type at least one word to search for." if text else ""
        }
    return context | {
        "results": results.hits,
        "total_label": _total_label(results),
        "kinds": [_kind_option(text, option, chosen) for option in (None, *_SHOWN)],
        "previous_url": _address(text, chosen, number - 1) if number > 1 else "",
        "next_url": _address(text, chosen, number + 1)
        if number * PER_PAGE < results.total
        else "",
    }


_SHOWN = (Kind.SECTION, Kind.PAPER, Kind.LINK, Kind.QUIZ)


def _page_number(text: str) -> int:
    if (
        not text.isdecimal()
        or not 1 <= (number := int(text[:6])) <= MAX_TOTAL // PER_PAGE
    ):
        raise Http404
    return number


def _total_label(results: Results) -> str:
    return f"{results.total_label} {'result' if results.total == 1 else 'results'}"


def _kind_option(text: str, option: Kind | None, chosen: Kind | None) -> dict[str, Any]:
    return {
        "label": option.label if option else "Everything",
        "url": _address(text, option),
        "active": option == chosen,
    }


def _address(text: str, kind: Kind | None, number: int = 1) -> str:
    params = {"q": text}
    if kind:
        params["kind"] = kind.value
    if number > 1:
        params["page"] = str(number)
    return f"{reverse('search')}?{urlencode(params)}"
