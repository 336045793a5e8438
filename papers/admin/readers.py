"""What readers reported, and the papers that editors lead them on to."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from papers.forms import PaperPartForm
from papers.models import MistakeReport, Paper, RelatedPaper
from superfast.common.admin import Autocompleting
from superfast.common.meanwhile import MeanwhileRows
from superfast.common.publishing import published_q


class PickForm(PaperPartForm):
    """One pick; what stands there already stays, whoever sees that paper."""

    called = "related paper"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset |= Paper.objects.filter(pk=self.instance.other_id)


class PickFormSet(MeanwhileRows):
    """An editor's picks for one paper: others, each once."""

    def clean(self) -> None:
        super().clean()
        seen = {self.instance.pk}
        for form in self.forms:
            other = form.instance.other_id
            if other is None or form.cleaned_data.get("DELETE"):
                continue
            if other == self.instance.pk:
                raise ValidationError("A paper is not related to itself.")
            if other in seen:
                raise ValidationError("A paper stands twice among the related ones.")
            seen.add(other)
        kept = [form.instance.pk for form in self.forms if form.instance.pk]
        picks = RelatedPaper.objects.filter(paper=self.instance.pk, is_pick=True)
        if picks.filter(other__in=seen).exclude(pk__in=kept).exists():
            # Somebody else has picked it while this form was open.
            raise ValidationError("That paper is among the picked ones already.")


class RelatedPaperInline(Autocompleting, admin.TabularInline):
    model = RelatedPaper
    form = PickForm
    formset = PickFormSet
    fk_name = "paper"
    fields = ("other", "position")
    autocomplete_fields = ("other",)
    extra = 0
    verbose_name = "related paper"
    verbose_name_plural = "related papers, picked (others like it follow by themselves)"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RelatedPaper]:
        rows = super().get_queryset(request).filter(is_pick=True)
        return rows.select_related("other")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Papers that readers see, and those that this person sees at the desk."""
        if db_field.name == "other":
            seen = self.admin_site.get_model_admin(Paper).get_queryset(request)
            mine = Q(pk__in=seen.order_by().values("pk"))
            kwargs["queryset"] = Paper.objects.filter(published_q() | mine)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class SettledFilter(admin.SimpleListFilter):
    """What waits first: the list is a queue."""

    title = "state"
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("1", "Settled"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        waiting, *others = super().choices(changelist)
        return [{**waiting, "display": "Waiting"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(settled_at__isnull=self.value() != "1")


@admin.register(MistakeReport)
class MistakeReportAdmin(admin.ModelAdmin):
    list_display = ("text", "paper_link", "reported_at", "settled_at", "settled_by")
    list_filter = (SettledFilter,)
    list_select_related = ("paper__catalogue", "settled_by")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("text", "paper__title")
    fields = ("paper_link", "text", "reported_at", "note", "settled_at", "settled_by")
    readonly_fields = ("paper_link", "text", "reported_at", "settled_at", "settled_by")
    actions = ("settle", "reopen")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="paper", ordering="paper__title_key")
    def paper_link(self, obj: MistakeReport) -> str:
        address = reverse("admin:papers_paper_change", args=[obj.paper_id])
        return format_html('<a href="{}">{}</a>', address, obj.paper)

    @admin.action(description="Settle", permissions=["change"])
    def settle(self, request: HttpRequest, queryset: QuerySet[MistakeReport]) -> None:
        count = self._set(
            request, queryset.filter(settled_at=None), "Settled.",
            settled_at=timezone.now(), settled_by=request.user,
        )  # fmt: skip
        self.message_user(request, f"{count} settled.")

    @admin.action(description="Put back into the queue", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[MistakeReport]) -> None:
        count = self._set(
            request, queryset.exclude(settled_at=None), "Put back into the queue.",
            settled_at=None, settled_by=None,
        )  # fmt: skip
        self.message_user(request, f"{count} back in the queue.")

    @transaction.atomic
    def _set(
        self,
        request: HttpRequest,
        queryset: QuerySet[MistakeReport],
        done: str,
        **values: Any,
    ) -> int:
        """The reports hold these values, each with its line in the log."""
        reports = list(queryset.select_for_update(of=("self",)))
        MistakeReport.objects.filter(pk__in=[r.pk for r in reports]).update(**values)
        for report in reports:
            self.log_change(request, report, done)
        return len(reports)
