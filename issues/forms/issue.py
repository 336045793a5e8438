"""An issue as its form takes it, and what else is asked when readers are to get it."""

from datetime import UTC, datetime
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
from issues.models import Issue, Revision, Text
from issues.services import is_conflict
from issues.state import State
from superfast.accounts.models import User

LATER_TIME = "A later time is set: “Schedule” keeps it. Empty it to publish now."
NO_TIME = "Give the time from which readers see it."
TIME_PASSED = "That time has passed: “Publish now” publishes it."


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
    `conflict` is theirs, and the form is not valid. It names the times as they were, too:
    one that nobody touched in it stays as somebody else has set it meanwhile.
    """

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    times = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
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
        self.fields["times"].initial = _times_of(
            self.instance.publish_at, self.instance.withdrawn_at
        )
        if self.instance.pk is None and "title" in self.fields:
            self.fields["title"].widget.attrs["autofocus"] = True

    @cached_property
    def changed_data(self) -> list[str]:
        ours = {"base", "tab", "times"}
        return [name for name in super().changed_data if name not in ours]

    @property
    def publishes_now(self) -> bool:
        """Whether the button was pressed, by who has the field."""
        return self._is_pressed("_publish")

    @property
    def gives_text(self) -> bool:
        """Whether readers are to get the text with it, now or when its time comes."""
        return self.publishes_now or self._is_pressed("_schedule")

    def _is_pressed(self, button: str) -> bool:
        return button in self.data and "publish_at" in self.fields

    @property
    def is_ahead(self) -> bool:
        """Whether the time in the form is still to come."""
        if "publish_at" not in self.fields:
            return False
        value = self["publish_at"].value()
        if self.is_bound:
            try:
                value = self.fields["publish_at"].clean(value)
            except ValidationError:
                return False
        return isinstance(value, datetime) and value > timezone.now()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._refuse_conflict(cleaned)
        if self.instance.pk is not None and "publish_at" in self.fields:
            self._heed_times(cleaned)
        if self.gives_text and not self.has_error("publish_at"):
            self._set_times(cleaned)
        if cleaned.get("publish_at") and not self.errors:
            self._check(cleaned)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        names: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, without a stub
        # It is refused already, and for better reasons than the table's rules can give.
        return names | {"publish_at"} if self.non_field_errors() else names

    def _set_times(self, cleaned: dict[str, Any]) -> None:
        """What the pressed button asks for; a time that says otherwise is not thrown away."""
        now, planned = timezone.now(), cleaned.get("publish_at")
        is_ahead = planned is not None and planned > now
        if self.publishes_now and is_ahead:
            self.add_error("publish_at", LATER_TIME)
        elif not self.publishes_now and not is_ahead:
            self.add_error("publish_at", TIME_PASSED if planned else NO_TIME)
        cleaned["publish_at"] = planned or now
        cleaned["withdrawn_at"] = None

    def _heed_times(self, cleaned: dict[str, Any]) -> None:
        """What somebody else has done to the times since the form was read is not undone unseen."""
        stored, drawn = self.instance, cleaned.get("times", "")
        now = _times_of(stored.publish_at, stored.withdrawn_at)
        typed = _times_of(cleaned.get("publish_at"), cleaned.get("withdrawn_at"))
        if not drawn or now in {drawn, typed}:
            return
        if typed == drawn and not self.gives_text:
            cleaned["publish_at"] = stored.publish_at
            cleaned["withdrawn_at"] = stored.withdrawn_at
            return
        # What is drawn again knows of it, and may replace it.
        sent: Any = self.data
        sent = sent.copy()
        sent["times"] = now
        self.data = sent
        self.add_error(
            None,
            "Somebody has changed meanwhile when readers see it. Now it is so: "
            f"{State.of(stored).label}. Save once more to replace that.",
        )

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
        if stored.pk is None or stored.publish_at is None or self.gives_text:
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


def _times_of(*times: datetime | None) -> str:
    """Times as the form draws and takes them, to the second."""
    return " ".join(
        at.astimezone(UTC).isoformat(timespec="seconds") if at else "-" for at in times
    )


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
