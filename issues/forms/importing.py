"""A text from elsewhere."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError

from issues.importing.files import MOST_BYTES, decode
from issues.importing.reading import DateOrder, Format, UnreadableError


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
