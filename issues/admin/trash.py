"""Deleted issues, for as long as they can be restored."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from issues.admin.access import sees_all
from issues.admin.pages import desk_page
from issues.models import Issue, IssueQuerySet
from issues.services import restore_issue
from issues.services.trash import KEPT_FOR, status_restored
from superfast.common.admin import signed_in
from superfast.common.paging import page_number

PER_PAGE = 50


def urls(model_admin: Any) -> list[URLPattern]:
    def trash(request: HttpRequest) -> HttpResponse:
        if not model_admin.has_delete_permission(request):
            raise PermissionDenied
        return _trash(request, model_admin)

    def restore(request: HttpRequest, pk: int) -> HttpResponse:
        if not model_admin.has_delete_permission(request):
            raise PermissionDenied
        return _restore(request, model_admin, pk)

    view = model_admin.admin_site.admin_view
    return [
        path("trash/", view(trash), name="issues_issue_trash"),
        path("trash/<int:pk>/restore/", view(restore), name="issues_issue_untrash"),
    ]


def visible_trash(request: HttpRequest) -> IssueQuerySet:
    """Deleted issues that this person may restore: an Editor all, a Writer their own drafts.

    What had a time would be before readers again, as it was.
    """
    rows = Issue.with_trashed.trashed()
    if sees_all(request):
        return rows
    return rows.filter(created_by=request.user.pk, kept_in_trash__publish_at=None)


def tell_deleted(request: HttpRequest, name: str) -> None:
    """Where a deleted issue is to be found."""
    said = format_html(
        '“{}” is in the trash. <a href="{}">Deleted issues</a>',
        name,
        reverse("admin:issues_issue_trash"),
    )
    messages.success(request, said)


@require_safe
def _trash(request: HttpRequest, model_admin: Any) -> HttpResponse:
    rows = visible_trash(request).select_related("trashed_by").without_text()
    page = page_number(request, Paginator(rows, PER_PAGE))
    for issue in page.object_list:
        issue.gone_at = issue.trashed_at + KEPT_FOR
        issue.was = status_restored(issue)
    return desk_page(
        model_admin,
        request,
        "trash.html",
        title="Deleted issues",
        page=page,
        days=KEPT_FOR.days,
    )


@require_POST
def _restore(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    rows = visible_trash(request)
    if not sees_all(request) and not rows.filter(pk=pk).exists():
        raise PermissionDenied
    issue = get_object_or_404(rows, pk=pk)
    try:
        lost = restore_issue(issue=issue, by=signed_in(request))
    except ValidationError as error:
        messages.error(request, f"{issue}: not restored. {' '.join(error.messages)}")
        return HttpResponseRedirect(reverse("admin:issues_issue_trash"))
    model_admin.log_change(request, issue, "Restored from the trash.")
    add = messages.warning if lost else messages.success
    add(request, " ".join([f"{issue}: restored.", *lost]))
    return HttpResponseRedirect(reverse("admin:issues_issue_change", args=[pk]))
