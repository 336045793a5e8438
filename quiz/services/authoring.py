"""A quiz is put together, and checked before it goes out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from quiz.models import HEADLINE_COUNT, Headline, Quiz
from superfast.common.text import fold


def choose_lie(*, quiz: Quiz, headline: Headline) -> None:
    """The headline is the quiz's lie, and no other is.

    Raises: ValidationError if the headline belongs to another quiz.
    """
    if headline.quiz_id != quiz.pk:
        raise ValidationError("The lie must be one of this quiz’s headlines.")
    quiz.lie = headline
    quiz.save(update_fields=["lie", "updated_at"])


@transaction.atomic
def give_number(*, quiz: Quiz) -> None:
    """The quiz has a place in the series: the next one, where an editor gave none."""
    if quiz.number is None:
        last = Quiz.objects.aggregate(last=Max("number"))["last"]
        quiz.number = (last or 0) + 1
        quiz.save(update_fields=["number"])


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a quiz from its readers; `row` counts from 0, None is all of them."""

    row: int | None
    field: str
    sentence: str

    def __str__(self) -> str:
        if self.row is None:
            return self.sentence
        return f"Headline {self.row + 1}: {self.sentence}"


def check_quiz(quiz: Quiz) -> list[str]:
    """Reasons, as sentences, why the quiz can't be put before readers; empty if it can.

    Cost: one query.
    """
    rows = list(quiz.headlines.order_by("position", "pk"))
    lie = next((i for i, row in enumerate(rows) if row.pk == quiz.lie_id), None)
    problems = [*find_contradictions(rows, lie), *find_gaps(rows, lie)]
    return [*map(str, problems), *map(str, find_spoilers(quiz, rows, lie))]


def find_contradictions(rows: Sequence[Headline], lie: int | None) -> list[Problem]:
    """What not even a draft may say: a headline twice, a lie with a source."""
    problems = []
    seen: dict[str, int] = {}
    for index, row in enumerate(rows):
        if not row.text:
            continue
        first = seen.setdefault(fold(row.text), index)
        if first != index:
            sentence = f"This is headline {first + 1} again: no two may be equal."
            problems.append(Problem(index, "text", sentence))
    if lie is not None and (rows[lie].source_url or rows[lie].outlet):
        sentence = "The lie has no source: empty its source and outlet."
        problems.append(Problem(lie, "source_url", sentence))
    return problems


def find_gaps(rows: Sequence[Headline], lie: int | None) -> list[Problem]:
    """What a draft may lack and a quiz before readers may not; empty rows are no rows."""
    problems = []
    count = sum(1 for row in rows if row.text)
    if count != HEADLINE_COUNT:
        sentence = f"A quiz has four headlines: this one has {count}."
        problems.append(Problem(None, "", sentence))
    if lie is None:
        problems.append(Problem(None, "", "Choose which headline is the lie."))
    for index, row in enumerate(rows):
        if row.text and not row.explanation:
            sentence = "Say why it is true, or what gave it away."
            problems.append(Problem(index, "explanation", sentence))
        if row.text and lie is not None and index != lie:
            problems.extend(_source_gaps(index, row))
    return problems


def _source_gaps(index: int, row: Headline) -> Iterable[Problem]:
    if not row.source_url:
        yield Problem(
            index, "source_url", "A true headline needs the address of its source."
        )
    if not row.outlet:
        yield Problem(index, "outlet", "A true headline needs the name of its outlet.")


def find_spoilers(
    quiz: Quiz, rows: Sequence[Headline], lie: int | None
) -> list[Problem]:
    """What readers would see of the lie outside the four headlines."""
    if lie is None or not fold(rows[lie].text):
        return []
    told = fold(f"{quiz.title} {quiz.slug} {quiz.intro}")
    if fold(rows[lie].text) not in told:
        return []
    sentence = "The title, the slug or the intro tells the lie: change it."
    return [Problem(None, "", sentence)]
