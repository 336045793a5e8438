"""Nothing that is typed is lost: autosaves, who else is there, and whose text stands."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from issues.admin.access import changeable_issue, require_writing
from issues.admin.pages import desk_page
from issues.forms import AutosaveForm, IssueForm, PresenceForm, TextForm
from issues.models import Image, Issue, Revision, Text
from issues.models.revisions import name_of
from issues.services import autosave, begin_issue, set_aside
from issues.services.presence import be_absent, be_present
from quiz.models import Quiz
from superfast.common.admin import signed_in
from superfast.common.difference import compare, merge
from superfast.common.http import private_page

WORDS = ("title", "dek", "body")
TYPED = (*WORDS, "slug", "cover", "quiz")
_OURS = {*TYPED, "base", "tab", "csrfmiddlewaretoken", "_save", "_continue"}
_OURS |= {"_addanother", "_publish", "_schedule", "_changes"}


def urls(model_admin: Any) -> list[URLPattern]:
    def wrap(view: Callable[..., HttpResponse]) -> Any:
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(model_admin, request, *args, **kwargs)

        return model_admin.admin_site.admin_view(private_page(wrapped))

    return [
        path("autosave/", wrap(begin), name="issues_issue_begin"),
        path("compare/", wrap(compare_texts), name="issues_issue_compare"),
        path("<path:object_id>/autosave/", wrap(keep), name="issues_issue_autosave"),
        path(
            "<path:object_id>/presence/", wrap(presence), name="issues_issue_presence"
        ),
    ]


# Autosaves ------------------------------------------------------------------


def begin(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The first autosave of a new issue makes the draft; reading gives a new form token."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    return _begin(request, model_admin)


@require_http_methods(["GET", "HEAD", "POST"])
def _begin(request: HttpRequest, model_admin: Any) -> HttpResponse:
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    form = AutosaveForm(request.POST)
    if not form.is_valid():
        return _refused(form.errors)
    by = signed_in(request)
    text = typed_text(model_admin, request, form.cleaned_data, None)
    try:
        issue = begin_issue(text=text, by=by, tab=form.cleaned_data["tab"])
    except ValidationError as error:
        return _refused({"text": error.messages})
    model_admin.log_addition(request, issue, [{"added": {}}])
    address = reverse("admin:issues_issue_change", args=[issue.pk])
    answer = _stored(issue.working_revision) | {"address": address, "slug": issue.slug}
    return JsonResponse(answer | addresses(issue), status=201)


def keep(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _keep(
        request, model_admin, changeable_issue(model_admin, request, object_id)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def _keep(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    form = AutosaveForm(request.POST)
    if not form.is_valid():
        return _refused(form.errors)
    data = form.cleaned_data
    kept = autosave(
        issue=issue,
        text=typed_text(model_admin, request, data, issue),
        base=data["base"],
        by=signed_in(request),
        tab=data["tab"],
    )
    if kept.newer is not None:
        return JsonResponse({"conflict": kept.sentence}, status=409)
    return JsonResponse(_stored(kept.revision))


def _stored(revision: Revision | None) -> dict[str, Any]:
    if revision is None:
        return {}
    return {"base": revision.pk, "saved_at": revision.saved_at.isoformat()}


def _refused(errors: Any) -> HttpResponse:
    return JsonResponse({"errors": errors}, status=422)


def typed_text(
    model_admin: Any, request: HttpRequest, data: dict[str, Any], issue: Issue | None
) -> Text:
    """The posted text; quiz and cover only as far as this person sees them."""
    unsaved = model_admin.unsaved_issue(request, {**data, "publish_at": None})
    unsaved.slug = data["slug"]
    if issue is not None:
        # What stands there already stays, whoever made it.
        for name in ("cover", "quiz"):
            if data[name] == getattr(issue, f"{name}_id"):
                setattr(unsaved, f"{name}_id", data[name])
    return Text.of(unsaved)


def addresses(issue: Issue | None) -> dict[str, str]:
    """Where the form of an issue (or of a new one) sends what is typed."""
    if issue is None or issue.pk is None:
        return {"autosave": reverse("admin:issues_issue_begin"), "presence": ""}
    return {
        name: reverse(f"admin:issues_issue_{name}", args=[issue.pk])
        for name in ("autosave", "presence")
    }


# Presence -------------------------------------------------------------------


def presence(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    return _presence(request, changeable_issue(model_admin, request, object_id))


@require_POST
def _presence(request: HttpRequest, issue: Issue) -> HttpResponse:
    form = PresenceForm(request.POST)
    if not form.is_valid():
        return _refused(form.errors)
    data, by = form.cleaned_data, signed_in(request)
    if data["leaves"]:
        be_absent(issue=issue, by=by, tab=data["tab"])
        return JsonResponse({})
    others = be_present(issue=issue, by=by, tab=data["tab"], base=data["base"])
    newest = issue.working_revision
    return JsonResponse({"others": others, "newest": newest.pk if newest else None})


# Comparing ------------------------------------------------------------------


def compare_texts(model_admin: admin.ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The difference between the form's text and a local copy; neither is stored."""
    require_writing(model_admin, request)
    return _compare(request)


