"""A draft, shown to whoever holds its link: the page as readers will see it."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from issues.derived import fill_pictures, reading_minutes
from issues.finished import contents_of
from issues.media import find_picture, serve_picture
from issues.models import DraftLink, Image, Issue
from issues.reading import page_context
from issues.services.sharing import count_use, find_link, shared_text
from quiz.services import deal_cards
from superfast.common.blocks import Block, Figure
from superfast.common.http import impersonal
from superfast.common.markdown import render_blocks


def by_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Gives a view the link of a token, and keeps what it answers out of every memory.

    A token that never was is not found; one that no longer works says so.
    """

    @require_safe
    @impersonal
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: str) -> HttpResponseBase:
        link = find_link(token)
        if link is None:
            raise Http404
        if link.is_open():
            response = view(request, link, token, **kwargs)
        else:
            response = render(request, "issues/draft_expired.html", status=410)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        # The address is the key: no other page learns it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped


@by_link
def draft(request: HttpRequest, link: DraftLink, token: str) -> HttpResponse:
    if request.method == "GET":
        count_use(link)
    issue = shared_issue(link)
    blocks = draft_blocks(issue)
    for block in blocks:
        if isinstance(block, Figure) and block.src:
            block.src = reverse("issues:draft-picture", args=[token, block.name])
    cards = deal_cards(issue.quiz) if issue.quiz else []
    context = page_context(
        issue, blocks, contents=contents_of(blocks), cards=cards, is_preview=True
    )
    context["cover_src"] = ""
    if issue.cover:
        context["cover_src"] = reverse(
            "issues:draft-picture", args=[token, issue.cover.name]
        )
    context["is_shared"] = True
    return render(request, "issues/issue_detail.html", context)


@by_link
def picture(
    request: HttpRequest, link: DraftLink, token: str, name: str
) -> HttpResponseBase:
    """A picture that stands in the draft, and no other."""
    issue = shared_issue(link)
    shown = [image.pk for image in fill_pictures(render_blocks(issue.body))]
    if issue.cover_id:
        shown.append(issue.cover_id)
    file = find_picture(Image.objects.filter(pk__in=shown), name)
    return serve_picture(request, file, is_public=False)


def shared_issue(link: DraftLink) -> Issue:
    """An issue, not to be stored, with the text that the link shows."""
    issue = Issue(pk=link.issue.pk, publish_at=link.issue.publish_at)
    shared_text(link).put_into(issue)
    return issue


def draft_blocks(issue: Issue) -> list[Block]:
    """The blocks of its text, and how long they take to read."""
    blocks = render_blocks(issue.body)
    fill_pictures(blocks)
    issue.reading_minutes = reading_minutes(blocks)
    return blocks
