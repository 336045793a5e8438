"""How a player has done so far: what was played in a row, and what was spotted.

A row is counted along the sequence of published quizzes, never by the calendar:
an issue that comes late breaks nobody's. What is withdrawn leaves the sequence.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest

from django.db.models import F
from django.utils import timezone

from quiz.figures import (
    CHANCE,
    NBSP,
    BesideChance,
    Precision,
    beside_chance,
    per_cent,
    precision,
)
from quiz.models import Guess, Player, Quiz
from quiz.services.corrections import is_right

# So long after a quiz has closed a play still keeps the row.
GRACE = timedelta(hours=72)
BAR_STEP = 5
# So many of the latest quizzes stand on a player's page.
LISTED = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A published quiz's place in the sequence; no `last_call` while it is open."""

    quiz_id: int
    last_call: datetime | None
    is_void: bool
    created_at: datetime

    def was_in_time(self, played_at: datetime | None) -> bool:
        """Whether a play at that moment keeps the row."""
        if played_at is None:
            return False
        return self.last_call is None or played_at <= self.last_call

    def is_excused(self, at: datetime) -> bool:
        """Whether leaving it out breaks no row: void, still to be played, or never."""
        if self.is_void or self.last_call is None or at <= self.last_call:
            return True
        # Put into the archive later: nobody could have played it in time.
        return self.created_at > self.last_call


class Result(StrEnum):
    """How a guess came out, for the player."""

    SPOTTED = "Spotted"
    FOOLED = "Fooled"
    GAVE_UP = "Gave up"


@dataclass(frozen=True, slots=True)
class Play:
    """What a player did at a quiz."""

    quiz_id: int
    played_at: datetime
    result: Result


@dataclass(frozen=True, slots=True)
class Listed:
    """A quiz on the player's own page, and in words how it came out for them."""

    slug: str
    title: str
    number: int | None
    came_out: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the player's own results."""

    label: str
    count: int
    share: float

    @property
    def width_class(self) -> str:
        """The bar's class: its share rounded to the steps that the stylesheet has."""
        return f"w-{round(self.share * 100 / BAR_STEP) * BAR_STEP}"


@dataclass(frozen=True, slots=True)
class Streak:
    """A player's own figures, which nobody else is shown."""

    row: int
    longest: int
    spotted: int
    fooled: int
    gave_up: int
    # The quiz asked about was played when a play no longer kept the row.
    is_late: bool
    keeps_streak: bool

    @property
    def guessed(self) -> int:
        """Quizzes in which the player named a headline, void ones apart."""
        return self.spotted + self.fooled

    @property
    def row_sentence(self) -> str:
        """What was played in a row, as a sentence."""
        match self.row:
            case 0:
                said = "No streak yet: the current quiz begins one."
            case 1:
                said = "Played 1. The next quiz makes it 2 in a row."
            case _:
                said = f"Played {self.row} in a row."
        longest = f" Your longest streak: {self.longest}."
        return said + longest if self.longest > max(self.row, 1) else said

    @property
    def spotted_sentence(self) -> str:
        """How many lies were spotted; empty while no headline was ever named."""
        if not self.guessed:
            return ""
        share = ""
        if precision(self.guessed) is Precision.PER_CENT:
            share = f" ({per_cent(self.spotted, self.guessed)})"
        return f"Spotted {self.spotted} of {self.guessed}{share}."

    @property
    def chance_sentence(self) -> str:
        """What chance would have done, and whether that can be told from it."""
        if not self.guessed:
            return ""
        chance = f"Chance alone spots 1 in 4 ({CHANCE * 100:.0f}{NBSP}%)"
        match beside_chance(self.spotted, self.guessed):
            case BesideChance.ABOVE:
                return f"{chance}: you do better."
            case BesideChance.BELOW:
                return f"{chance}: these lies are made for you."
        return f"{chance}: too early to tell you from it."

    @property
    def bars(self) -> list[Bar]:
        """The player's own results, as a histogram."""
        counts = {
            Result.SPOTTED: self.spotted,
            Result.FOOLED: self.fooled,
            Result.GAVE_UP: self.gave_up,
        }
        total = sum(counts.values())
        return [
            Bar(label.value, count, count / total if total else 0.0)
            for label, count in counts.items()
            if count or label is not Result.GAVE_UP
        ]


