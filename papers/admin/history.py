"""What was kept of a paper: its revisions, what differs between two, and going back."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from papers import history
from papers.models import Paper, PaperRevision
from papers.restoring import changed_labels, differences, restore
from superfast.common.http import private_page
from superfast.common.text import read_number

PER_PAGE = 50
_LOG_LENGTH = 20


def urls(model_admin: Any) -> list[URLPattern]:
    """The addresses of this topic at the desk."""

    def page(address: str, view: Any, name: str) -> URLPattern:
        @private_page
        def asked(request: HttpRequest, object_id: int, **names: int) -> HttpResponse:
            seen = model_admin.get_queryset(request)
            paper = get_object_or_404(seen, pk=object_id)
            return view(request, model_admin, paper, **names)  # type: ignore[no-any-return]

        found: URLPattern = path(
            f"<int:object_id>/{address}",
            model_admin.admin_site.admin_view(asked),
            name=f"papers_paper_{name}",
        )
        return found

    return [
        page("history/", _history, "history"),
        page("difference/", _difference, "difference"),
        page("restore/<int:pk>/", _restore, "restore"),
    ]


@require_safe
def _history(request: HttpRequest, model_admin: Any, paper: Paper) -> HttpResponse:
    """Every revision with who, when and what changed; any two can be compared."""
    number = read_number(request.GET.get("page", "1"), digits=6)
    if number is None or not 0 < number < 10_000:
        raise Http404
    start = (number - 1) * PER_PAGE
    found = [*history.with_before(_revisions(paper))[start : start + PER_PAGE + 1]]
    rows = [(row, _changed(row)) for row in found][:PER_PAGE]
    latest = [row.pk for row, _ in rows if row.merged_from == rows[0][0].merged_from]
    if start and not rows:
        raise Http404
    log = LogEntry.objects.filter(
        object_id=str(paper.pk),
        content_type__app_label="papers",
        content_type__model="paper",
    )
    return _page(
        request,
        model_admin,
        paper,
        "history.html",
        title=f"History of “{paper}”",
        rows=rows,
        number=number,
        has_older=len(found) > PER_PAGE,
        compared=latest[:2],
        log=log.select_related("user").order_by("-action_time")[:_LOG_LENGTH],
    )


def _revisions(paper: Paper) -> Any:
    return paper.revisions.select_related("created_by", "batch").order_by("-pk")


def _changed(row: Any) -> str:
    """What the row changed, in names of fields."""
    if row.before is None:
        return ""
    return ", ".join(changed_labels(row.before, row.data))


@require_safe
def _difference(request: HttpRequest, model_admin: Any, paper: Paper) -> HttpResponse:
    """What changed from `?old=` to `?new=`; without them, what was changed last."""
    latest = [*_revisions(paper).filter(merged_from="")[:2]]
    if not latest:
        raise Http404
    old = _asked(request, paper, "old") or latest[-1]
    new = _asked(request, paper, "new") or latest[0]
    return _page(
        request,
        model_admin,
        paper,
        "difference.html",
        title=f"Changes of “{paper}”",
        old=old,
        new=new,
        fields=differences(old.data, new.data),
    )


def _asked(request: HttpRequest, paper: Paper, name: str) -> PaperRevision | None:
    value = request.GET.get(name)
    if value is None:
        return None
    number = read_number(value)
    if number is None:
        raise Http404
    found: PaperRevision = get_object_or_404(_revisions(paper), pk=number)
    return found


@require_POST
def _restore(
    request: HttpRequest, model_admin: Any, paper: Paper, *, pk: int
) -> HttpResponse:
    """An earlier state is saved anew; what stood instead of it stays in the history."""
    if not model_admin.has_change_permission(request, paper):
        raise PermissionDenied
    if pk >= 2**63:
        raise Http404
    revision = get_object_or_404(paper.revisions, pk=pk)
    try:
        is_changed = restore(paper=paper, revision=revision, by=request.user)
    except ValidationError as error:
        messages.error(request, f"Not restored. {' '.join(error.messages)}")
    else:
        if is_changed:
            model_admin.log_change(request, paper, "Restored an earlier state.")
            said = f"Restored as of {revision.created_at:%-d %B %Y, %H:%M} UTC."
            messages.success(request, said)
        else:
            messages.info(request, "The paper says that already.")
    address = reverse("admin:papers_paper_history", args=[paper.pk])
    return HttpResponseRedirect(address)


def _page(
    request: HttpRequest, model_admin: Any, paper: Paper, name: str, **context: Any
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "paper": paper,
        "may_change": model_admin.has_change_permission(request, paper),
        **context,
    }
    return render(request, f"admin/papers/paper/{name}", context)
