"""The screen on which editors put a quiz together."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.forms.utils import ErrorList
from django.utils import timezone
from django.utils.functional import cached_property

from quiz.models import Headline, Quiz
from quiz.services import (
    CORRECTED_MEANWHILE,
    Problem,
    choose_lie,
    find_contradictions,
    find_early_closing,
    find_gaps,
    find_missing_ticks,
    find_spoilers,
    find_warnings,
)
from superfast.common.meanwhile import MeanwhileForm
from superfast.common.publishing import Status
from superfast.common.text import curl_quotes

LIE_FIELD = "lie_row"
DRAWN_LIE_FIELD = "drawn_lie"
REDRAW_FIELD = "_redraw"
# The browser's own calendar: compact, and there without scripts.
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
LIE_IS_PLAYED = (
    "Players have guessed already: another headline becomes the lie by a correction, "
    "which says why."
)


class QuizPartForm(MeanwhileForm):
    """A quiz or one of its headlines, which others may have changed since it was drawn."""

    @property
    def is_only_drawn(self) -> bool:
        return REDRAW_FIELD in self.data


class QuizForm(QuizPartForm):
    class Meta:
        model = Quiz
        fields = (
            "title",
            "slug",
            "number",
            "intro",
            "closes_at",
            "searched_on",
            "is_harmless",
            "came_true_on",
            "came_true_url",
        )
        help_texts = {
            "number": "Players see “no. 12”. Empty: the next one, as soon as its issue "
            "is published or scheduled."
        }
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "intro": forms.Textarea(attrs={"rows": 2}),
            "searched_on": DAY,
            "came_true_on": DAY,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "title" in self.fields:
            self.fields["title"].widget.attrs["autofocus"] = True

    def clean_searched_on(self) -> date | None:
        day: date | None = self.cleaned_data["searched_on"]
        if day and day > timezone.now().date():
            raise ValidationError("That day is still to come: say when you searched.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_only_drawn:
            raise ValidationError("Nothing is saved yet.")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own, without a stub
        issue = getattr(self.instance, "issue", None)
        problems = find_early_closing(
            self.instance, issue.publish_at if issue else None
        )
        if is_public(self.instance):
            problems += find_missing_ticks(self.instance)
        for problem in problems:
            if problem.field in self.fields and not self.has_error(problem.field):
                self.add_error(problem.field, problem.sentence)


def is_public(quiz: Quiz) -> bool:
    """Whether readers see the quiz or are about to: nothing may be missing then."""
    return quiz.pk is not None and quiz.status() is not Status.DRAFT


class HeadlineForm(QuizPartForm):
    called = "headline"

    class Meta:
        model = Headline
        fields = (
            "text",
            "source_url",
            "outlet",
            "reported_on",
            "explanation",
            "tells",
        )
        widgets = {
            "text": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "explanation": forms.Textarea(
                attrs={"class": "vLargeTextField", "rows": 2}
            ),
            "tells": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 2}),
            "source_url": forms.URLInput(attrs={"class": "vURLField"}),
            "reported_on": DAY,
        }
        error_messages = {"text": {"required": "Write the headline."}}

    @property
    def whole(self) -> Any:
        return self.instance.quiz

    def clean_text(self) -> str:
        # Pasted headlines bring straight quotes, ours curly ones: the lie would show by them.
        text: str = self.cleaned_data["text"]
        return curl_quotes(text) if "text" in self.changed_data else text


class HeadlineFormSet(BaseInlineFormSet):
    """Four rows and one choice among them: which is the lie.

    The choice is the number of a row, so that a row that is not yet saved can be
    the lie. What only a draft may lack is demanded once the issue is public.
    The page carries which headline was the lie when it was drawn: where somebody else
    has chosen another since, that one stays, or is not replaced unseen.
    """

    instance: Quiz
    _non_form_errors: ErrorList
    lie_was_moved = False
    # What somebody else has changed meanwhile and this form has not.
    kept: tuple[str, ...] = ()

    @property
    def lie_row(self) -> int | None:
        """The row chosen as the lie: as posted, else as stored; None if none is."""
        if not self.is_bound:
            return self._stored_lie_row()
        value = str(self.data.get(LIE_FIELD, ""))
        known = {str(index): index for index in range(self.total_form_count())}
        return known.get(value)

    @property
    def standing_lie(self) -> str:
        """The key of the stored lie, as the page carries it."""
        return str(self.instance.lie_id or "")

    @property
    def drawn_lie(self) -> str:
        """The same, of when the page was drawn."""
        drawn: str = self.data.get(DRAWN_LIE_FIELD, self.standing_lie)
        return drawn

    def _stored_lie_row(self) -> int | None:
        keys = [form.instance.pk for form in self.forms]
        stored = self.instance.lie_id
        return keys.index(stored) if stored and stored in keys else None

    @cached_property
    def is_played(self) -> bool:
        """Whether somebody has guessed: the lie stays where it is then."""
        return self.instance.pk is not None and self.instance.guesses.exists()

    @property
    def warnings(self) -> list[str]:
        """What to look at twice in the stored quiz; nothing while a form is refused."""
        if self.is_bound or self.instance.pk is None:
            return []
        rows = [form.instance for form in self.forms]
        return [*map(str, find_warnings(self.instance, rows, self.lie_row))]

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if index is not None:
            form.instance.position = index + 1

    def clean(self) -> None:
        super().clean()
        if REDRAW_FIELD in self.data:
            return
        if any(form.instance.pk is None for form in self.initial_forms):
            raise ValidationError("A headline is no longer there: reload this page.")
        if len(self.get_queryset()) > self.initial_form_count():
            raise ValidationError(
                "Somebody has added headlines meanwhile: reload this page."
            )
        self._compare_lie()
        posted = self.data.get(LIE_FIELD)
        if posted and self.lie_row is None:
            raise ValidationError("Choose the lie among the four headlines.")
        if any(self.errors):
            return  # what is said beside the rows comes first
        rows = [form.instance for form in self.forms]
        lie = self.lie_row
        if lie is not None and not rows[lie].text:
            raise ValidationError("The headline chosen as the lie is empty: write it.")
        if self.is_played and lie != self._stored_lie_row():
            raise ValidationError(LIE_IS_PLAYED)
        self._report(find_contradictions(rows, lie))
        self._report(find_spoilers(self.instance, rows, lie))
        if is_public(self.instance):
            self._report(find_gaps(rows, lie))

    def _compare_lie(self) -> None:
        drawn, standing, row = self.drawn_lie, self.standing_lie, self.lie_row
        chosen = str(self.forms[row].instance.pk) if row is not None else ""
        if drawn == standing or chosen == standing:
            return
        before: Any = self.data
        self.data = sent = before.copy()
        sent[DRAWN_LIE_FIELD] = standing
        if chosen == drawn:
            stored = self._stored_lie_row()
            sent[LIE_FIELD] = "" if stored is None else str(stored)
            self.kept = ("The lie",)
            return
        first: Any = self.forms[0]
        raise ValidationError(
            f"{first.changed_by()} has chosen another lie meanwhile: it is "
            f"“{self.instance.lie or 'none'}” now. Save once more to choose yours."
        )

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


class CorrectionForm(forms.Form):
    """What was wrong with a quiz, and which version of its key the editor saw."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 3}),
        help_text="Readers see it: what was wrong, in a sentence.",
        error_messages={"required": "Say what was wrong."},
    )
    key_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, quiz: Quiz, **kwargs: Any) -> None:
        kwargs["initial"] = {"key_version": quiz.key_version}
        super().__init__(*args, **kwargs)
        self.quiz = quiz

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("key_version") != self.quiz.key_version:
            raise ValidationError(CORRECTED_MEANWHILE)
        return cleaned


class KeyForm(CorrectionForm):
    """Which of the other three headlines is the lie."""

    new_lie = forms.ModelChoiceField(
        Headline.objects.none(),
        label="The lie is",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose which headline is the lie."},
    )
    field_order = ("new_lie", "reason")

    def __init__(self, *args: Any, quiz: Quiz, **kwargs: Any) -> None:
        super().__init__(*args, quiz=quiz, **kwargs)
        field = self.fields["new_lie"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = quiz.headlines.exclude(pk=quiz.lie_id or 0)
