"""Past issues and papers, found while somebody writes: what `[[` asks."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from issues.admin.access import require_writing
from issues.models import Issue
from papers.models import Paper
from superfast.common.http import private_page
from superfast.search.documents import Kind
from superfast.search.find import Hit, find

LIMIT = 8
_LONGEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Something to refer to: its link, and its slug where it is a paper."""

    title: str
    context: str
    markdown: str
    slug: str = ""


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The address that the editor's `[[` asks."""

    def view(request: HttpRequest) -> Any:
        require_writing(model_admin, request)
        return find_references(request)

    return [
        path("find/", model_admin.admin_site.admin_view(view), name="issues_issue_find")
    ]


@require_safe
@private_page
def find_references(request: HttpRequest) -> JsonResponse:
    text = request.GET.get("q", "")[:_LONGEST]
    only_papers = request.GET.get("kind") == "paper"
    results = list(references(text, only_papers=only_papers))
    return JsonResponse({"results": [asdict(each) for each in results]})


def references(text: str, *, only_papers: bool) -> Iterator[Found]:
    """What readers may see and the text names, best first; the newest where it names nothing.

    Cost: at most five queries.
    """
    papers = find(text, kind=Kind.PAPER, limit=LIMIT)
    if papers.is_empty_query:
        yield from _newest(only_papers)
        return
    known = Paper.objects.published().in_bulk([int(hit.key) for hit in papers.hits])
    if only_papers:
        yield from _papers(papers.hits, known)
        return
    for hit in find(text, kind=Kind.SECTION, limit=LIMIT).hits:
        context = f"{hit.kind_label}{f', {hit.context}' if hit.context else ''}"
        yield _found(hit.title, hit.url, f"{context}{_date(hit)}")
    yield from _papers(papers.hits, known)


def _papers(hits: tuple[Hit, ...], known: dict[int, Paper]) -> Iterator[Found]:
    for hit in hits:
        if paper := known.get(int(hit.key)):
            names = f", {hit.names[:80]}" if hit.names else ""
            yield _found(hit.title, hit.url, f"Paper{names}", slug=paper.slug)


def _newest(only_papers: bool) -> Iterator[Found]:
    if only_papers:
        rows = Paper.objects.published().select_related("catalogue")
        for paper in rows.order_by("-is_highlight", "-pk")[:LIMIT]:
            yield _found(
                paper.title, paper.get_absolute_url(), "Paper", slug=paper.slug
            )
        return
    for issue in Issue.objects.published().for_list()[:LIMIT]:
        yield _found(
            issue.title,
            issue.get_absolute_url(),
            f"Issue, {issue.publish_at:%-d %B %Y}",
        )


def _date(hit: Hit) -> str:
    return f", {hit.dated_on:%-d %B %Y}" if hit.dated_on else ""


def _found(title: str, url: str, context: str, slug: str = "") -> Found:
    return Found(
        title=title, context=context, markdown=f"[{_escape(title)}]({url})", slug=slug
    )


def _escape(title: str) -> str:
    """A title within square brackets; its own brackets and marks are words there."""
    return "".join(f"\\{sign}" if sign in r"\[]*_`<" else sign for sign in title)
