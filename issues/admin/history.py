"""What was saved of an issue, what differs, and going back."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from issues.admin.access import changeable_issue, of_issue, visible_issue
from issues.admin.pages import desk_page
from issues.admin.saving import differences
from issues.models import Issue, Override, Revision
from issues.services import restore_revision
from superfast.common.admin import signed_in
from superfast.common.text import read_number

PER_PAGE = 100
LOG_LENGTH = 20


def urls(model_admin: Any) -> list[URLPattern]:
    return [
        path(
            "<path:object_id>/history/",
            of_issue(model_admin, history, visible_issue),
            name="issues_issue_history",
        ),
        path(
            "<path:object_id>/difference/",
            of_issue(model_admin, difference, visible_issue),
            name="issues_issue_difference",
        ),
        path(
            "<path:object_id>/restore/<int:pk>/",
            of_issue(model_admin, restore, changeable_issue),
            name="issues_issue_restore",
        ),
    ]


@require_safe
def history(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    """Every revision with who, when, what kind, and how much; any two can be compared."""
    rows, number, has_older = _page(request, issue)
    log = LogEntry.objects.filter(
        object_id=str(issue.pk),
        content_type__app_label="issues",
        content_type__model="issue",
    )
    return desk_page(
        model_admin,
        request,
        "history.html",
        title=f"History of “{issue}”",
        issue=issue,
        rows=rows,
        number=number,
        has_older=has_older,
        compared=[row.pk for row in rows if row.kind != Revision.Kind.ASIDE][:2],
        log=log.select_related("user").order_by("-action_time")[:LOG_LENGTH],
        errata=issue.errata.select_related("made_by"),
    )


def _page(request: HttpRequest, issue: Issue) -> tuple[list[Revision], int, bool]:
    """Revisions of the page that is asked for, its number, and whether older ones follow."""
    page = read_number(request.GET.get("page", "1"), digits=4)
    if not page:
        raise Http404
    start = (page - 1) * PER_PAGE
    over = Override.objects.filter(revision=OuterRef("pk"))
    revisions: Any = issue.revisions.for_history().annotate(
        override_reason=Subquery(over.values("reason")[:1]),
        override_findings=Subquery(over.values("findings")[:1]),
    )
    rows = [*revisions[start : start + PER_PAGE + 1]]
    if start and not rows:
        raise Http404
    return rows[:PER_PAGE], page, len(rows) > PER_PAGE


@require_safe
def difference(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    """What changed from `?old=` to `?new=`; without them, from readers' text to editors'."""
    new = _asked(request, issue, "new") or issue.working_revision
    old = _asked(request, issue, "old") or _earlier(issue, new)
    if new is None or old is None:
        raise Http404
    return desk_page(
        model_admin,
        request,
        "difference.html",
        title=f"Changes of “{issue}”",
        issue=issue,
        old=old,
        new=new,
        fields=differences(old.text, new.text),
    )


def _asked(request: HttpRequest, issue: Issue, name: str) -> Revision | None:
    value = request.GET.get(name)
    if value is None:
        return None
    key = read_number(value)
    if key is None:
        raise Http404
    return get_object_or_404(issue.revisions.select_related("saved_by"), pk=key)


def _earlier(issue: Issue, new: Revision | None) -> Revision | None:
    """What to compare with: what readers see, else what was saved before."""
    if new is None or (new != issue.published_revision and issue.published_revision):
        return issue.published_revision
    rows = issue.revisions.in_line().exclude(pk=new.pk)
    saved = rows.exclude(kind=Revision.Kind.AUTOSAVE)
    return saved.first() or rows.first() or new


@require_POST
def restore(
    request: HttpRequest, model_admin: Any, issue: Issue, *, pk: int
) -> HttpResponse:
    """An earlier text is saved anew; what stood instead of it stays in the history."""
    revision = get_object_or_404(issue.revisions, pk=pk)
    try:
        restore_revision(issue=issue, revision=revision, by=signed_in(request))
    except ValidationError as error:
        messages.error(request, f"Not restored. {' '.join(error.messages)}")
    else:
        model_admin.log_change(request, issue, "Restored an earlier text.")
        readers = (
            " Readers see theirs until you publish it." if issue.publish_at else ""
        )
        messages.success(
            request,
            f"The text of {revision.saved_at:%-d %B, %H:%M} is restored.{readers}",
        )
    return HttpResponseRedirect(reverse("admin:issues_issue_change", args=[issue.pk]))
