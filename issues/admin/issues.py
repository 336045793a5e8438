"""The editors' desk for issues."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from issues import services
from issues.admin import finding, importing, links, mail
from issues.admin.access import require_writing, visible_issue
from issues.admin.previews import preview_page, preview_text
from issues.forms import IssueForm
from issues.models import Image, Issue, Revision
from quiz.models import Quiz
from superfast.common.admin import (
    PublishableAdmin,
    StatusFilter,
    limit_to_visible,
    signed_in,
)
from superfast.common.policy import with_policy


@admin.register(Issue)
class IssueAdmin(PublishableAdmin):
    form = IssueForm
    list_display = ("title", "slug", "status_label", "publish_at", "quiz", "created_by")
    list_filter = (StatusFilter, "publish_at")
    list_select_related = ("quiz", "created_by")
    search_fields = ("title", "slug", "dek", "body")
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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview_text), name="issues_issue_preview_text"),
            path(
                "<path:object_id>/preview/",
                view(self.preview),
                name="issues_issue_preview",
            ),
            *finding.urls(self),
            *importing.urls(self),
            *links.urls(self),
            *mail.urls(self),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("blocks")

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

    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        return with_policy(frame_src="'self'")(super().changeform_view)(*args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_publish"] = self.may_publish(request)
        return super().render_change_form(request, context, *args, **kwargs)

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
        if not change:
            obj.created_by = signed_in(request)
        services.save_issue(issue=obj, by=signed_in(request))

    def publish_row(self, request: HttpRequest, obj: Issue) -> None:
        services.publish_issue(issue=obj, by=signed_in(request))

    def withdraw_row(self, request: HttpRequest, obj: Issue) -> None:
        services.withdraw_issue(issue=obj)

    def delete_model(self, request: HttpRequest, obj: Issue) -> None:
        services.delete_issue(issue=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Issue]) -> None:
        for issue in queryset:
            services.delete_issue(issue=issue)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        # Nobody deletes a revision by itself; with their issue they go.
        return rows, counts, needed - {Revision._meta.verbose_name}, protected

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
