"""A link to a draft."""

from django import forms

from issues.services.sharing import DAYS


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
