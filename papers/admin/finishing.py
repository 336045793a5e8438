"""What is still to do in the catalogue, and doing it to many papers at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from papers import history, services
from papers.citing.entry import entries
from papers.citing.formats import ALL, FULL_JSON
from papers.exports import export_response
from papers.finishing import TO_DO
from papers.models import (
    Catalogue,
    Paper,
    PaperRevision,
    Placement,
    Topic,
)


class ToFinish(admin.SimpleListFilter):
    """Papers that lack something, whoever sees them."""

    title = "to finish"
    parameter_name = "to_finish"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in TO_DO.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = TO_DO.get(self.value() or "")
        return queryset.filter(known[1]) if known else queryset


class ChoiceForm(forms.Form):
    """Which topic, or which catalogue, an action on many papers is about."""

    chosen = forms.ModelChoiceField(Topic.objects.all())

    def __init__(self, model: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["chosen"]
        field.queryset = model.objects.all()
        field.label = model._meta.verbose_name.capitalize()


class FinishingActions(admin.ModelAdmin):
    """Actions on the papers that are ticked; each change is kept in their history."""

    @admin.action(description="Mark as checked by me", permissions=["publish"])
    def mark_checked(self, request: HttpRequest, queryset: QuerySet[Paper]) -> None:
        with transaction.atomic(), self._kept(request, queryset, "Checked.") as papers:
            Paper.objects.filter(pk__in=papers).update(
                checked_at=timezone.now(), checked_by=request.user
            )
        self.message_user(request, f"{len(papers)} checked.", messages.SUCCESS)

    @admin.action(description="Make highlights", permissions=["publish"])
    def highlight(self, request: HttpRequest, queryset: QuerySet[Paper]) -> None:
        asked = _keys(queryset)
        fit = Paper.objects.filter(pk__in=asked).exclude(takeaway="")
        missing = len(asked) - self._set(request, fit, is_highlight=True)
        if missing:
            self.message_user(
                request,
                f"{missing} without a takeaway: a highlight needs one.",
                messages.WARNING,
            )

    @admin.action(description="No longer highlights", permissions=["publish"])
    def unhighlight(self, request: HttpRequest, queryset: QuerySet[Paper]) -> None:
        self._set(request, queryset, is_highlight=False)

    @admin.action(description="Add a topic…", permissions=["publish"])
    def add_topic(
        self, request: HttpRequest, queryset: QuerySet[Paper]
    ) -> HttpResponse | None:
        form = _choice(request, Topic)
        if not form.is_valid():
            return self._ask(request, form, queryset, "Add a topic to papers")
        topic = form.cleaned_data["chosen"]
        done = f"Topic added: {topic}."
        with transaction.atomic(), self._kept(request, queryset, done) as papers:
            topic.papers.add(*papers)
        self._done(request, len(papers))
        return None

    @admin.action(description="Show in a further catalogue…", permissions=["publish"])
    def add_catalogue(
        self, request: HttpRequest, queryset: QuerySet[Paper]
    ) -> HttpResponse | None:
        form = _choice(request, Catalogue)
        if not form.is_valid():
            title = "Show papers in a further catalogue"
            return self._ask(request, form, queryset, title)
        catalogue = form.cleaned_data["chosen"]
        others = queryset.exclude(catalogue=catalogue)
        done = f"Shown in a further catalogue: {catalogue}."
        with transaction.atomic(), self._kept(request, others, done) as papers:
            Placement.objects.bulk_create(
                [Placement(catalogue=catalogue, paper_id=pk) for pk in papers],
                ignore_conflicts=True,
            )
        self._done(request, len(papers))
        return None

    @admin.action(description="Export as CSV")
    def export_csv(
        self, request: HttpRequest, queryset: QuerySet[Paper]
    ) -> StreamingHttpResponse:
        return _export("csv", queryset)

    @admin.action(description="Export as BibTeX")
    def export_bib(
        self, request: HttpRequest, queryset: QuerySet[Paper]
    ) -> StreamingHttpResponse:
        return _export("bib", queryset)

    @admin.action(description="Export as JSON, everything")
    def export_json(
        self, request: HttpRequest, queryset: QuerySet[Paper]
    ) -> StreamingHttpResponse:
        return _export(FULL_JSON.suffix, queryset)

    def _set(
        self, request: HttpRequest, queryset: QuerySet[Paper], **values: bool
    ) -> int:
        done = (
            "Made a highlight." if values["is_highlight"] else "No longer a highlight."
        )
        with transaction.atomic(), self._kept(request, queryset, done) as papers:
            changed = Paper.objects.filter(pk__in=papers)
            changed.update(**values, updated_at=timezone.now())
        self._done(request, len(papers))
        return len(papers)

    @contextmanager
    def _kept(
        self, request: HttpRequest, papers: QuerySet[Paper], done: str
    ) -> Iterator[list[int]]:
        """The keys of papers whose state is kept before and after a change, and logged."""
        keys = _keys(papers)
        history.keep_first(keys)
        yield keys
        history.keep(keys, PaperRevision.Verb.QUICK, request.user)
        changed = Paper.objects.filter(pk__in=keys)
        services.refresh_search(changed)
        for paper in changed:
            self.log_change(request, paper, done)

    def _done(self, request: HttpRequest, count: int) -> None:
        self.message_user(request, f"{count} changed.", messages.SUCCESS)

    def _ask(
        self,
        request: HttpRequest,
        form: ChoiceForm,
        queryset: QuerySet[Paper],
        title: str,
    ) -> HttpResponse:
        """The page that asks which one, and sends the same action again."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "count": queryset.count(),
            "sent": [
                (name, value)
                for name in ("action", "select_across", "_selected_action")
                for value in request.POST.getlist(name)
            ],
        }
        return render(request, "admin/papers/choose.html", context)


def _choice(request: HttpRequest, model: Any) -> ChoiceForm:
    """Bound where something was chosen: the first time nobody has been asked."""
    return ChoiceForm(model, request.POST if "chosen" in request.POST else None)


def _keys(papers: QuerySet[Paper]) -> list[int]:
    return list(papers.order_by("pk").values_list("pk", flat=True))


def _export(suffix: str, queryset: QuerySet[Paper]) -> StreamingHttpResponse:
    papers = Paper.objects.filter(pk__in=_keys(queryset)).order_by("position", "pk")
    return export_response(ALL[suffix], entries(papers), "papers")
