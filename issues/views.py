"""Pages of the newsletter that everybody may read."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from issues.last_lie import with_amends
from issues.media import serve_picture
from issues.models import Image, Issue
from issues.reading import page_context
from quiz.services import deal_cards
from superfast.common.blocks import from_json
from superfast.common.errors import gone
from superfast.common.http import impersonal, kept_page, page_number
from superfast.common.publishing import Status

PER_PAGE = 20


@kept_page("page")
def issue_archive(request: HttpRequest) -> HttpResponse:
    issues = Issue.objects.published().for_list()
    page = page_number(request, Paginator(issues, PER_PAGE))
    return render(request, "issues/issue_archive.html", {"page": page})


@kept_page()
def issue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    issue = get_object_or_404(with_amends(Issue.objects.for_page(at), at), slug=slug)
    match issue.status(at):
        case Status.WITHDRAWN:
            return gone(request)
        case Status.PUBLISHED:
            pass
        case _:
            raise Http404
    cards = deal_cards(issue.quiz) if issue.quiz else []
    context = page_context(issue, from_json(issue.blocks), cards=cards, at=at)
    return render(request, "issues/issue_detail.html", context)


@impersonal
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    return serve_picture(
        request, get_object_or_404(Image.objects.published(), name=name)
    )
