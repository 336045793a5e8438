"""A quiz is shown to players, and guessed at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Protocol, TypeVar

from django.db import IntegrityError, transaction

from quiz.models import Guess, Headline, Player, Quiz


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


class HasHandle(Protocol):
    @property
    def handle(self) -> str: ...


Dealt = TypeVar("Dealt", bound=HasHandle)


def arranged(headlines: Iterable[Dealt], arrangement: int) -> list[Dealt]:
    """The headlines in the order of a player's form.

    Args:
        headlines: cards or rows, in any order; only their handles are asked.
        arrangement: which permutation of the sorted handles, from 0; 0 is the
            order that everybody sees who has no form yet.
    """
    in_order = sorted(headlines, key=lambda headline: headline.handle)
    orders = list(permutations(in_order))
    return list(orders[arrangement % len(orders)])


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
