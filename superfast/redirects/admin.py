from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from superfast.accounts import audit
from superfast.common.meanwhile import MeanwhileAdmin, MeanwhileForm
from superfast.redirects.models import Redirect
from superfast.redirects.services import import_redirects

MAX_BYTES = 1_000_000
# So many of an import's lines stand in the log.
LOGGED = 100


class ImportForm(forms.Form):
    """A CSV file, or the same typed."""

    file = forms.FileField(required=False, label="CSV file")
    text = forms.CharField(
        required=False,
        label="or its lines",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="One redirect a line: old address, new address.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file:  # False where somebody asks to take away one that was never there
            if file.size > MAX_BYTES:
                raise ValidationError("The file is larger than a megabyte: split it.")
            try:
                data["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise ValidationError("The file is not UTF-8 text.") from error
        if "\x00" in data.get("text", ""):
            raise ValidationError("The file is not text.")
        if not data.get("text", "").strip():
            raise ValidationError("Choose a file or type its lines.")
        return data


@admin.register(Redirect)
class RedirectAdmin(MeanwhileAdmin):
    form = MeanwhileForm
    list_display = ("old_path", "target", "is_automatic", "created_at")
    list_filter = ("is_automatic",)
    search_fields = ("old_path", "target")
    change_list_template = "admin/redirects/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        reads_or_sends = require_http_methods(["GET", "HEAD", "POST"])
        view = self.admin_site.admin_view(reads_or_sends(self.import_view))
        return [
            path("import/", view, name="redirects_redirect_import"),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
        if is_sent and form.is_valid():
            try:
                stored = import_redirects(form.cleaned_data["text"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                count = len(stored)
                audit.record(
                    actor=request.user,
                    action=f"imported {count:,} redirects",
                    changes=dict(islice(stored.items(), LOGGED)),
                )
                noun = "redirect" if count == 1 else "redirects"
                self.message_user(
                    request, f"{count:,} {noun} stored.", messages.SUCCESS
                )
                return redirect("admin:redirects_redirect_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Import redirects",
            "form": form,
            "opts": self.opts,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/redirects/import.html", context, status=status)
