"""Two that may be one, side by side: papers field by field, and authors."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from papers import merging
from papers.importing.planning import label
from papers.models import Author, Paper
from superfast.common.admin import note_changes
from superfast.common.http import private_page
from superfast.common.text import read_numbers

MOST_SHOWN = 200


def paper_urls(model_admin: Any) -> list[URLPattern]:
    """The list of likely duplicates, and the screen of one pair."""
    view = model_admin.admin_site.admin_view

    @private_page
    @require_http_methods(["GET", "HEAD"])
    def pairs(request: HttpRequest) -> HttpResponse:
        _require_editor(model_admin, request)
        return _pairs(model_admin, request)

    @private_page
    @require_http_methods(["GET", "HEAD", "POST"])
    def pair(request: HttpRequest, first: int, second: int) -> HttpResponse:
        _require_editor(model_admin, request)
        return _pair(model_admin, request, first, second)

    return [
        path("duplicates/", view(pairs), name="papers_paper_duplicates"),
        path("pair/<int:first>/<int:second>/", view(pair), name="papers_paper_pair"),
    ]


def _require_editor(model_admin: Any, request: HttpRequest) -> None:
    if not model_admin.may_publish(request):
        raise PermissionDenied


def _pairs(model_admin: Any, request: HttpRequest) -> HttpResponse:
    found = list(merging.find_pairs())
    shown = found[:MOST_SHOWN]
    papers = Paper.objects.in_bulk({pk for one, two, _ in shown for pk in (one, two)})
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Likely duplicates",
        "pairs": [(papers[one], papers[two], why) for one, two, why in shown],
        "more": len(found) - len(shown),
    }
    return render(request, "admin/papers/duplicates.html", context)


def _pair(
    model_admin: Any, request: HttpRequest, first: int, second: int
) -> HttpResponse:
    papers = Paper.objects.for_export()
    one, two = get_object_or_404(papers, pk=first), get_object_or_404(papers, pk=second)
    if request.method == "POST":
        try:
            done = _decide(model_admin, request, one, two)
        except ValidationError as error:
            model_admin.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(request.path)
        if done:
            model_admin.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:papers_paper_duplicates"))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "One paper or two?",
        "one": one,
        "two": two,
        "fields": list(_fields(one, two)),
    }
    return render(request, "admin/papers/pair.html", context)


def _fields(one: Paper, two: Paper) -> Any:
    """Name, label, both values, and whether the second fills what the first lacks."""
    for name in merging.CHOICES:
        a, b = _shown(one, name), _shown(two, name)
        if a or b:
            yield name, label(name), a, b, a == b, not a


def _shown(paper: Paper, name: str) -> str:
    if name == "authors":
        return "; ".join(row.name for row in paper.authors)
    value = getattr(paper, name)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _decide(model_admin: Any, request: HttpRequest, one: Paper, two: Paper) -> str:
    """What was done, as a sentence; empty where nothing was asked for."""
    if request.POST.get("do") == "apart":
        merging.keep_apart(one=one, other=two, by=request.user)
        model_admin.log_change(request, one, f"Is not one with paper {two.pk}.")
        return "They are two papers: nobody is asked about them again."
    if request.POST.get("do") != "merge" or one.pk == two.pk:
        return ""
    keep, lose = (two, one) if request.POST.get("keep") == "two" else (one, two)
    side = "one" if keep is two else "two"
    taken = [name for name in merging.CHOICES if request.POST.get(name) == side]
    title, key = str(lose), lose.pk
    merging.merge_papers(keep=keep, lose=lose, taken=taken, by=request.user)
    note_changes(request, {"merged": [f"{key}: {title}", f"{keep.pk}: {keep}"]})
    model_admin.log_change(request, keep, f"Merged with paper {key}.")
    return f"“{title}” is merged; its address leads to {keep.get_absolute_url()}."


def author_urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The screen that parts an author into two."""
    view = model_admin.admin_site.admin_view

    @private_page
    @require_http_methods(["GET", "HEAD", "POST"])
    def split(request: HttpRequest, author_id: int) -> HttpResponse:
        author = get_object_or_404(Author, pk=author_id)
        if not model_admin.has_change_permission(request, author):
            raise PermissionDenied
        return _split(model_admin, request, author)

    return [path("<int:author_id>/split/", view(split), name="papers_author_split")]


def _split(
    model_admin: admin.ModelAdmin, request: HttpRequest, author: Author
) -> HttpResponse:
    if request.method == "POST":
        chosen = read_numbers(request.POST.getlist("paper"), digits=9)
        try:
            other = merging.split_author(author=author, papers=chosen, by=request.user)
        except ValidationError as error:
            model_admin.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(request.path)
        moved = "; ".join(str(paper) for paper in Paper.objects.filter(pk__in=chosen))
        note_changes(request, {"papers": [str(author), f"{other.pk}: {moved}"]})
        model_admin.log_change(request, author, "Parted into two.")
        model_admin.message_user(request, f"{other} is an author of their own now.")
        return HttpResponseRedirect(
            reverse("admin:papers_author_change", args=[other.pk])
        )
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"Part {author} into two",
        "author": author,
        "papers": Paper.objects.filter(authorships__author=author).order_by(
            "title_key"
        ),
    }
    return render(request, "admin/papers/split.html", context)


def merge_action(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Author]
) -> HttpResponse | None:
    """Asks which name stays, then merges the others into it."""
    authors = list(queryset.order_by("pk")[:21])
    if not 2 <= len(authors) <= 20:
        model_admin.message_user(
            request, "Choose two to twenty authors to merge.", messages.ERROR
        )
        return None
    keep = next((a for a in authors if str(a.pk) == request.POST.get("keep")), None)
    if keep is None:
        context = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": "Merge authors: which name stays?",
            "authors": authors,
        }
        return render(request, "admin/papers/merge_authors.html", context)
    for lose in authors:
        if lose.pk == keep.pk:
            continue
        name, key = str(lose), lose.pk
        try:
            merging.merge_authors(keep=keep, lose=lose, by=request.user)
        except ValidationError as error:
            model_admin.message_user(
                request, f"{name}: {error.messages[0]}", messages.ERROR
            )
        else:
            note_changes(request, {"merged": [f"{key}: {name}", f"{keep.pk}: {keep}"]})
            model_admin.log_change(request, keep, f"Merged with author {key}.")
            model_admin.message_user(
                request, f"{name} is now {keep}.", messages.SUCCESS
            )
    return None
