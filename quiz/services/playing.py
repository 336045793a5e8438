"""A quiz is shown to players, and guessed at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError, transaction

from quiz.models import Guess, Headline, Player, Quiz
from superfast.common.statements import Question, insert


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


def find_current_quiz(at: datetime | None = None) -> QuizFace | None:
    """The quiz of the latest issue that has one. Cost: two queries."""
    quiz = Quiz.objects.published(at).for_players().newest_first().first()
    return show_quiz(quiz) if quiz else None


_QUIZ: Question[Quiz] = Question(
    lambda slug, at: (
        Quiz.objects.for_players().with_closed_at(at).filter(slug=slug)[:1]
    ),
    slug="a slug",
    at=datetime(1, 1, 1, tzinfo=UTC),
)


def find_quiz(slug: str, at: datetime) -> Quiz | None:
    """The quiz of an address, whatever its status, with `closed_at` as of a moment.

    Cost: one query, none for the status of its issue.
    """
    return next(iter(_QUIZ.ask(slug=slug, at=at)), None)


# Guessing -------------------------------------------------------------------


# Nobody reads four headlines in less.
FASTEST_SECONDS = 1


class UnknownHeadlineError(ValueError):
    """The handle is none of this quiz's."""


def find_guess(*, quiz: Quiz, player: str) -> Guess | None:
    """What a player has picked; None if they have not guessed. Cost: one query."""
    found = Guess.objects.filter(quiz=quiz, player__handle=player)
    return found.select_related("player").first()


def submit_guess(
    *,
    quiz: Quiz,
    headline: str | None,
    player: str,
    channel: Guess.Channel,
    arrangement: int = 0,
    in_period: bool = True,
    seconds_taken: int | None = None,
    uncounted: Guess.Reason | None = None,
    is_new: bool = False,
) -> Guess:
    """The player has one guess at this quiz: this one, or the one they had before.

    Asking first would not do (of 60 players who pressed twice, 33 were counted
    twice that way): the database refuses the second, and we hand out the first.

    Args:
        quiz: the quiz, which the caller knows to be published.
        headline: the handle of the headline taken for the lie; None: gave up.
        player: the player's handle; the player is made if there is none yet.
        channel: where the form stood.
        arrangement: the order of the form; see `arranged`.
        in_period: whether the quiz is open; the caller knows `closed_at`.
        seconds_taken: how long the form had been there.
        uncounted: why the guess stays out of the figures.
        is_new: whether there is likely no such player yet, which saves a query.

    Raises: UnknownHeadlineError if the quiz has no such headline.
    Cost: three queries for a player who is new, one more for one who is not.
    """
    headline_id, position, key_version = _place(quiz, headline, arrangement)
    guess = Guess(
        quiz_id=quiz.pk,
        headline_id=headline_id,
        position=position,
        arrangement=arrangement,
        key_version=key_version,
        in_period=in_period,
        seconds_taken=seconds_taken,
        channel=channel,
        counted=uncounted is None,
        uncounted_reason=uncounted or "",
    )
    return _store(guess, player=player, is_new=is_new)


_HEADLINES: Question[Any] = Question(
    lambda quiz: Headline.objects.filter(quiz=quiz).values_list(
        "pk", "handle", "quiz__key_version", named=True
    ),
    quiz=-1,
)


def _place(
    quiz: Quiz, headline: str | None, arrangement: int
) -> tuple[int | None, int | None, int]:
    """Key and place of a headline, and the version of the key that is in force."""
    shown = arranged(_HEADLINES.ask(quiz=quiz.pk), arrangement)
    version = shown[0].quiz__key_version if shown else 1
    if headline is None:
        return None, None, version
    for place, row in enumerate(shown, start=1):
        if row.handle == headline:
            return row.pk, place, version
    raise UnknownHeadlineError(headline)


def _store(guess: Guess, *, player: str, is_new: bool) -> Guess:
    """The guess in the database, or the one that the player had there before."""
    find: list[Callable[[], Player]] = [
        lambda: _make_player(player),
        lambda: Player.objects.get_or_create(handle=player)[0],
    ]
    for find_player in find if is_new else find[1:]:
        try:
            with transaction.atomic():
                guess.player = find_player()
                insert(guess)
        except IntegrityError:
            continue  # another press was first: with the player, or with the guess
        return guess
    stored = Guess.objects.select_related("player")
    return stored.get(quiz=guess.quiz_id, player__handle=player)


def _make_player(handle: str) -> Player:
    player = Player(handle=handle)
    insert(player)
    return player


def why_uncounted(
    *, is_staff: bool, is_trapped: bool, seconds: float, is_flooding: bool
) -> Guess.Reason | None:
    """The first rule that keeps a guess out of the figures; None if it counts.

    Args:
        is_staff: whether somebody is signed in at the desk.
        is_trapped: whether the field was filled that nobody sees.
        seconds: how long the form had been there.
        is_flooding: whether too many came from one network.
    """
    if is_staff:
        return Guess.Reason.STAFF
    if is_trapped:
        return Guess.Reason.HONEYPOT
    if seconds < FASTEST_SECONDS:
        return Guess.Reason.TOO_FAST
    return Guess.Reason.TOO_MANY if is_flooding else None


def mark_uncounted(guess: Guess, *, reason: Guess.Reason) -> None:
    """The guess stays and is left out of the figures; its first reason stays too."""
    if guess.counted:
        Guess.objects.filter(pk=guess.pk, counted=True).update(
            counted=False, uncounted_reason=reason
        )
        guess.counted, guess.uncounted_reason = False, reason
