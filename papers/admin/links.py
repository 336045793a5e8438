"""Links of papers at the desk: asked for many at once, and what they answered."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince

from papers.links import MOST_PAPERS, WAITING, ask_for
from papers.models import Paper, PaperLink
from superfast.common.admin import CheckedAddressAdmin
from superfast.common.checking import LinkState, Report
from superfast.common.text import read_numbers


class LinkActions(admin.ModelAdmin):
    """The action on the papers that are ticked."""

    @admin.action(description="Check links", permissions=["change"])
    def check_links(
        self, request: HttpRequest, queryset: QuerySet[Paper]
    ) -> HttpResponse | None:
        if not settings.FETCH_PAGES:
            reason = "Nothing was asked: this site asks no other (FETCH_PAGES is off)."
            self.message_user(request, reason, messages.ERROR)
            return None
        papers = list(queryset[: MOST_PAPERS + 1])
        if len(papers) > MOST_PAPERS:
            reason = f"Nothing was asked: tick {MOST_PAPERS} papers at most."
            self.message_user(request, reason, messages.ERROR)
            return None
        links = ask_for(papers)
        if not links:
            self.message_user(request, "None of these papers has a link.")
            return None
        waiting = links.filter(WAITING).count()
        report = Report()
        report.states.update(links.exclude(WAITING).values_list("state", flat=True))
        told = [f"{report.checked} asked: {report}."] if report.checked else []
        if waiting:
            told.append(
                f"{waiting} wait for the worker, which leaves each host alone for three "
                "seconds between two questions. Look again here."
            )
        self.message_user(request, " ".join(told))
        named = urlencode(
            {OfPapers.parameter_name: ",".join(str(paper.pk) for paper in papers)}
        )
        address = reverse("admin:papers_paperlink_changelist")
        return HttpResponseRedirect(f"{address}?{named}")


class OfPapers(admin.SimpleListFilter):
    """The papers that were ticked."""

    title = "papers"
    parameter_name = "papers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = self.value()
        return [(asked, "Those that were ticked")] if asked else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        keys = (self.value() or "").split(",")[:MOST_PAPERS]
        return queryset.filter(paper__in=read_numbers(keys))


@admin.register(PaperLink)
class PaperLinkAdmin(CheckedAddressAdmin):
    """What the addresses answered, broken ones first."""

    list_display = ("address", "name", "state_label", "answer", "checked", "of_paper")
    list_display_links = None
    list_filter = (OfPapers, "state")
    list_per_page = 100
    show_full_result_count = False
    fields = ("address", "name", "state_label", "answer", "checked", "of_paper")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaperLink]:
        """Of the papers that this person sees at the desk."""
        seen = self.admin_site.get_model_admin(Paper).get_queryset(request)
        papers = Paper.objects.filter(pk__in=seen.order_by().values("pk"))
        rows = super().get_queryset(request).filter(paper__in=papers)
        return rows.select_related("paper")

    @admin.display(description="answer")
    def answer(self, obj: PaperLink) -> str:
        if obj.state == LinkState.REFUSED:
            return f"{obj.status_code}: it may answer people. Open it yourself."
        return super().answer(obj)

    @admin.display(description="asked", ordering="checked_at")
    def checked(self, obj: PaperLink) -> str:
        if obj.checked_at is None or obj.checked_at < obj.asked_for_at:
            return f"waits since {obj.asked_for_at:%H:%M} UTC"
        return f"{timesince(obj.checked_at)} ago"

    @admin.display(description="paper", ordering="paper__title_key")
    def of_paper(self, obj: PaperLink) -> Any:
        address = reverse("admin:papers_paper_change", args=[obj.paper_id])
        return format_html('<a href="{}">{}</a>', address, obj.paper)
