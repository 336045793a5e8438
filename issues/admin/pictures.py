"""The editors' desk for pictures."""

import logging
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST, require_safe

from issues.forms import PictureForm, UploadForm
from issues.media import PictureFile, find_picture, serve_picture
from issues.models import Image, ImageQuerySet, Issue
from issues.pictures import (
    delete_picture,
    find_uses,
    replace_picture,
    store_picture,
)
from superfast.common.admin import OwnedAdmin, signed_in

logger = logging.getLogger(__name__)

NO_ROOM = (
    "The picture could not be stored: the server has no room for it. Nothing is half "
    "there; try again when there is."
)


def desk_address(name: str) -> str:
    """Where the desk shows a picture that readers may not see yet."""
    return reverse("admin:issues_image_file", args=[name])


class UseFilter(admin.SimpleListFilter):
    """Pictures that stand in an issue, and those that stand in none."""

    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unused", "In no issue"), ("used", "In an issue")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        unused = Image.objects.unused().values("pk")
        match self.value():
            case "unused":
                return queryset.filter(pk__in=unused)
            case "used":
                return queryset.exclude(pk__in=unused)
        return queryset


@admin.register(Image)
class ImageAdmin(OwnedAdmin):
    list_display = ("thumbnail", "alt", "credit", "used_in", "weight")
    list_display_links = ("thumbnail", "alt")
    list_filter = (UseFilter,)
    list_per_page = 50
    search_fields = ("alt", "caption", "credit", "name")
    search_help_text = "Searches what pictures show, their captions and credits."
    date_hierarchy = "created_at"
    fields = (
        *("thumbnail", "alt", "caption", "credit", "upload"),
        *("markdown_code", "used_in", "weight"),
    )
    readonly_fields = ("thumbnail", "markdown_code", "used_in", "weight")

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
        kwargs["form"] = PictureForm if obj else UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Image, form: Any, change: bool
    ) -> None:
        upload = form.cleaned_data["upload"]
        if not change:
            obj.created_by = signed_in(request)
            store_picture(image=obj, picture=upload)
        elif upload:
            replace_picture(image=obj, picture=upload)
        else:
            obj.save()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not find_uses(obj))

    def get_queryset(self, request: HttpRequest) -> ImageQuerySet:
        issues = self.admin_site.get_model_admin(Issue).get_queryset(request)
        told = issues.only("title", "cover")
        return self._visible(request).for_library(told)

    def _visible(self, request: HttpRequest) -> ImageQuerySet:
        rows: ImageQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        return rows

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        delete_picture(image=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            delete_picture(image=image)

    @admin.display(description="picture")
    def thumbnail(self, obj: Image) -> str:
        if obj.pk is None:
            return ""
        small = next(
            (row for row in obj.rendition_rows if row.extension == "webp"), None
        )
        name = obj.address_of(small).rpartition("/")[2] if small else obj.name
        return format_html(
            '<img class="desk-thumbnail" src="{}" alt="" loading="lazy">',
            desk_address(name),
        )

    @admin.display(description="stands in")
    def used_in(self, obj: Image) -> str:
        if obj.pk is None:
            return ""
        found = {
            issue.pk: issue for issue in (*obj.covered_issues.all(), *obj.issues.all())
        }
        rows = [
            (reverse("admin:issues_issue_change", args=[key]), issue.title)
            for key, issue in sorted(found.items())
        ]
        return format_html_join(", ", '<a href="{}">{}</a>', rows) or "no issue"

    @admin.display(description="size", ordering="size_bytes")
    def weight(self, obj: Image) -> str:
        told = f"{obj.width} × {obj.height}, {filesizeformat(obj.loaded_bytes)}"
        if not obj.is_over_budget:
            return told
        return format_html(
            '{} <strong class="desk-over">over its budget of {}</strong>',
            told,
            filesizeformat(obj.budget_bytes),
        )

    @admin.display(description="in a text")
    def markdown_code(self, obj: Image) -> str:
        return format_html("<code>{}</code>", obj.markdown)

    def upload(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return _upload(request, self)

    def picture_file(self, request: HttpRequest, name: str) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        visible = self._visible(request) | Image.objects.published()
        return _picture_file(request, find_picture(visible, name))


@require_POST
def _upload(request: HttpRequest, model_admin: ImageAdmin) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        sentences = [str(s) for errors in form.errors.values() for s in errors]
        return JsonResponse({"error": " ".join(sentences)}, status=422)
    image = form.save(commit=False)
    image.created_by = signed_in(request)
    try:
        store_picture(image=image, picture=form.cleaned_data["upload"])
    except OSError:
        logger.exception("A picture could not be stored.")
        return JsonResponse({"error": NO_ROOM}, status=507)
    model_admin.log_addition(request, image, "Uploaded.")
    return JsonResponse({"markdown": image.markdown}, status=201)


@require_safe
def _picture_file(request: HttpRequest, file: PictureFile) -> HttpResponseBase:
    return serve_picture(request, file, is_public=False)
