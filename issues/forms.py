"""What editors type into an issue."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.forms import Script
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from markdownx.widgets import MarkdownxWidget

from issues.checklist import check_issue
from issues.importing.files import MOST_BYTES, decode
from issues.importing.reading import DateOrder, Format, UnreadableError
from issues.models import Image, Issue, Revision, Text
from issues.pictures import Encoded, encode
from issues.services import is_conflict
from issues.services.sharing import DAYS
from superfast.accounts.models import User


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
    """An issue; what readers will see of it must pass the checklist.

    It names the revision that it started from: where somebody else has saved since,
    `conflict` is theirs, and the form is not valid.
    """

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    # Who fills it in; the desk sets it on the class that it makes for a request.
    by: User | None = None

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

    # Set by the admin, for who may publish in spite of the checklist.
    may_override = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: Revision | None = None
        self.fields["base"].initial = self.instance.working_revision_id

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in {"base", "tab"}]

    @property
    def publishes_now(self) -> bool:
        """Whether the button was pressed, by who has the field."""
        return "_publish" in self.data and "publish_at" in self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.publishes_now:
            now = timezone.now()
            planned = cleaned.get("publish_at")
            cleaned["publish_at"] = planned if planned and planned <= now else now
            cleaned["withdrawn_at"] = None
        if not self.errors:
            self._refuse_conflict(cleaned)
        if cleaned.get("publish_at") and not self.errors:
            self._check(cleaned)
        return cleaned

    def _refuse_conflict(self, cleaned: dict[str, Any]) -> None:
        if self.instance.pk is None or "body" not in self.fields:
            return
        base, tab = cleaned.get("base"), cleaned.get("tab", "")
        text = self.typed_text(cleaned)
        if is_conflict(self.instance, text, base=base, by=self.by, tab=tab):
            self.conflict = self.instance.working_revision
            raise ValidationError("Somebody saved this issue after you had opened it.")

    def _check(self, cleaned: dict[str, Any]) -> None:
        """Asks the checklist where readers are to see another text, or at another time."""
        stored = self.instance
        cleaned["override"] = self.data.get("override", "").strip()
        if stored.pk is None or stored.publish_at is None or self.publishes_now:
            names = {"title", "slug", "dek", "body", "cover", "quiz", "publish_at"}
            values = {name: cleaned[name] for name in names & cleaned.keys()}
            issue = Issue(pk=stored.pk, **values)
        elif stored.publish_at != cleaned["publish_at"]:
            issue = Issue.objects.get(pk=stored.pk)
            issue.publish_at = cleaned["publish_at"]
        else:
            return
        found = check_issue(issue)
        if found.absolute or (found.errors and not self._goes_over(cleaned)):
            raise ValidationError(["This can’t be published yet.", *found.sentences])

    def _goes_over(self, cleaned: dict[str, Any]) -> bool:
        return self.may_override and bool(cleaned["override"])

    def typed_text(self, cleaned: dict[str, Any]) -> Text:
        """The editorial fields as they were typed."""
        typed = Issue(
            **{
                name: cleaned.get(name) or ""
                for name in ("title", "slug", "dek", "body")
            }
        )
        typed.cover, typed.quiz = cleaned.get("cover"), cleaned.get("quiz")
        return typed.text


class TextForm(forms.Form):
    """The text of an issue that is being written: nothing is required of it."""

    title = forms.CharField(required=False, max_length=200)
    dek = forms.CharField(required=False, max_length=300)
    body = forms.CharField(required=False, max_length=500_000, strip=False)
    quiz = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    cover = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class PreviewForm(TextForm):
    """A text, and when it is to be published."""

    publish_at = forms.SplitDateTimeField(required=False)


class AutosaveForm(TextForm):
    """A text, the revision that it started from, and the form it is typed into."""

    # Without the ends that the issue's own form takes off, too.
    body = forms.CharField(required=False, max_length=500_000)
    slug = forms.CharField(required=False, max_length=80)
    base = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    tab = forms.CharField(max_length=36)


class PresenceForm(forms.Form):
    """A form that is open, or closes."""

    base = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    tab = forms.CharField(max_length=36)
    leaves = forms.BooleanField(required=False)


class RepublishForm(forms.Form):
    """Why readers get another text."""

    kind = forms.ChoiceField(
        choices=[("correction", "A correction"), ("silent", "A silent fix")],
        error_messages={"required": "Say whether it is a correction."},
    )
    note = forms.CharField(required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "correction" and not cleaned.get("note", "").strip():
            self.add_error("note", "Tell readers what was wrong and what is right.")
        return cleaned


class DraftLinkForm(forms.Form):
    """For whom a link to a draft is, for how long, and to which text."""

    label = forms.CharField(label="For whom", max_length=100)
    days = forms.TypedChoiceField(
        label="Works for",
        coerce=int,
        choices=[(days, f"{days} day{'s' if days > 1 else ''}") for days in DAYS],
        initial=7,
    )
    shows = forms.ChoiceField(
        label="Shows",
        choices=[
            ("latest", "always the text that was saved last"),
            ("pinned", "the text as it is saved now, whatever changes later"),
        ],
        initial="latest",
    )


class ChecklistForm(PreviewForm):
    """What the checklist looks at, of an issue that is being written."""

    slug = forms.CharField(required=False, max_length=80)


class ImportForm(forms.Form):
    """A text from elsewhere: a file, or what was pasted."""

    file = forms.FileField(
        required=False,
        help_text="Plain text, HTML or Markdown, up to 2 MB.",
    )
    text = forms.CharField(
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 16, "spellcheck": "false"}),
        help_text="Or paste it here.",
    )
    written_in = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[
            ("", "Find out"),
            (Format.PLAIN, "Plain text"),
            (Format.HTML, "HTML"),
            (Format.MARKDOWN, "Markdown"),
        ],
    )
    date_order = forms.ChoiceField(
        label="Order of a date’s numbers",
        required=False,
        choices=[
            ("", "Find out, or ask"),
            (DateOrder.MONTH_FIRST, "Month, day, year"),
            (DateOrder.DAY_FIRST, "Day, month, year"),
            (DateOrder.YEAR_FIRST, "Year, month, day"),
        ],
    )
    name = forms.CharField(required=False, max_length=255, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["encoding"] = "pasted"
        if file := cleaned.get("file"):
            try:
                cleaned["text"], cleaned["encoding"] = decode(file.read(MOST_BYTES + 1))
            except UnreadableError as error:
                raise ValidationError({"file": str(error)}) from error
            cleaned["name"] = file.name
        elif not cleaned.get("text", "").strip() and not self.errors:
            raise ValidationError("Choose a file, or paste a text.")
        return cleaned


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
