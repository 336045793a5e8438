"""A text that is being written, as the form's own scripts send it."""

from django import forms

from issues.models import LONGEST_TEXT


class TextForm(forms.Form):
    """The text of an issue that is being written: nothing is required of it."""

    title = forms.CharField(required=False, max_length=200)
    dek = forms.CharField(required=False, max_length=300)
    body = forms.CharField(required=False, max_length=LONGEST_TEXT, strip=False)
    quiz = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    cover = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class PreviewForm(TextForm):
    """A text, and when it is to be published."""

    publish_at = forms.SplitDateTimeField(required=False)


class ChecklistForm(PreviewForm):
    """What the checklist looks at, of an issue that is being written."""

    slug = forms.CharField(required=False, max_length=80)


class AutosaveForm(TextForm):
    """A text, the revision that it started from, and the form it is typed into."""

    # Without the ends that the issue's own form takes off, too.
    body = forms.CharField(required=False, max_length=LONGEST_TEXT)
    slug = forms.CharField(required=False, max_length=80)
    base = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    tab = forms.CharField(max_length=36)


class PresenceForm(forms.Form):
    """A form that is open, or closes."""

    base = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    tab = forms.CharField(max_length=36)
    leaves = forms.BooleanField(required=False)
