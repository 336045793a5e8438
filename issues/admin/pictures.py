"""The editors' desk for pictures."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from issues.forms import UploadForm
from issues.media import serve_picture
from issues.models import Image, Issue
from issues.pictures import delete_picture, store_picture
from superfast.common.admin import OwnedAdmin, signed_in


def desk_address(name: str) -> str:
    """Where the desk shows a picture that readers may not see yet."""
    return reverse("admin:issues_image_file", args=[name])


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
            '<img class="desk-thumbnail" src="{}" alt="">', desk_address(obj.name)
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