@require_POST
def _compare(request: HttpRequest) -> HttpResponse:
    new = TextForm(request.POST)
    old = TextForm({name: request.POST.get(f"old_{name}", "") for name in WORDS})
    if not (new.is_valid() and old.is_valid()):
        return _refused({**new.errors, **old.errors})
    texts = [
        Issue(**{n: form.cleaned_data[n] for n in WORDS}).text for form in (old, new)
    ]
    known = Revision.objects.filter(
        saved_by=signed_in(request),
        title=texts[1].title,
        dek=texts[1].dek,
        body=texts[1].body.strip(),
    )
    fields = differences(*texts)
    html = render_to_string("admin/_differences.html", {"fields": fields})
    return JsonResponse({"known": known.exists(), "html": html})


def differences(old: Text, new: Text) -> list[dict[str, Any]]:
    """What differs between two texts, field by field, for `_differences.html`."""
    rows = [
        {"label": label, "difference": compare(getattr(old, name), getattr(new, name))}
        for name, label in zip(WORDS, ("Title", "Dek", "Text"), strict=True)
    ]
    rows[1:1] = [{"label": "Slug", "old": old.slug, "new": new.slug}]
    for name, label in (("cover_id", "Cover"), ("quiz_id", "Quiz")):
        pair = getattr(old, name), getattr(new, name)
        if pair[0] != pair[1]:
            before, after = (_named(name, key) for key in pair)
            rows.append({"label": label, "old": before, "new": after})
    return [
        row for row in rows if row.get("difference") or row.get("old") != row.get("new")
    ]


def _named(name: str, key: int | None) -> str:
    if key is None:
        return "none"
    rows: QuerySet[Any] = (Quiz if name == "quiz_id" else Image).objects.all()
    row = rows.filter(pk=key).first()
    return str(row) if row else "one that is gone"


# Conflicts ------------------------------------------------------------------


def conflict_page(
    model_admin: Any, request: HttpRequest, form: IssueForm
) -> HttpResponse:
    """Both texts side by side, and what each of them may become; neither is lost."""
    theirs, issue = form.conflict, Issue.objects.get(pk=form.instance.pk)
    if theirs is None:
        raise ValueError("There is no conflict.")
    by, data = signed_in(request), form.cleaned_data
    mine = form.typed_text(data)
    aside = set_aside(issue=issue, text=mine, by=by, tab=data.get("tab", ""))
    base = issue.revisions.filter(pk=data["base"]).first()
    name = "you, in another tab" if theirs.saved_by == by else name_of(theirs.saved_by)
    return desk_page(
        model_admin,
        request,
        "conflict.html",
        title="Two texts of one issue",
        issue=issue,
        status=409,
        mine=mine,
        theirs=theirs,
        their_name=name,
        aside=aside,
        mine_fields=differences(base.text, mine) if base else [],
        their_fields=differences(base.text, theirs.text) if base else [],
        between=differences(theirs.text, mine),
        merged=merged_text(base.text, mine, theirs.text, name) if base else None,
        tab=data.get("tab", ""),
        carried=[
            (key, value)
            for key, values in request.POST.lists()
            if key not in _OURS
            for value in values
        ],
    )


def merged_text(base: Text, mine: Text, theirs: Text, name: str) -> dict[str, Any]:
    """The two in one: each field from who changed it, the text sentence by sentence."""
    values: dict[str, Any] = {}
    for key in ("title", "slug", "dek", "cover_id", "quiz_id"):
        own, other = getattr(mine, key), getattr(theirs, key)
        values[key] = other if own == getattr(base, key) else own
    body = merge(base.body, mine.body, theirs.body, names=("yours", name))
    return {"text": Text(body=body.text, **values), "conflicts": body.conflicts}
