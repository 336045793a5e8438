"""What happens to a quiz: it is put together, checked, and guessed at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from quiz.models import HEADLINE_COUNT, Guess, Headline, Player, Quiz
from superfast.common.text import fold

# Showing --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """What a player sees of a headline before the guess. It knows nothing else."""

    handle: str
    text: str


@dataclass(frozen=True, slots=True)
class QuizFace:
    """What a player sees of a quiz before the guess. It knows nothing else."""

    slug: str
    title: str
    number: int | None
    intro: str
    headlines: tuple[Card, ...]


def deal_hands(quizzes: Iterable[Quiz]) -> dict[int, list[Card]]:
    """The headlines of each quiz as players see them, in the players' order.

    The order is that of the random handles: the same for everybody, and a
    stranger to the lie and to the order of typing.
    Returns: cards by the quiz's key; four where a quiz is complete. Cost: one query.
    """
    keys = [quiz.pk for quiz in quizzes]
    hands: dict[int, list[Card]] = {key: [] for key in keys}
    rows = Headline.objects.filter(quiz__in=keys).order_by("handle")
    for key, handle, text in rows.values_list("quiz_id", "handle", "text"):
        hands[key].append(Card(handle, text))
    return hands


def deal_cards(quiz: Quiz) -> list[Card]:
    """The headlines of one quiz; see `deal_hands`. Cost: one query."""
    return deal_hands([quiz])[quiz.pk]


def show_quiz(quiz: Quiz) -> QuizFace:
    """The quiz as players see it before the guess. Cost: one query."""
    return QuizFace(
        slug=quiz.slug,
        title=quiz.title,
        number=quiz.number,
        intro=quiz.intro,
        headlines=tuple(deal_cards(quiz)),
    )


def find_current_quiz(at: datetime | None = None) -> QuizFace | None:
    """The quiz of the latest issue that has one. Cost: two queries."""
    quiz = Quiz.objects.published(at).for_players().newest_first().first()
    return show_quiz(quiz) if quiz else None


# Guessing -------------------------------------------------------------------


class UnknownHeadlineError(ValueError):
    """The handle is none of this quiz's."""


def find_guess(*, quiz: Quiz, player: str) -> Guess | None:
    """What a player has picked; None if they have not guessed. Cost: one query."""
    return Guess.objects.filter(quiz=quiz, player__handle=player).first()


@transaction.atomic
def submit_guess(
    *, quiz: Quiz, headline: str, player: str, channel: Guess.Channel
) -> Guess:
    """The player has one guess at this quiz: this one, or the one they had before.

    Asking first would not do (of 60 players who pressed twice, 33 were counted
    twice that way): the database refuses the second, and we hand out the first.

    Args:
        quiz: the quiz, which the caller knows to be published.
        headline: the public handle of the headline taken for the lie.
        player: the player's handle; the player is made if there is none yet.
        channel: where the form stood.

    Raises: UnknownHeadlineError if the quiz has no such headline.
    """
    shown = list(quiz.headlines.order_by("handle").only("pk", "handle", "quiz"))
    places = {card.handle: place for place, card in enumerate(shown, start=1)}
    if headline not in places:
        raise UnknownHeadlineError(headline)
    row, _ = Player.objects.get_or_create(handle=player)
    guess = Guess(
        quiz=quiz,
        player=row,
        headline=shown[places[headline] - 1],
        position=places[headline],
        channel=channel,
    )
    try:
        with transaction.atomic():
            guess.save(force_insert=True)
    except IntegrityError:
        return Guess.objects.get(quiz=quiz, player=row)
    return guess


def mark_uncounted(guess: Guess, *, reason: Guess.Reason) -> None:
    """The guess stays and is left out of the figures; its first reason stays too."""
    Guess.objects.filter(pk=guess.pk, counted=True).update(
        counted=False, uncounted_reason=reason
    )


# Putting a quiz together ----------------------------------------------------


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
