"""Links by which a reviewer without an account reads a draft."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from issues.admin.access import changeable_issue, of_issue
from issues.admin.pages import desk_page
from issues.forms import DraftLinkForm
from issues.models import Issue, Revision
from issues.services.sharing import make_link, revoke_link
from superfast.common.admin import signed_in


def urls(model_admin: Any) -> list[URLPattern]:
    return [
        path(
            "<path:object_id>/share/",
            of_issue(model_admin, share, changeable_issue),
            name="issues_issue_share",
        ),
        path(
            "<path:object_id>/share/<int:pk>/revoke/",
            of_issue(model_admin, revoke, changeable_issue),
            name="issues_issue_revoke",
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    """The links of an issue with their last use; a new one is shown once."""
    form = DraftLinkForm(request.POST if request.method == "POST" else None)
    address = ""
    if request.method == "POST" and form.is_valid():
        address = _make(request, issue, form.cleaned_data)
        model_admin.log_change(
            request, issue, f"Shared the draft with {form.cleaned_data['label']}."
        )
        form = DraftLinkForm()
    links = [
        *issue.draft_links.select_related("created_by", "revision").defer(
            "revision__body"
        )
    ]
    return desk_page(
        model_admin,
        request,
        "share.html",
        title=f"Share “{issue}”",
        issue=issue,
        form=form,
        links=links,
        address=address,
    )


def _make(request: HttpRequest, issue: Issue, data: dict[str, Any]) -> str:
    saved = issue.revisions.in_line().exclude(kind=Revision.Kind.AUTOSAVE).first()
    pinned = (saved or issue.working_revision) if data["shows"] == "pinned" else None
    _, token = make_link(
        issue=issue,
        by=signed_in(request),
        label=data["label"],
        days=data["days"],
        revision=pinned,
    )
    return settings.SITE_URL + reverse("issues:draft", args=[token])


@require_POST
def revoke(
    request: HttpRequest, model_admin: Any, issue: Issue, *, pk: int
) -> HttpResponse:
    link = get_object_or_404(issue.draft_links, pk=pk)
    try:
        revoke_link(link=link)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        model_admin.log_change(request, issue, f"Took back the link for {link.label}.")
        messages.success(request, f"The link for {link.label} leads nowhere now.")
    return HttpResponseRedirect(reverse("admin:issues_issue_share", args=[issue.pk]))
