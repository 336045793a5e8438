from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html

from papers import history, links, services
from papers.admin import duplicates
from papers.admin import history as revisions
from papers.admin.finishing import FinishingActions, ToFinish
from papers.admin.links import LinkActions
from papers.admin.quick import QuickEdit, QuickForm, with_topic_names
from papers.admin.readers import RelatedPaperInline
from papers.fields import fold_key
from papers.forms import AuthorshipForm, AuthorshipFormSet, PaperForm, PaperPartForm
from papers.merging import keep_name, likely_duplicate, ordered
from papers.models import (
    Author,
    AuthorAlias,
    Authorship,
    Catalogue,
    Paper,
    PaperRevision,
    Placement,
    Topic,
)
from superfast.common.admin import Autocompleting, PublishableAdmin, StatusFilter
from superfast.common.meanwhile import MeanwhileAdmin, MeanwhileForm, MeanwhileRows
from superfast.common.tasks import enqueue
from superfast.search.admin import IndexedSearch
from superfast.search.documents import Kind


class AuthorshipInline(Autocompleting, admin.TabularInline):
    model = Authorship
    form = AuthorshipForm
    formset = AuthorshipFormSet
    fields = ("place", "author", "credited_as")
    autocomplete_fields = ("author",)
    extra = 1
    verbose_name_plural = "authors, in order"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorship]:
        return super().get_queryset(request).select_related("author")


class PlacementForm(PaperPartForm):
    called = "further catalogue"


class PlacementInline(admin.TabularInline):
    model = Placement
    form = PlacementForm
    formset = MeanwhileRows
    fields = ("catalogue", "position")
    extra = 0
    verbose_name = "further catalogue"
    verbose_name_plural = "further catalogues that show it"


class AliasForm(MeanwhileForm):
    called = "alias"

    @property
    def whole(self) -> Any:
        return self.instance.author


class AliasInline(admin.TabularInline):
    model = AuthorAlias
    form = AliasForm
    formset = MeanwhileRows
    fields = ("name",)
    extra = 0


@admin.register(Paper)
class PaperAdmin(
    FinishingActions,
    LinkActions,
    QuickEdit,
    IndexedSearch,
    MeanwhileAdmin,
    PublishableAdmin,
):
    form = PaperForm
    inlines = (AuthorshipInline, PlacementInline, RelatedPaperInline)
    list_display = (
        "title",
        "byline",
        "topic_names",
        "is_highlight",
        "takeaway",
        "position",
        "status_label",
        "catalogue",
    )
    list_filter = (StatusFilter, ToFinish, "catalogue", "is_highlight")
    actions = (
        *PublishableAdmin.actions,
        "mark_checked",
        "highlight",
        "unhighlight",
        "add_topic",
        "add_catalogue",
        "check_links",
        "export_csv",
        "export_bib",
        "export_json",
    )
    list_select_related = ("catalogue",)
    list_per_page = 50
    search_kind = Kind.PAPER
    search_help_text = (
        "Words of title, abstract, authors, venue or topics; arXiv id or DOI."
    )
    autocomplete_fields = ("topics",)
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("catalogue", "title", "slug")}),
        (
            "What to take away",
            {"fields": ("takeaway", "is_highlight", "topics", "position")},
        ),
        (
            "Where and when it appeared",
            {
                "fields": (
                    "year",
                    "first_posted",
                    "kind",
                    "venue",
                    "venue_name",
                    "presentation",
                    "award",
                    ("volume", "number", "pages", "publisher"),
                    "authors_complete",
                )
            },
        ),
        (
            "What it is known by",
            {
                "fields": (
                    "arxiv_id",
                    ("arxiv_version", "arxiv_class"),
                    "doi",
                    "cite_key",
                )
            },
        ),
        (
            "Where to find it",
            {
                "fields": (
                    "url",
                    "pdf_url",
                    ("code_url", "code_origin"),
                    "project_url",
                    "video_url",
                    "slides_url",
                    "demo_url",
                )
            },
        ),
        (
            "Abstract",
            {"fields": ("abstract", "abstract_source"), "classes": ("collapse",)},
        ),
        ("Publication", {"fields": ("publish_at", "withdrawn_at")}),
    )

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "catalogue" and field is not None:
            # A cross beside a choice would be taken for the end of the choice alone.
            field.widget.can_delete_related = False
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        rows: Any = super().get_queryset(request)
        named: QuerySet[Paper] = with_topic_names(rows.with_byline())
        return named

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # Most papers go into the first list, and are of its year.
        first = Catalogue.objects.first()
        usual = {"catalogue": first.pk, "year": first.year} if first else {}
        return {**usual, **super().get_changeform_initial_data(request)}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # An address that readers know does not follow a change of the title.
        return {} if obj else self.prepopulated_fields

    @admin.display(description="authors", ordering="first_author")
    def byline(self, obj: Paper) -> str:
        return " · ".join(filter(None, (obj.byline, obj.venue)))

    def view_on_site(self, obj: Paper) -> str | None:
        return obj.get_absolute_url() if obj.is_published() else None

    def save_model(
        self, request: HttpRequest, obj: Paper, form: Any, change: bool
    ) -> None:
        if change:
            history.keep_first([obj.pk])
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        pk, is_quick = form.instance.pk, isinstance(form, QuickForm)
        verb = PaperRevision.Verb.QUICK if is_quick else PaperRevision.Verb.SAVE
        history.keep([pk], verb, request.user)
        services.refresh_search(Paper.objects.filter(pk=pk))
        if not is_quick or {"topic_names", "takeaway"} & {*form.changed_data}:
            enqueue("papers.related.relate_paper", pk)
        if not is_quick:
            links.forget_former(form.instance)
            self._warn(request, form.instance)

    def _warn(self, request: HttpRequest, paper: Paper) -> None:
        """Says that another paper looks like this one; the editor decides."""
        match = likely_duplicate(paper)
        if match and match.work.paper and self.may_publish(request):
            address = reverse(
                "admin:papers_paper_pair", args=ordered(paper.pk, match.work.paper)
            )
            text = f"This may be {match.work.label}, which we have. {match.doubt}"
            link = format_html('{} <a href="{}">Compare the two.</a>', text, address)
            self.message_user(request, link, messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        return [
            *duplicates.paper_urls(self),
            *revisions.urls(self),
            *super().get_urls(),
        ]

    def publish_row(self, request: HttpRequest, obj: Paper) -> None:
        services.publish_paper(paper=obj)

    def withdraw_row(self, request: HttpRequest, obj: Paper) -> None:
        services.withdraw_paper(paper=obj)

    def delete_model(self, request: HttpRequest, obj: Paper) -> None:
        services.delete_papers(Paper.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Paper]) -> None:
        services.delete_papers(queryset)


