"""A quiz is shown to players, before the guess and after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Protocol, TypeVar

from quiz.models import Guess, Headline, Quiz


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
    publish_at: datetime | None
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
    A form shows them in an order of its own: see `arranged`.
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
        # The reverse of a one-to-one raises an AttributeError where nothing is.
        publish_at=getattr(getattr(quiz, "issue", None), "publish_at", None),
        headlines=tuple(deal_cards(quiz)),
    )


def find_quiz(slug: str, at: datetime) -> Quiz | None:
    """The quiz of an address, whatever its status, with `closed_at` as of a moment.

    Cost: one query, none for the status of its issue.
    """
    return Quiz.objects.for_players().with_closed_at(at).filter(slug=slug).first()


# After the guess ------------------------------------------------------------


def find_guess(*, quiz: Quiz, player: str) -> Guess | None:
    """What a player has picked; None if they have not guessed. Cost: one query."""
    found = Guess.objects.filter(quiz=quiz, player__handle=player)
    return found.select_related("player").first()


def has_guessed(quiz_id: int, player: str) -> bool:
    """Whether the player of a handle has guessed at a quiz. Cost: one query."""
    return Guess.objects.filter(quiz=quiz_id, player__handle=player).exists()


def mark_uncounted(guess: Guess, *, reason: Guess.Reason) -> None:
    """The guess stays and is left out of the figures; its first reason stays too."""
    if guess.counted:
        Guess.objects.filter(pk=guess.pk, counted=True).update(
            counted=False, uncounted_reason=reason
        )
        guess.counted, guess.uncounted_reason = False, reason
