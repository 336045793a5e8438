"""What readers get of an issue, and that they no longer get it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods

from issues.admin.access import changeable_issue, of_issue
from issues.admin.pages import desk_page
from issues.admin.saving import differences
from issues.checklist import check_issue
from issues.forms import RepublishForm
from issues.models import Issue
from issues.services import publish_changes
from issues.services.readiness import PERMISSION as OVERRIDE
from issues.state import State, stored_state
from superfast.common.admin import note_changes, signed_in
from superfast.common.publishing import Status


def urls(model_admin: Any) -> list[URLPattern]:
    return [
        path(
            "<path:object_id>/republish/",
            of_issue(model_admin, republish, changeable_issue),
            name="issues_issue_republish",
        ),
        path(
            "<path:object_id>/withdraw/",
            of_issue(model_admin, withdraw, changeable_issue),
            name="issues_issue_withdraw",
        ),
    ]


def tell_saved(request: HttpRequest, issue: Issue) -> State:
    """The answer to a save: what readers get of the issue, and where to look at it."""
    state = stored_state(issue)
    done = "saved"
    if state.is_public and not state.is_behind and "_publish" in request.POST:
        done = "published"
    elif state.status is Status.SCHEDULED and "_schedule" in request.POST:
        done = "scheduled"
    tell(request, issue, state, f"is {done}.")
    return state


def tell(request: HttpRequest, issue: Issue, state: State, done: str) -> None:
    """What was done to the issue, what readers get now, and where that leads.

    Whoever may change what is before readers publishes it, too: only a draft is a Writer's.
    """
    links = []
    if state.is_public:
        links.append((state.address, "See the page"))
        mail = reverse("admin:issues_issue_mail", args=[issue.pk])
        links.append((mail, "Mail copy"))
    if state.is_dated and state.is_behind:
        republish = reverse("admin:issues_issue_republish", args=[issue.pk])
        links.append((republish, "Publish the changes"))
    said = format_html(
        '<a href="{}">“{}”</a> {} {} {}',
        reverse("admin:issues_issue_change", args=[issue.pk]),
        issue,
        done,
        state.outcome,
        format_html_join(" · ", '<a href="{}">{}</a>', links),
    )
    messages.success(request, said)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    """Asks whether readers are to lose the issue, and takes it from them."""
    if not model_admin.may_publish(request):
        raise PermissionDenied
    state = stored_state(issue)
    if request.method != "POST" and state.is_dated:
        return desk_page(
            model_admin,
            request,
            "withdraw.html",
            title=f"{state.withdrawing} “{issue}”",
            issue=issue,
            state=state,
        )
    try:
        model_admin.withdraw_row(request, issue)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        label = str(stored_state(issue).status.label)
        note_changes(request, {"status": [str(state.status.label), label]})
        model_admin.log_change(request, issue, "Withdrawn.")
        done = "is withdrawn." if state.is_public else "is no longer scheduled."
        tell(request, issue, stored_state(issue), done)
    return redirect("admin:issues_issue_change", issue.pk)


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
            tell(request, issue, stored_state(issue), "has the new text.")
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
