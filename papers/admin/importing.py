"""The desk's page of imports: a file in, the dry run looked at, applied, undone."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from papers.citing import bibtex
from papers.importing import batches
from papers.importing.planning import label
from papers.importing.undoing import start_undoing
from papers.models import Catalogue, ImportBatch, ImportRow, Outcome
from superfast.common.admin import RecordAdmin
from superfast.common.paging import page_number
from superfast.common.text import read_number, read_numbers

PER_PAGE = 200
_DONE = {"apply": "Applied.", "cancel": "Cancelled.", "undo": "Taken back."}


class ImportForm(forms.Form):
    """A file or pasted text, and where its papers go."""

    catalogue = forms.ModelChoiceField(Catalogue.objects.all())
    file = forms.FileField(
        required=False, help_text="BibTeX, RIS, CSL-JSON, CSV, JSON; up to 20 MB."
    )
    paste = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
        help_text="The same, or arXiv ids and DOIs, one a line.",
    )
    new_topics = forms.BooleanField(
        required=False, help_text="Make topics that a table of ours names and we lack."
    )
    publish = forms.BooleanField(
        required=False, help_text="Readers see new papers at once. Otherwise drafts."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("file")) == bool((data.get("paste") or "").strip()):
            raise ValidationError("Choose a file or paste text: one of the two.")
        return data

    @property
    def content(self) -> bytes:
        """What was sent."""
        file = self.cleaned_data["file"]
        text = self.cleaned_data["paste"]
        return bytes(file.read() if file else text.encode())


@admin.register(ImportBatch)
class ImportBatchAdmin(RecordAdmin):
    list_display = ("__str__", "catalogue", "state", "created_by", "created_at")
    list_filter = ("state", "catalogue")
    list_select_related = ("catalogue", "created_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(
            ["papers.add_importbatch", "papers.publish_paper"]
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            form = ImportForm(request.POST, request.FILES)
            if form.is_valid():
                try:
                    return self._start(request, form)
                except ValidationError as error:
                    form.add_error(None, error)
        else:
            form = ImportForm(initial=self._initial(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Import papers",
            "form": form,
        }
        status = 422 if form.is_bound else 200
        return render(request, "admin/papers/import_add.html", context, status=status)

    def _start(self, request: HttpRequest, form: ImportForm) -> HttpResponse:
        data = form.cleaned_data
        batch = batches.create_batch(
            catalogue=data["catalogue"],
            by=request.user,
            data=form.content,
            name=data["file"].name[:200] if data["file"] else "",
            new_topics=data["new_topics"],
            publish=data["publish"],
        )
        batches.start_reading(batch)
        self.log_addition(request, batch, "Begun.")
        return HttpResponseRedirect(_address(batch))

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        """The first catalogue; with `from`, the ids that could not be fetched, to be filled."""
        number = read_number(request.GET.get("from", ""), digits=9)
        initial: dict[str, Any] = {"catalogue": Catalogue.objects.first()}
        if number is not None:
            rows = ImportRow.objects.filter(batch=number, outcome="doubtful")
            initial["paste"] = "\n".join(
                bibtex.skeleton(row.entry.get("values", {})) for row in rows[:100]
            )
        return initial

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        found = ImportBatch.objects.select_related("catalogue", "applied_by").defer(
            "content"
        )
        batch = get_object_or_404(found, pk=read_number(object_id, digits=9) or 0)
        if request.method == "POST":
            self._act(request, batch)
            return HttpResponseRedirect(request.get_full_path())
        return self._show(request, batch)

    def _act(self, request: HttpRequest, batch: ImportBatch) -> None:
        if batch.state == ImportBatch.State.READY:
            shown = read_numbers(request.POST.getlist("shown"), digits=9)
            batches.tick(
                batch, read_numbers(request.POST.getlist("row"), digits=9), among=shown
            )
        asked = request.POST.get("do")
        try:
            match asked:
                case "apply":
                    batches.start_applying(batch, by=request.user)
                case "cancel":
                    batches.cancel_batch(batch)
                case "undo":
                    start_undoing(batch, by=request.user)
                case _:
                    return
        except ValidationError as error:
            self.message_user(request, error.messages[0], messages.ERROR)
        else:
            self.log_change(request, batch, _DONE[asked])

    def _show(self, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
        rows = batch.rows.select_related("paper__catalogue").order_by("place")
        outcome = request.GET.get("outcome", "")
        if outcome in Outcome.values:
            rows = rows.filter(outcome=outcome)
        elif outcome in batches.LEFT:
            rows = rows.filter(fate=outcome)
        page = page_number(request, Paginator(rows, PER_PAGE))
        counts = batches.count_outcomes(batch)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(batch),
            "batch": batch,
            "counts": [(Outcome(name), number) for name, number in counts.items()],
            "left": batches.count_left(batch),
            "total": sum(counts.values()),
            "outcome": outcome,
            "page": page,
            "rows": [(row, _changes(row)) for row in page.object_list],
            "share": batch.done * 100 // max(1, batch.total),
        }
        return render(request, "admin/papers/import.html", context)


def _changes(row: ImportRow) -> list[tuple[str, str, str]]:
    """What the paper is and would be, or was and is; nothing of a doubt that made one."""
    made = (ImportRow.Fate.APPLIED, ImportRow.Fate.UNDONE, ImportRow.Fate.KEPT)
    if row.outcome == Outcome.DOUBTFUL and row.fate in made:
        return []
    return [
        (label(name), _shown(old), _shown(new))
        for name, (old, new) in row.changes.items()
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _address(batch: ImportBatch) -> str:
    return reverse("admin:papers_importbatch_change", args=[batch.pk])
