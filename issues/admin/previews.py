"""The page of a text that readers do not see, as they would see it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from issues.admin.pictures import desk_address
from issues.derived import fill_pictures, reading_minutes
from issues.finished import contents_of
from issues.forms import PreviewForm
from issues.last_lie import foresee_amends
from issues.models import Issue
from issues.reading import page_context
from quiz.services import deal_cards
from superfast.common.blocks import Figure
from superfast.common.http import private_page
from superfast.common.markdown import render_blocks
from superfast.common.policy import with_policy


@require_safe
@xframe_options_sameorigin
@with_policy(frame_ancestors="'self'")
@private_page
def preview_page(request: HttpRequest, issue: Issue) -> HttpResponse:
    return _render_preview(request, issue)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@with_policy(frame_ancestors="'self'")
@private_page
def preview_text(
    request: HttpRequest, unsaved_issue: Callable[[HttpRequest, dict[str, Any]], Issue]
) -> HttpResponse:
    """The page of a posted text; without one, the empty page that it is put into."""
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    issue = unsaved_issue(request, form.cleaned_data)
    return _render_preview(request, issue, with_lines=True)


def _render_preview(
    request: HttpRequest, issue: Issue, *, with_lines: bool = False
) -> HttpResponse:
    """The public page of a text that readers do not see, its pictures from the desk.

    With lines, each part says where in the text it begins: in a comment before a
    block, in `data-line` within one. Neither changes how anything looks.
    """
    blocks = render_blocks(issue.body, with_lines=with_lines)
    fill_pictures(blocks)
    issue.reading_minutes = reading_minutes(blocks)
    for block in blocks:
        if isinstance(block, Figure) and block.src:
            block.src = desk_address(block.name)
    cards = deal_cards(issue.quiz) if issue.quiz else []
    context = page_context(
        issue, blocks, contents=contents_of(blocks), cards=cards, is_preview=True
    )
    context["amends"] = foresee_amends(issue, timezone.now())
    context["with_lines"] = with_lines
    context["cover_src"] = desk_address(issue.cover.name) if issue.cover else ""
    return render(request, "issues/issue_detail.html", context)
