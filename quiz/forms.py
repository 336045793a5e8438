"""What players send, and the screen on which editors put a quiz together."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.forms.utils import ErrorList

from quiz.models import Headline, Quiz
from quiz.services import (
    Card,
    Problem,
    choose_lie,
    find_contradictions,
    find_gaps,
    find_spoilers,
)
from superfast.common.publishing import Status

LIE_FIELD = "lie_row"


class GuessForm(forms.Form):
    """One of the headlines that were shown."""

    headline = forms.ChoiceField(
        error_messages={
            "required": "Pick the headline that you take for the lie.",
            "invalid_choice": "That is none of these four: pick one of them.",
        }
    )

    def __init__(self, *args: Any, cards: Sequence[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["headline"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [(card.handle, card.text) for card in cards]

    @property
    def sentence(self) -> str:
        """The first thing that is wrong."""
        return str(next(iter(self.errors["headline"])))


class QuizForm(forms.ModelForm):
    class Meta:
        model = Quiz
        fields = ("title", "slug", "number", "intro", "closes_at")


class HeadlineForm(forms.ModelForm):
    class Meta:
        model = Headline
        fields = ("text", "explanation", "source_url", "outlet", "reported_on")
        widgets = {
            "text": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "explanation": forms.Textarea(
                attrs={"class": "vLargeTextField", "rows": 3}
            ),
            "source_url": forms.URLInput(attrs={"class": "vURLField"}),
        }
        error_messages = {"text": {"required": "Write the headline."}}


class HeadlineFormSet(BaseInlineFormSet):
    """Four rows and one choice among them: which is the lie.

    The choice is the number of a row, so that a row that is not yet saved can be
    the lie. What only a draft may lack is demanded once the issue is public.
    """

    instance: Quiz
    _non_form_errors: ErrorList
    lie_was_moved = False

    @property
    def lie_row(self) -> int | None:
        """The row chosen as the lie: as posted, else as stored; None if none is."""
        if not self.is_bound:
            return next(
                (i for i, form in enumerate(self.forms) if self._is_stored_lie(form)),
                None,
            )
        value = str(self.data.get(LIE_FIELD, ""))
        known = {str(index): index for index in range(self.total_form_count())}
        return known.get(value)

    def _is_stored_lie(self, form: forms.ModelForm) -> bool:
        return form.instance.pk is not None and form.instance.pk == self.instance.lie_id

    @property
    def is_public(self) -> bool:
        """Whether readers see the quiz or are about to: nothing may be missing then."""
        return (
            self.instance.pk is not None and self.instance.status() is not Status.DRAFT
        )

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if index is not None:
            form.instance.position = index + 1

    def clean(self) -> None:
        super().clean()
        posted = self.data.get(LIE_FIELD)
        if any(form.instance.pk is None for form in self.initial_forms):
            raise ValidationError("A headline is no longer there: reload this page.")
        if posted and self.lie_row is None:
            raise ValidationError("Choose the lie among the four headlines.")
        if any(self.errors):
            return  # what is said beside the rows comes first
        rows = [form.instance for form in self.forms]
        lie = self.lie_row
        if lie is not None and not rows[lie].text:
            raise ValidationError("The headline chosen as the lie is empty: write it.")
        self._report(find_contradictions(rows, lie))
        self._report(find_spoilers(self.instance, rows, lie))
        if self.is_public:
            self._report(find_gaps(rows, lie))

    def save(self, commit: bool = True) -> Any:
        """Stores the rows and then the choice, which a new row can only now be."""
        rows = super().save(commit)
        if commit and self.lie_row is not None:
            lie = self.forms[self.lie_row].instance
            self.lie_was_moved = lie.pk != self.instance.lie_id
            choose_lie(quiz=self.instance, headline=lie)
        return rows

    def _report(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            if problem.row is None:
                self._non_form_errors.append(problem.sentence)
            else:
                self.forms[problem.row].add_error(problem.field, problem.sentence)