class NamedInPapersAdmin(MeanwhileAdmin):
    """Rows that papers name: a change of one is a change of what they are found by."""

    form = MeanwhileForm
    path_from_paper: str

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change:
            services.refresh_search(
                Paper.objects.filter(Q(**{self.path_from_paper: obj}))
            )


@admin.register(Author)
class AuthorAdmin(NamedInPapersAdmin):
    path_from_paper = "authorships__author"
    list_display = ("name", "homonym", "is_corporate")
    list_filter = ("is_corporate",)
    search_fields = ("key", "aliases__key")
    search_help_text = "Any part of the name; accents don’t matter."
    inlines = (AliasInline,)
    fieldsets = (
        (None, {"fields": ("name", "homonym", "is_corporate")}),
        (
            "Parts of the name",
            {
                "fields": ("family", "given", "particle", "suffix"),
                "classes": ("collapse",),
                "description": "Only where the family name is more than the last word.",
            },
        ),
    )

    actions = ("merge",)

    def get_urls(self) -> list[URLPattern]:
        return [*duplicates.author_urls(self), *super().get_urls()]

    @admin.action(description="Merge into one author", permissions=["change"])
    def merge(
        self, request: HttpRequest, queryset: QuerySet[Author]
    ) -> HttpResponse | None:
        return duplicates.merge_action(self, request, queryset)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        if change and "name" in form.changed_data:
            keep_name(author=form.instance, name=form.initial["name"])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Author], search_term: str
    ) -> tuple[QuerySet[Author], bool]:
        return super().get_search_results(request, queryset, fold_key(search_term, 255))


@admin.register(Topic)
class TopicAdmin(NamedInPapersAdmin):
    path_from_paper = "topics"
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "description")


@admin.register(Catalogue)
class CatalogueAdmin(NamedInPapersAdmin):
    path_from_paper = "catalogue"
    list_display = ("title", "slug", "year", "position")
    search_fields = ("title", "slug")
    fields = ("title", "slug", "year", "intro", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The addresses of all its papers begin with it.
        is_used = obj is not None and obj.papers.exists()
        return ("slug",) if is_used else ()
