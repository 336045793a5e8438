"""What editors type about a paper and its authors."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from papers import history
from papers.models import Authorship
from papers.services import Credit, set_credits
from superfast.common.admin import LabelledRows
from superfast.common.meanwhile import MeanwhileForm, last_logged


class PaperForm(MeanwhileForm):
    """A paper, or some of its fields, that others may have changed since it was opened."""

    def changed_by(self) -> str:
        return _changed_by(self.instance)


def _changed_by(paper: Any) -> str:
    kept, logged = history.latest([paper.pk]).get(paper.pk), last_logged(paper)
    # What its history does not hold (places, picks) stands in the desk's log.
    if logged and (kept is None or logged.action_time > kept.created_at):
        return str(logged.user)
    return str((kept and kept.created_by) or "Somebody")


class PaperPartForm(MeanwhileForm):
    """A row of what belongs to a paper."""

    def changed_by(self) -> str:
        return _changed_by(self.instance.paper)


class AuthorshipForm(forms.ModelForm):
    """One author; the place is a wish, which the whole list then settles."""

    called = "author"
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


class AuthorshipFormSet(LabelledRows):
    """The authors of a paper, stored as one list.

    The page carries the list as it was drawn: one that somebody else has changed since
    is not written over unseen.
    """

    DRAWN = "drawn"

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.drawn = self.data.get(self.add_prefix(self.DRAWN), self.standing)
        # What somebody else has changed meanwhile and this form has not.
        self.kept: tuple[str, ...] = ()
        self.is_left = False
        if self.drawn != self.standing:
            self._forget_rows()

    @cached_property
    def standing(self) -> str:
        """The list as it is stored."""
        rows = (
            self.instance.authorships.order_by("position") if self.instance.pk else ()
        )
        return _listed([(row.author_id, row.credited_as) for row in rows])

    @cached_property
    def management_form(self) -> Any:
        form: Any = super().management_form
        form.fields[self.DRAWN] = forms.CharField(
            required=False, initial=self.standing, widget=forms.HiddenInput
        )
        return form

    def _forget_rows(self) -> None:
        """The rows that were drawn may be gone; what stands in them is read as new."""
        before: Any = self.data
        sent = before.copy()
        sent[self.add_prefix("INITIAL_FORMS")] = 0
        for place in range(self.absolute_max):
            sent.pop(f"{self.add_prefix(place)}-id", None)
        self.data = sent

    def clean(self) -> None:
        super().clean()
        seen = set()
        for form in self.wanted():
            if form.instance.author_id in seen:
                raise ValidationError(
                    f"{form.instance.author} stands twice among the authors: remove one."
                )
            seen.add(form.instance.author_id)
        self._refuse_overwriting()

    def _refuse_overwriting(self) -> None:
        typed = _listed(
            [(credit.author.pk, credit.credited_as) for credit in self.typed]
        )
        if self.drawn == self.standing:
            return
        self.is_left = typed in (self.drawn, self.standing)
        if self.is_left:
            self.kept = ("Authors",) if typed == self.drawn else ()
            return
        # Drawn again, it is drawn with what stands there now.
        sent: Any = self.data
        sent[self.add_prefix(self.DRAWN)] = self.standing
        names = "; ".join(row.name for row in self.instance.authors) or "none"
        raise ValidationError(
            f"{_changed_by(self.instance)} has changed the authors meanwhile: they are “{names}” now. "
            "Save once more to replace them by these."
        )

    @property
    def typed(self) -> list[Credit]:
        """The authors as the form says."""
        return [
            Credit(form.instance.author, form.instance.credited_as)
            for form in self.wanted()
        ]

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
        if self.is_left:
            self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
            return []
        super().save(commit=False)  # tells the desk's history what has changed
        if any(form.has_changed() for form in self.forms):
            set_credits(paper=self.instance, credited=self.typed)
        return []


def _listed(credited: list[tuple[int, str]]) -> str:
    return json.dumps(credited, ensure_ascii=False)
