"""What readers get of an issue, and that they no longer get it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from issues.admin.access import changeable_issue, of_issue
from issues.admin.pages import desk_page
from issues.admin.saving import differences
from issues.checklist import check_issue
from issues.forms import RepublishForm
from issues.models import Issue
from issues.services import publish_changes
from issues.services.readiness import PERMISSION as OVERRIDE
from superfast.common.admin import signed_in
from superfast.common.publishing import Status


def urls(model_admin: Any) -> list[URLPattern]:
    return [
        path(
            "<path:object_id>/republish/",
            of_issue(model_admin, republish, changeable_issue),
            name="issues_issue_republish",
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def republish(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    """Asks whether what changed is a correction, and gives it to readers."""
    if not model_admin.may_publish(request):
        raise PermissionDenied
    address = reverse("admin:issues_issue_change", args=[issue.pk])
    if not issue.has_unpublished_changes or issue.published_revision is None:
        messages.info(request, "Readers see the latest text already.")
        return HttpResponseRedirect(address)
    asks = issue.status() is Status.PUBLISHED
    form = RepublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (not asks or form.is_valid()):
        is_correction = asks and form.cleaned_data["kind"] == "correction"
        note = form.cleaned_data["note"] if is_correction else ""
        try:
            publish_changes(
                issue=issue,
                by=signed_in(request),
                note=note,
                override=request.POST.get("override", ""),
            )
        except ValidationError as error:
            messages.error(request, f"Not published. {' '.join(error.messages)}")
        else:
            said = "Published the changes" + (
                f", as a correction: {note}" if note else "."
            )
            model_admin.log_change(request, issue, said)
            messages.success(
                request, f"{issue}: readers {'' if asks else 'will '}see the new text."
            )
            return HttpResponseRedirect(address)
    work = issue.working_revision
    found = check_issue(issue)
    return desk_page(
        model_admin,
        request,
        "republish.html",
        title=f"Publish the changes of “{issue}”",
        issue=issue,
        asks=asks,
        form=form,
        work=work,
        problems=found.sentences,
        may_override=request.user.has_perm(OVERRIDE) and not found.absolute,
        override=request.POST.get("override", ""),
        fields=differences(issue.published_revision.text, work.text) if work else [],
    )
