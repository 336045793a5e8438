"""The editors' desk for issues and pictures."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from issues import services
from issues.derived import fill_pictures, reading_minutes
from issues.forms import IssueForm, PreviewForm, UploadForm
from issues.media import serve_picture
from issues.models import Image, Issue, Revision
from issues.pictures import delete_picture, store_picture
from issues.reading import page_context
from quiz.models import Quiz
from quiz.services import deal_cards
from superfast.common.admin import (
    OwnedAdmin,
    PublishableAdmin,
    RecordAdmin,
    StatusFilter,
    limit_to_visible,
    signed_in,
)
from superfast.common.blocks import Figure
from superfast.common.http import private_page
from superfast.common.markdown import render_blocks
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
        issue = self.get_object(request, object_id)
        if issue is not None and self.has_view_permission(request, issue):
            return _preview(request, issue)
        if self.may_publish(request):
            raise Http404
        # Whether somebody else's draft exists is not told.
        raise PermissionDenied

    def preview_text(self, request: HttpRequest) -> Any:
        if not self.has_add_permission(request) and not self.has_change_permission(
            request
        ):
            raise PermissionDenied
        return _preview_text(request, self)

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


@require_safe
@xframe_options_sameorigin
@with_policy(frame_ancestors="'self'")
@private_page
def _preview(request: HttpRequest, issue: Issue) -> HttpResponse:
    return _preview_page(request, issue)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@with_policy(frame_ancestors="'self'")
@private_page
def _preview_text(request: HttpRequest, model_admin: IssueAdmin) -> HttpResponse:
    """The page of a posted text; without one, the empty page that it is put into."""
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return _preview_page(request, model_admin.unsaved_issue(request, form.cleaned_data))


def _desk_address(name: str) -> str:
    """Where the desk shows a picture that readers may not see yet."""
    return reverse("admin:issues_image_file", args=[name])


def _preview_page(request: HttpRequest, issue: Issue) -> HttpResponse:
    """The public page of a text that readers do not see, its pictures from the desk."""
    blocks = render_blocks(issue.body)
    fill_pictures(blocks)
    issue.reading_minutes = reading_minutes(blocks)
    for block in blocks:
        if isinstance(block, Figure) and block.src:
            block.src = _desk_address(block.name)
    cards = deal_cards(issue.quiz) if issue.quiz else []
    context = page_context(issue, blocks, cards=cards, is_preview=True)
    context["cover_src"] = _desk_address(issue.cover.name) if issue.cover else ""
    return render(request, "issues/issue_detail.html", context)


@admin.register(Image)
class ImageAdmin(OwnedAdmin):
    list_display = ("thumbnail", "alt", "credit", "width", "height", "created_at")
    list_display_links = ("thumbnail", "alt")
    search_fields = ("alt", "caption", "credit", "name")
    date_hierarchy = "created_at"
    fields = ("thumbnail", "alt", "caption", "credit", "markdown_code")
    readonly_fields = ("thumbnail", "markdown_code")

    def may_publish(self, request: HttpRequest) -> bool:
        """Pictures go out with issues: who publishes those decides over these."""
        return request.user.has_perm("issues.publish_issue")

    def is_public(self, obj: Image) -> bool:
        dated = Issue.objects.exclude(publish_at=None)
        return dated.filter(Q(cover=obj) | Q(pictures=obj)).exists()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload), name="issues_image_upload"),
            path("file/<str:name>", view(self.picture_file), name="issues_image_file"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("upload", "alt", "caption", "credit")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Image, form: Any, change: bool
    ) -> None:
        if change:
            obj.save()
            return
        obj.created_by = signed_in(request)
        store_picture(image=obj, picture=form.cleaned_data["upload"])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not self.is_public(obj))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        delete_picture(image=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            delete_picture(image=image)

    @admin.display(description="picture")
    def thumbnail(self, obj: Image) -> str:
        if obj.pk is None:
            return ""
        return format_html(
            '<img class="desk-thumbnail" src="{}" alt="">', _desk_address(obj.name)
        )

    @admin.display(description="in a text")
    def markdown_code(self, obj: Image) -> str:
        return format_html("<code>{}</code>", obj.markdown)

    def upload(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return _upload(request)

    def picture_file(self, request: HttpRequest, name: str) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        visible = self.get_queryset(request) | Image.objects.published()
        return _picture_file(request, get_object_or_404(visible, name=name))


@require_POST
def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        sentences = [str(s) for errors in form.errors.values() for s in errors]
        return JsonResponse({"error": " ".join(sentences)}, status=422)
    image = form.save(commit=False)
    image.created_by = signed_in(request)
    store_picture(image=image, picture=form.cleaned_data["upload"])
    return JsonResponse({"markdown": image.markdown}, status=201)


@require_safe
def _picture_file(request: HttpRequest, image: Image) -> HttpResponseBase:
    return serve_picture(request, image, is_public=False)


@admin.register(Revision)
class RevisionAdmin(RecordAdmin):
    list_display = ("title", "kind", "saved_by", "saved_at")
    list_filter = ("kind",)
    list_select_related = ("saved_by",)
    search_fields = ("title",)
    date_hierarchy = "saved_at"
