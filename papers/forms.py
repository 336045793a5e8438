"""What editors type about the authors of a paper."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from papers.models import Authorship
from papers.services import Credit, set_credits


class AuthorshipForm(forms.ModelForm):
    """One author; the place is a wish, which the whole list then settles."""

    place = forms.IntegerField(min_value=1, max_value=10_000, required=False)

    class Meta:
        model = Authorship
        fields = ("author", "credited_as")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = self.instance.position

    def _get_validation_exclusions(self) -> set[str]:
        # Django's own sentence about equal rows names columns; the formset names people.
        return super()._get_validation_exclusions() | {"author"}  # type: ignore[misc,no-any-return]


class AuthorshipFormSet(BaseInlineFormSet):
    """The authors of a paper, stored as one list."""

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.wanted():
            if form.instance.author_id in seen:
                raise ValidationError(
                    f"{form.instance.author} stands twice among the authors: remove one."
                )
            seen.add(form.instance.author_id)

    def wanted(self) -> list[Any]:
        """The filled forms in their order: by place, without one at the end."""
        kept = [
            form
            for form in self.forms
            if form.instance.author_id
            and not (self.can_delete and self._should_delete_form(form))  # type: ignore[attr-defined]  # stubs lack it
        ]
        return sorted(
            kept, key=lambda form: form.cleaned_data.get("place") or float("inf")
        )

    def save(self, commit: bool = True) -> list[Any]:
        super().save(commit=False)  # tells the desk's history what has changed
        if any(form.has_changed() for form in self.forms):
            authors = [
                Credit(form.instance.author, form.instance.credited_as)
                for form in self.wanted()
            ]
            set_credits(paper=self.instance, credited=authors)
        return []