def streak_of(
    player: Player, quiz: Quiz | None = None, at: datetime | None = None
) -> Streak:
    """The player's figures at a moment.

    Args:
        player: whose.
        quiz: the one just played, to say whether it was in time for the row.
        at: when (now, if no time is given).

    Cost: four queries at most.
    """
    at = at or timezone.now()
    plays = _plays_of(player)
    places = {place.quiz_id: place for place in sequence(at)}
    played = {play.quiz_id: play.played_at for play in plays}
    row, longest = count_row(places.values(), played, at)
    counting = [
        play
        for play in plays
        if (place := places.get(play.quiz_id)) and not place.is_void
    ]
    results = Counter(play.result for play in counting)
    here = places.get(quiz.pk) if quiz else None
    return Streak(
        row=row,
        longest=longest,
        spotted=results[Result.SPOTTED],
        fooled=results[Result.FOOLED],
        gave_up=results[Result.GAVE_UP],
        is_late=here is not None and not here.was_in_time(played.get(here.quiz_id)),
        keeps_streak=player.keeps_streak,
    )


def list_played(player: Player, at: datetime | None = None) -> list[Listed]:
    """The latest quizzes, and what the player did at each. Cost: four queries at most."""
    results = {play.quiz_id: play.result.value for play in _plays_of(player)}
    fields = ("pk", "slug", "title", "number", "voided_at")
    rows = Quiz.objects.published(at).newest_first().values_list(*fields)[:LISTED]
    return [
        Listed(
            slug=slug,
            title=title,
            number=number,
            came_out=("Does not count" if voided_at else results.get(pk, "Not played")),
        )
        for pk, slug, title, number, voided_at in rows
    ]


def _plays_of(player: Player) -> list[Play]:
    # Values, not rows: who has played five hundred reads them in a fraction of the time.
    guesses = Guess.objects.filter(player=player)
    asked = ("pk", "quiz_id", "headline_id", "created_at", "quiz__lie_id")
    rows = list(guesses.values_list(*asked))
    # Wrong under today's key, which was another when they guessed.
    earlier = guesses.exclude(headline=F("quiz__lie")).filter(
        key_version__lt=F("quiz__key_version")
    )
    with_keys = earlier.select_related("quiz").prefetch_related("quiz__corrections")
    right = {guess.pk for guess in with_keys if is_right(guess, guess.quiz)}
    return [
        Play(quiz, played_at, _result(choice, choice == lie or pk in right))
        for pk, quiz, choice, played_at, lie in rows
    ]


def _result(choice: int | None, spotted: bool) -> Result:
    if choice is None:
        return Result.GAVE_UP
    return Result.SPOTTED if spotted else Result.FOOLED


def sequence(at: datetime) -> list[Place]:
    """The quizzes that are published at a moment, oldest first. Cost: one query.

    When each closed is read off the next one: `QuizQuerySet.with_closed_at` looks
    through all later ones for each, which took 33 ms of a reveal after 200 quizzes.
    """
    fields = (
        "pk",
        "issue__publish_at",
        "issue__withdrawn_at",
        "closes_at",
        "voided_at",
        "created_at",
    )
    out = Quiz.objects.filter(issue__publish_at__lte=at)
    rows = list(out.order_by("issue__publish_at", "pk").values_list(*fields))
    next_times = [row[1] for row in rows[1:]]
    places = []
    for row, next_at in zip_longest(rows, next_times):
        pk, _, withdrawn_at, closes_at, voided_at, created_at = row
        if withdrawn_at and withdrawn_at <= at:
            continue  # what came out after it closed the one before all the same
        own_at = closes_at if closes_at and closes_at <= at else None
        closed_at = min(filter(None, (next_at, own_at)), default=None)
        places.append(
            Place(
                quiz_id=pk,
                last_call=closed_at + GRACE if closed_at else None,
                is_void=voided_at is not None,
                created_at=created_at,
            )
        )
    return places


def count_row(
    places: Iterable[Place], played: dict[int, datetime], at: datetime
) -> tuple[int, int]:
    """How many of the quizzes were played in a row: up to now, and at most ever.

    Args:
        places: the sequence, oldest first.
        played: when the player played which quiz.
        at: now.
    """
    row = longest = 0
    for place in places:
        if place.was_in_time(played.get(place.quiz_id)):
            row += 1
            longest = max(longest, row)
        elif not place.is_excused(at):
            row = 0
    return row, longest
