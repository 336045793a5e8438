"""What editors type into an issue."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.forms import Script
from django.urls import reverse
from django.utils import timezone
from markdownx.widgets import MarkdownxWidget

from issues.checklist import check_issue
from issues.models import Image, Issue
from issues.pictures import Encoded, encode


class MarkdownWidget(MarkdownxWidget, AdminTextareaWidget):  # type: ignore[misc]  # untyped
    """markdownx's widget without its script, its addresses and its preview.

    The package's script swallows Tab and undo and posts to addresses that this
    site does not have. `static/desk/` holds what editors use instead.
    """

    template_name = "admin/markdown_widget.html"

    class Media:
        extend = False
        js = (Script("desk/editor.js", type="module"),)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {
            "find_address": reverse("admin:issues_issue_find"),
            "convert_address": reverse("admin:issues_issue_markdown"),
        }
        return context

    @staticmethod
    def add_markdownx_attrs(attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "class": f"{attrs.get('class', '')} markdown-editor".strip()}


class IssueForm(forms.ModelForm):
    """An issue; with a time to publish it, only one that passes the checklist."""

    class Meta:
        model = Issue
        fields = (
            "title",
            "slug",
            "dek",
            "cover",
            "body",
            "quiz",
            "publish_at",
            "withdrawn_at",
        )
        widgets = {"body": MarkdownWidget(attrs={"rows": 40, "spellcheck": "true"})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # Who may not publish has no such field: the button is no way around that.
        if "_publish" in self.data and "publish_at" in self.fields:
            now = timezone.now()
            planned = cleaned.get("publish_at")
            cleaned["publish_at"] = planned if planned and planned <= now else now
            cleaned["withdrawn_at"] = None
        if cleaned.get("publish_at") and not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        names = {"title", "slug", "dek", "body", "cover", "quiz", "publish_at"}
        problems = check_issue(Issue(**{n: cleaned[n] for n in names & cleaned.keys()}))
        if problems:
            raise ValidationError(["This can’t be published yet.", *problems])


class PreviewForm(forms.Form):
    """The text of an issue that is being written: nothing is required of it."""

    title = forms.CharField(required=False, max_length=200)
    dek = forms.CharField(required=False, max_length=300)
    body = forms.CharField(required=False, max_length=500_000, strip=False)
    quiz = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    cover = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    publish_at = forms.SplitDateTimeField(required=False)


class UploadForm(forms.ModelForm):
    """A picture file and what it shows."""

    upload = forms.FileField(
        label="file", help_text="PNG, JPEG, GIF, WebP or AVIF, up to 20 MB."
    )

    class Meta:
        model = Image
        fields = ("alt", "caption", "credit")

    def clean_upload(self) -> Encoded | None:
        return encode(self.cleaned_data["upload"])


class PictureForm(UploadForm):
    """What a stored picture shows; and another file for it, if there is one."""

    upload = forms.FileField(
        label="another file",
        required=False,
        help_text="It takes the picture’s place, at the same address, in every issue.",
    )

    def clean_upload(self) -> Encoded | None:
        return super().clean_upload() if self.cleaned_data.get("upload") else None
