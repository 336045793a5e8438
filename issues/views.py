"""Pages of the newsletter that everybody may read."""

from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from issues.finished import page_of
from issues.media import find_picture, serve_picture
from issues.metadata import draw_issue, preview_of, things_of
from issues.models import Image, Issue
from issues.reading import cards_of, find_issue, page_context
from superfast.common.errors import gone
from superfast.common.http import for_other_sites, impersonal, kept_page
from superfast.common.paging import BoundedPaginator, page_number
from superfast.common.publishing import Status

PER_PAGE = 20


@kept_page("page", "before")
def issue_archive(request: HttpRequest) -> HttpResponse:
    published = Issue.objects.published()
    listed, before = published, request.GET.get("before", "")
    if before:
        if not slug_re.fullmatch(before):
            raise Http404
        listed = listed.older_than(get_object_or_404(published, slug=before))
    paginator = BoundedPaginator(listed.for_list(), PER_PAGE)
    page, older = page_number(request, paginator), ""
    if paginator.is_capped and not page.has_next():
        older = f"?before={page[-1].slug}"
    context = {"page": page, "before": before, "older": older}
    return render(request, "issues/issue_archive.html", context)


@kept_page()
def issue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    issue = find_issue(slug, at)
    if issue is None:
        raise Http404
    match issue.status(at):
        case Status.WITHDRAWN:
            return gone(request)
        case Status.PUBLISHED:
            pass
        case _:
            raise Http404
    blocks, contents = page_of(issue)
    context = page_context(
        issue, blocks, contents=contents, cards=cards_of(issue), at=at
    )
    context |= {"preview": preview_of(issue), "things": things_of(issue)}
    return render(request, "issues/issue_detail.html", context)


@kept_page()
def issue_picture(request: HttpRequest, slug: str) -> HttpResponse:
    issue = get_object_or_404(Issue.objects.published().for_list(), slug=slug)
    return for_other_sites(draw_issue(issue))


@impersonal
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    return serve_picture(request, find_picture(Image.objects.published(), name))
