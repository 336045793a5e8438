from dataclasses import dataclass
from typing import Any

from django.core.paginator import EmptyPage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from papers.citing.entry import entries
from papers.citing.formats import ALL, FORMATS
from papers.exports import citations_of, export_response, format_at
from papers.filters import PaperQuery
from papers.listing import UnknownValueError, list_papers, matching_papers
from papers.metadata import citation_of, draw_paper, preview_of, things_of
from papers.models import COUNTED_TO, Author, Catalogue, Paper
from papers.reading import find_catalogue
from papers.year_map import map_of
from superfast.common.errors import gone
from superfast.common.http import for_other_sites, impersonal, kept_page
from superfast.common.markdown import render_inline
from superfast.common.publishing import Status, published_q


@dataclass(frozen=True)
class Mention:
    """An issue that wrote about the paper, and what it said."""

    issue: Any
    take_html: SafeString


@kept_page()
def catalogue_list(request: HttpRequest) -> HttpResponse:
    catalogues = Catalogue.objects.open().counted()
    return render(request, "papers/catalogue_list.html", {"catalogues": catalogues})


@kept_page(
    *("topic", "venue", "award", "author", "posted"),
    *("code", "highlight", "mentioned"),
    *("sort", "view", "page", "after"),
)
def paper_list(request: HttpRequest, catalogue: str) -> HttpResponse:
    at = timezone.now()
    found = find_catalogue(catalogue, at)
    if found is None:
        raise Http404
    try:
        listing = list_papers(found, PaperQuery.parse(request.GET), at)
    except (UnknownValueError, EmptyPage) as error:
        raise Http404 from error
    context = {
        "catalogue": found,
        "total": found.paper_count,
        "counted_to": COUNTED_TO,
        "listing": listing,
        "query": listing.query,
        # Not by a template: `?lists=1` would stand in place of the method.
        "asked": [
            (name, values)
            for name, values in request.GET.lists()
            if name not in {"q", "page", "after"}
        ],
        "asked_query": request.GET.urlencode(),
        "formats": ALL.items(),
    }
    return render(request, "papers/paper_list.html", context)


@kept_page()
def year_map(request: HttpRequest, catalogue: str) -> HttpResponse:
    found = get_object_or_404(Catalogue.objects.open().counted(), slug=catalogue)
    context = {"catalogue": found, "map": map_of(found)}
    return render(request, "papers/year_map.html", context)


@impersonal
@require_safe
def export(request: HttpRequest, catalogue: str, suffix: str) -> StreamingHttpResponse:
    found = get_object_or_404(Catalogue.objects.open(), slug=catalogue)
    format_ = format_at(suffix)
    try:
        papers = matching_papers(found, PaperQuery.parse(request.GET))
    except UnknownValueError as error:
        raise Http404 from error
    return export_response(format_, entries(papers), f"papers-{catalogue}")


@kept_page()
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    author = Author.objects.filter(slug=slug).first()
    if author is None:
        moved = get_object_or_404(Author.objects.at_address(slug))
        return redirect(moved, permanent=True)
    written = Paper.objects.for_list().published().filter(authorships__author=author)
    papers = list(written.order_by("-year", "-first_posted", "title_key", "pk"))
    if not papers:  # the name of a draft's author is not given away
        raise Http404
    context = {"author": author, "papers": papers}
    return render(request, "papers/author_detail.html", context)


@kept_page()
def paper_detail(request: HttpRequest, catalogue: str, slug: str) -> HttpResponse:
    papers = Paper.objects.for_page().filter(catalogue__slug=catalogue)
    paper = papers.filter(slug=slug).first()
    if paper is None:
        moved = get_object_or_404(Paper.objects.published().at_address(catalogue, slug))
        return redirect(moved, permanent=True)
    match paper.status():
        case Status.WITHDRAWN:
            return gone(request)
        case Status.DRAFT | Status.SCHEDULED:
            raise Http404
    written = paper.mentions.filter(published_q(prefix="issue__")).select_related(
        "issue"
    )
    shown = written.only(
        "take", "paper", "issue__slug", "issue__title", "issue__publish_at"
    )
    mentions = [
        Mention(mention.issue, render_inline(mention.take))
        for mention in shown.order_by("-issue__publish_at", "position")
    ]
    context = {"paper": paper, "catalogue": paper.catalogue, "mentions": mentions}
    context |= {
        "preview": preview_of(paper),
        "things": things_of(paper),
        "citation": citation_of(paper),
        "citations": citations_of(paper),
        "related": paper.related_papers(),
        "formats": FORMATS.values(),
    }
    return render(request, "papers/paper_detail.html", context)


@kept_page()
def paper_picture(request: HttpRequest, catalogue: str, slug: str) -> HttpResponse:
    papers = Paper.objects.published().with_byline().filter(catalogue__slug=catalogue)
    return for_other_sites(draw_paper(get_object_or_404(papers, slug=slug)))
