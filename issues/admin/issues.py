"""The editors' desk for issues."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Field, ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from issues import services
from issues.admin import (
    checklist,
    exporting,
    finding,
    history,
    importing,
    links,
    mail,
    publishing,
    saving,
    sharing,
    trash,
)
from issues.admin.access import require_writing, visible_issue
from issues.admin.previews import preview_page, preview_text
from issues.forms import IssueForm
from issues.links.inbox import compose
from issues.models import Image, InboxItem, Issue
from issues.services.readiness import PERMISSION as OVERRIDE
from issues.state import stored_state
from quiz.models import Quiz
from superfast.common.admin import (
    PublishableAdmin,
    StatusFilter,
    limit_to_visible,
    signed_in,
)
from superfast.common.policy import with_policy
from superfast.search.admin import IndexedSearch
from superfast.search.desk import GROUP
from superfast.search.documents import Kind


class UnpublishedFilter(admin.SimpleListFilter):
    """Issues of which readers do not see the newest text."""

    title = "unpublished changes"
    parameter_name = "unpublished"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Has unpublished changes")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.unpublished_changes() if self.value() == "1" else queryset


@admin.register(Issue)
class IssueAdmin(IndexedSearch, PublishableAdmin):
    form = IssueForm
    list_display = ("title", "status_label", "publish_at", "quiz", "created_by")
    list_filter = (StatusFilter, UnpublishedFilter, "publish_at")
    list_select_related = ("quiz", "created_by")
    search_kind = Kind.SECTION
    search_column = "uid"
    search_name = GROUP
    autocomplete_fields = ("quiz", "cover")
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("preview_link",)
    fieldsets = (
        (None, {"fields": ("title", "slug", "dek")}),
        (None, {"fields": ("body",), "classes": ("wide-text",)}),
        ("Quiz and cover", {"fields": ("quiz", "cover")}),
        ("Publication", {"fields": ("publish_at", "withdrawn_at", "preview_link")}),
    )
    save_on_top = True
    # The template leads to the page that readers see, or to the preview.
    view_on_site = False
    # Drafts, then what is scheduled, then what came out last.
    ordering = (F("publish_at").desc(nulls_first=True), "-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            *saving.urls(self),
            *history.urls(self),
            *publishing.urls(self),
            *sharing.urls(self),
            *trash.urls(self),
            path("preview/", view(self.preview_text), name="issues_issue_preview_text"),
            path(
                "<path:object_id>/preview/",
                view(self.preview),
                name="issues_issue_preview",
            ),
            *checklist.urls(self),
            *exporting.urls(self),
            *finding.urls(self),
            *importing.urls(self),
            *links.urls(self),
            *mail.urls(self),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("blocks", "finished")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The issue with the text that editors saved last; readers may see another."""
        issue = super().get_object(request, object_id, from_field)
        if issue is not None and issue.working_revision is not None:
            issue.working_revision.text.put_into(issue)
        return issue

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.by = signed_in(request)
        form.may_override = request.user.has_perm(OVERRIDE)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # A new issue has the sections that recur.
        return {"body": compose(), **super().get_changeform_initial_data(request)}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # An address that readers know does not follow a change of the title.
        return {} if obj else self.prepopulated_fields

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        rows = limit_to_visible(db_field, request)
        if rows is not None:
            kwargs["queryset"] = rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.autocomplete_fields and field is not None:
            # A cross beside a choice would be taken for the end of the choice alone.
            field.widget.can_delete_related = False
        return field

    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        view = with_policy(frame_src="'self'")(super().changeform_view)
        try:
            return view(*args, **kwargs)
        except services.ConflictError:
            # Somebody was quicker by a moment: the form now meets what they saved.
            return view(*args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form, issue = context["adminform"].form, context.get("original")
        if form.is_bound and form.conflict is not None:
            return saving.conflict_page(self, request, form)
        context["may_publish"] = self.may_publish(request)
        context["state"] = stored_state(issue)
        context["addresses"] = saving.addresses(issue)
        if issue is None:
            context["inbox_count"] = InboxItem.objects.waiting().count()
        if "body" in form.fields:
            context |= checklist.panels(request, self, form, issue)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Issue, post_url_continue: str | None = None
    ) -> HttpResponse:
        publishing.tell_saved(request, obj)
        return self._go_on(request, obj)

    def response_change(self, request: HttpRequest, obj: Issue) -> HttpResponse:
        asked = {"_changes", "_publish"} & set(request.POST)
        if asked and stored_state(obj).is_behind:
            return redirect("admin:issues_issue_republish", obj.pk)
        publishing.tell_saved(request, obj)
        return self._go_on(request, obj)

    def _go_on(self, request: HttpRequest, obj: Issue) -> HttpResponse:
        """Where the pressed button leads, once the issue is saved."""
        if "_continue" in request.POST:
            return redirect("admin:issues_issue_change", obj.pk)
        if "_addanother" in request.POST:
            return redirect("admin:issues_issue_add")
        return self.response_post_save_change(request, obj)

    @admin.display(description="status", ordering="publish_at")
    def status_label(self, obj: Issue) -> str:
        label = super().status_label(obj)
        if not obj.has_unpublished_changes:
            return label
        address = reverse("admin:issues_issue_difference", args=[obj.pk])
        return format_html(
            '{}, <a href="{}">has unpublished changes</a>', label, address
        )

    @admin.display(description="preview")
    def preview_link(self, obj: Issue) -> str:
        if obj.pk is None:
            return "After the first save."
        address = reverse("admin:issues_issue_preview", args=[obj.pk])
        return format_html('<a href="{}">The page as readers will see it</a>', address)

    # Saving

    def save_model(
        self, request: HttpRequest, obj: Issue, form: Any, change: bool
    ) -> None:
        by = signed_in(request)
        if not change:
            obj.created_by = by
        services.save_work(
            issue=obj,
            by=by,
            tab=form.cleaned_data.get("tab", ""),
            publish=form.gives_text,
            override=form.cleaned_data.get("override", ""),
        )

    def publish_row(self, request: HttpRequest, obj: Issue) -> None:
        services.publish_issue(issue=obj, by=signed_in(request))

    def withdraw_row(self, request: HttpRequest, obj: Issue) -> None:
        services.withdraw_issue(issue=obj)

    def delete_model(self, request: HttpRequest, obj: Issue) -> None:
        services.trash_issue(issue=obj, by=signed_in(request))

    def response_delete(
        self, request: HttpRequest, obj_display: str, obj_id: int
    ) -> HttpResponse:
        trash.tell_deleted(request, obj_display)
        return redirect("admin:issues_issue_changelist")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Issue]) -> None:
        for issue in queryset:
            services.trash_issue(issue=issue, by=signed_in(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # They go to the trash with all that belongs to them, and come back with it.
        refused = any(not self.has_delete_permission(request, obj) for obj in objs)
        needed = {self.opts.verbose_name} if refused else set()
        return [str(obj) for obj in objs], {}, needed, []

    # Previews

    def preview(self, request: HttpRequest, object_id: str) -> Any:
        return preview_page(request, visible_issue(self, request, object_id))

    def preview_text(self, request: HttpRequest) -> Any:
        require_writing(self, request)
        return preview_text(request, self.unsaved_issue)

    def unsaved_issue(self, request: HttpRequest, data: dict[str, Any]) -> Issue:
        """An issue of the form's text; quiz and cover only as far as this person sees them."""
        quizzes = self._visible(request, Quiz)
        covers = self._visible(request, Image)
        return Issue(
            title=data["title"],
            dek=data["dek"],
            body=data["body"],
            publish_at=data["publish_at"],
            quiz=quizzes.filter(pk=data["quiz"]).first() if data["quiz"] else None,
            cover=covers.filter(pk=data["cover"]).first() if data["cover"] else None,
        )

    def _visible(self, request: HttpRequest, model: type[Any]) -> QuerySet[Any]:
        return self.admin_site.get_model_admin(model).get_queryset(request)
