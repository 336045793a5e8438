"""The checklist and the links to fill, beside the text and as a page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from issues.admin.access import changeable_issue, require_writing, visible_issue
from issues.checklist import Checklist, check_issue
from issues.forms import ChecklistForm
from issues.models import LONGEST_TEXT, Image, Issue
from issues.placeholders import filling, find_placeholders, place_of
from issues.services import (
    ConflictError,
    fill_headline,
    save_tray,
    take_back_waiver,
    waive_link,
    working_body,
)
from issues.services.readiness import PERMISSION as OVERRIDE
from issues.tray import GONE, Row, check_addresses, find_rows, in_utf16
from quiz.models import Quiz
from superfast.common.admin import note_changes, signed_in
from superfast.common.http import private_page
from superfast.common.text import clean_text, read_number

MEANWHILE = "Somebody saved this issue meanwhile: look at the rows again."


def urls(model_admin: Any) -> list[URLPattern]:
    """The addresses of checklist and tray."""

    def of(view: Callable[..., Any]) -> Any:
        def bound(request: HttpRequest, **kwargs: Any) -> Any:
            return view(request, model_admin, **kwargs)

        return model_admin.admin_site.admin_view(bound)

    one = "<path:object_id>/links-to-fill/"
    return [
        path("checklist/", of(_check_new), name="issues_issue_checklist_new"),
        path("links-to-fill/fill/", of(_fill), name="issues_issue_fill"),
        path("<path:object_id>/checklist/", of(_check), name="issues_issue_checklist"),
        path(f"{one}waive/", of(_waive), name="issues_issue_waive"),
        path(f"{one}headline/", of(_headline), name="issues_issue_fill_headline"),
        path(one, of(_tray_page), name="issues_issue_tray"),
    ]


# Beside the text ----------------------------------------------------------------


def panels(
    request: HttpRequest, model_admin: Any, form: Any, issue: Issue | None
) -> dict[str, Any]:
    """What the change form shows of checklist and tray: of the text that stands in it."""
    values = {n: str(form[n].value() or "") for n in ("title", "slug", "dek", "body")}
    chosen = {
        n: _row_of(model_admin, request, m, form[n].value()) for n, m in _CHOSEN.items()
    }
    text = Issue(pk=issue.pk if issue else None, **values, **chosen)
    text.body = clean_text(text.body)
    return {
        **_found(request, model_admin, text),
        "may_override": request.user.has_perm(OVERRIDE),
        "checklist_address": _address(issue, "checklist", "checklist_new"),
        "fill_address": reverse("admin:issues_issue_fill"),
        "tray_address": _address(issue, "tray", ""),
        "waive_address": _address(issue, "waive", ""),
        "headline_address": _address(issue, "fill_headline", ""),
    }


_CHOSEN: dict[str, type[Any]] = {"quiz": Quiz, "cover": Image}


def _row_of(model_admin: Any, request: HttpRequest, model: type[Any], key: Any) -> Any:
    """The row chosen in a field of the form, as far as this person sees it."""
    pk = read_number(str(key or ""))
    if pk is None:
        return None
    rows = model_admin.admin_site.get_model_admin(model).get_queryset(request)
    return rows.filter(pk=pk).first()


def _address(issue: Issue | None, name: str, without: str) -> str:
    if issue and issue.pk:
        return reverse(f"admin:issues_issue_{name}", args=[issue.pk])
    return reverse(f"admin:issues_issue_{without}") if without else ""


def _found(request: HttpRequest, model_admin: Any, issue: Issue) -> dict[str, Any]:
    found = check_issue(issue)
    rows = find_rows(issue, issue.body)
    headlines = _headline_rows(issue)
    return {
        "checklist": found,
        "quiz_address": _quiz_address(request, model_admin, issue, found),
        "checklist_count": len(found.errors) + len(found.warnings),
        "rows": rows,
        "headline_rows": headlines,
        "tray_count": sum(row.waiver is None for row in rows) + len(headlines),
    }


def _quiz_address(
    request: HttpRequest, model_admin: Any, issue: Issue, found: Checklist
) -> str:
    """The form of a quiz with something to put right, for who may do so. Cost: a query."""
    if issue.quiz is None or all(finding.field != "quiz" for finding in found):
        return ""
    # Read anew: the one at hand takes the text that is checked for its issue.
    quiz = Quiz.objects.select_related("issue").filter(pk=issue.quiz.pk).first()
    quiz_admin = model_admin.admin_site.get_model_admin(Quiz)
    if quiz is None or not quiz_admin.has_change_permission(request, quiz):
        return ""
    return reverse("admin:quiz_quiz_change", args=[quiz.pk])


def _headline_rows(issue: Issue) -> list[tuple[int, Row]]:
    """Key and row of each headline of the quiz that has a place for its source."""
    if issue.quiz is None:
        return []
    rows = issue.quiz.headlines.order_by("position", "pk").values_list("pk", "text")
    return [(pk, Row(p)) for pk, text in rows for p in find_placeholders(text)[:1]]


def _check_new(request: HttpRequest, model_admin: Any) -> HttpResponse:
    require_writing(model_admin, request)
    return _check_text(request, model_admin, None)


def _check(request: HttpRequest, model_admin: Any, object_id: str) -> HttpResponse:
    return _check_text(
        request, model_admin, visible_issue(model_admin, request, object_id)
    )


@require_POST
@private_page
def _check_text(
    request: HttpRequest, model_admin: Any, issue: Issue | None
) -> HttpResponse:
    """The panels of a posted text, as pieces of HTML."""
    form = ChecklistForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    text = model_admin.unsaved_issue(request, form.cleaned_data)
    text.slug = form.cleaned_data["slug"]
    text.body = clean_text(text.body)
    text.pk = issue.pk if issue else None
    context = {**_found(request, model_admin, text), "issue": issue}
    return render(request, "admin/issues/issue/_checklist_parts.html", context)


# One row at a time, for the page's own script ------------------------------------


def _fill(request: HttpRequest, model_admin: Any) -> HttpResponse:
    require_writing(model_admin, request)
    return _fill_text(request)


@require_POST
@private_page
def _fill_text(request: HttpRequest) -> HttpResponse:
    """Where to put what so that one place of the posted text is filled; nothing is stored."""
    body = clean_text(request.POST.get("body", ""))
    if len(body) > LONGEST_TEXT:
        return JsonResponse({"error": "The text is too long."}, status=413)
    place = place_of(request.POST.get("key", ""), find_placeholders(body))
    if place is None:
        return JsonResponse({"error": GONE}, status=409)
    try:
        done = filling(place, check_addresses(place, request.POST.getlist("url")))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    return JsonResponse(
        {
            "start": in_utf16(body, done.start),
            "end": in_utf16(body, done.end),
            "text": done.text,
        }
    )


@require_POST
@private_page
def _waive(request: HttpRequest, model_admin: Any, object_id: str) -> HttpResponse:
    issue = changeable_issue(model_admin, request, object_id)
    key = clean_text(request.POST.get("key", ""))
    if "take_back" in request.POST:
        take_back_waiver(issue=issue, key=key)
        model_admin.log_change(request, issue, "Took back that a link is left out.")
        return JsonResponse({})
    reason = request.POST.get("reason", "")
    try:
        waive_link(
            issue=issue,
            body=clean_text(request.POST.get("body", ""))[:LONGEST_TEXT],
            key=key,
            reason=reason,
            by=signed_in(request),
        )
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    note_changes(request, {"reason": ["", reason.strip()]})
    model_admin.log_change(request, issue, "Left a link out.")
    return JsonResponse({})


@require_POST
@private_page
def _headline(request: HttpRequest, model_admin: Any, object_id: str) -> HttpResponse:
    issue = changeable_issue(model_admin, request, object_id)
    key, url = request.POST.get("key", ""), request.POST.get("url", "")
    headline = _changeable_headline(request, model_admin, issue, key)
    try:
        fill_headline(issue=issue, key=headline, url=url)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    note_changes(request, {f"headline {headline}: source": ["", url.strip()]})
    model_admin.log_change(request, issue, "Filled in the source of a headline.")
    return JsonResponse({})


def _changeable_headline(
    request: HttpRequest, model_admin: Any, issue: Issue, key: str
) -> int:
    """A headline's key, for who may change its quiz; 0 for nobody's.

    It is a headline of no issue then, and the service says so.
    """
    quiz_admin = model_admin.admin_site.get_model_admin(Quiz)
    may_change = issue.quiz and quiz_admin.has_change_permission(request, issue.quiz)
    return (read_number(key) or 0) if may_change else 0


# As a page ------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def _tray_page(request: HttpRequest, model_admin: Any, object_id: str) -> HttpResponse:
    """All rows at once, for who has no scripts or wants nothing else on the page."""
    issue = changeable_issue(model_admin, request, object_id)
    body = working_body(issue)
    rows, headlines = find_rows(issue, body), _headline_rows(issue)
    if request.method != "POST":
        return _show_tray(request, model_admin, issue, rows, headlines, [], 200)
    try:
        save_tray(
            issue=issue,
            by=signed_in(request),
            **_typed(request, model_admin, issue, rows, headlines),
        )
    except ConflictError:
        return _show_tray(
            request, model_admin, issue, rows, headlines, [MEANWHILE], 409
        )
    except ValidationError as error:
        return _show_tray(
            request, model_admin, issue, rows, headlines, error.messages, 422
        )
    model_admin.log_change(request, issue, "Links filled in.")
    messages.success(request, "The rows are saved.")
    left = len([row for row in find_rows(issue, working_body(issue)) if not row.waiver])
    name = "tray" if left or _headline_rows(issue) else "change"
    return redirect(f"admin:issues_issue_{name}", issue.pk)


def _typed(
    request: HttpRequest,
    model_admin: Any,
    issue: Issue,
    rows: list[Row],
    headlines: list[tuple[int, Row]],
) -> dict[str, Any]:
    """What was typed into the rows; rows left empty are not in it."""
    addresses: dict[str, list[str]] = {}
    reasons: dict[str, str] = {}
    for index in range(len(rows) + 50):
        key = request.POST.get(f"key-{index}")
        if key is None:
            continue
        typed = [u.strip() for u in request.POST.getlist(f"url-{index}") if u.strip()]
        reason = clean_text(request.POST.get(f"reason-{index}", "")).strip()
        if typed:
            addresses[key] = typed
        elif reason:
            reasons[key] = reason
    sources = {
        _changeable_headline(request, model_admin, issue, str(pk)): url
        for pk, _ in headlines
        if (url := request.POST.get(f"headline-{pk}", "").strip())
    }
    return {"addresses": addresses, "reasons": reasons, "sources": sources}


def _show_tray(
    request: HttpRequest,
    model_admin: Any,
    issue: Issue,
    rows: list[Row],
    headlines: list[tuple[int, Row]],
    problems: list[str],
    status: int,
) -> HttpResponse:
    def typed(name: str, index: int, word: int = 0) -> str:
        values = request.POST.getlist(f"{name}-{index}")
        return values[word] if word < len(values) else ""

    shown = [
        {
            "row": row,
            "fields": [(w, typed("url", i, n)) for n, w in enumerate(row.place.words)],
            "reason": typed("reason", i) or (row.waiver.reason if row.waiver else ""),
        }
        for i, row in enumerate(rows)
    ]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Links to fill",
        "opts": model_admin.opts,
        "original": issue,
        "issue": issue,
        "shown": shown,
        "headlines": [
            (pk, row, request.POST.get(f"headline-{pk}", "")) for pk, row in headlines
        ],
        "problems": problems,
    }
    return render(request, "admin/issues/issue/tray.html", context, status=status)
