"""A guess is stored: one question, one row, and nothing that guesses share.

Guesses come by the thousand in the same minute, so what each costs is counted: the
statements are written once, and a row is stored without asking first whether it may.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, Case, CharField, Q, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.utils import timezone

from quiz.models import Guess, Player, Quiz
from quiz.services.playing import arranged, has_guessed
from superfast.common.publishing import Status, status_q
from superfast.common.statements import Question, adapt, planned_cursor

# Nobody reads four headlines in less.
FASTEST_SECONDS = 1
ATTEMPTS = 3


class UnknownHeadlineError(ValueError):
    """The handle is none of this quiz's."""


@dataclass(frozen=True, slots=True)
class Option:
    """A headline as a guess names it."""

    handle: str
    pk: int


@dataclass(frozen=True, slots=True)
class Target:
    """A quiz as a guess meets it. It knows the key's version and not the key."""

    pk: int
    status: Status
    is_open: bool
    key_version: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was picked: a headline and where it stood, or neither from who gave up."""

    headline_id: int | None
    position: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored of a guess, but for the player: the columns, by their names."""

    quiz_id: int
    headline_id: int | None
    position: int | None
    arrangement: int
    key_version: int
    in_period: bool
    seconds_taken: int | None
    channel: str
    counted: bool
    uncounted_reason: str
    created_at: datetime


_TARGET = Question(
    lambda slug, at: (
        Quiz.objects.with_closed_at(at)
        .filter(slug=slug)
        .order_by()
        .annotate(
            stands=Case(
                *(
                    When(status_q(status, at, "issue__"), then=Value(status.value))
                    for status in Status
                ),
                default=Value(Status.DRAFT.value),
                output_field=CharField(),
            ),
            is_open=ExpressionWrapper(Q(closed_at=None), BooleanField()),
        )
        .values_list(
            "pk", "stands", "is_open", "key_version", "headlines__handle", "headlines"
        )
    ),
    slug="a slug",
    at=datetime(1, 1, 1, tzinfo=UTC),
)


def find_target(slug: str, at: datetime) -> Target | None:
    """The quiz of an address as of a moment, whatever its status. Cost: one query."""
    rows = _TARGET.ask(slug=slug, at=at)
    if not rows:
        return None
    pk, status, is_open, key_version, *_ = rows[0]
    return Target(
        pk=pk,
        status=Status(status),
        is_open=bool(is_open),
        key_version=key_version,
        options=tuple(Option(row[4], row[5]) for row in rows if row[5]),
    )


def place_choice(target: Target, headline: str | None, arrangement: int) -> Choice:
    """What a player picked, as it is stored.

    Args:
        target: the quiz.
        headline: the handle of the headline taken for the lie; None: gave up.
        arrangement: the order of the form; see `arranged`.

    Raises: UnknownHeadlineError if the quiz has no such headline.
    """
    if headline is None:
        return Choice(None, None)
    for place, option in enumerate(arranged(target.options, arrangement), start=1):
        if option.handle == headline:
            return Choice(option.pk, place)
    raise UnknownHeadlineError(headline)


def submit_guess(
    target: Target,
    choice: Choice,
    *,
    player: str,
    channel: Guess.Channel,
    arrangement: int = 0,
    seconds_taken: int | None = None,
    uncounted: Guess.Reason | None = None,
    at: datetime | None = None,
) -> bool:
    """The player has one guess at this quiz: this one, or the one they had before.

    Asking first would not do (of 60 players who pressed twice, 33 were counted
    twice that way): the database keeps the first and refuses any other.

    Args:
        target: the quiz, which the caller knows to be published.
        choice: from `place_choice`.
        player: the player's handle; the player is made if there is none yet.
        channel: where the form stood.
        arrangement: the order of the form; see `arranged`.
        seconds_taken: how long the form had been there.
        uncounted: why the guess stays out of the figures.
        at: when (now, if no time is given).

    Returns: whether it was this one that was stored.
    Cost: one statement on PostgreSQL, a transaction of two on SQLite.
    """
    at = at or timezone.now()
    row = Row(
        quiz_id=target.pk,
        headline_id=choice.headline_id,
        position=choice.position,
        arrangement=arrangement,
        key_version=target.key_version,
        in_period=target.is_open,
        seconds_taken=seconds_taken,
        channel=channel.value,
        counted=uncounted is None,
        uncounted_reason=uncounted.value if uncounted else "",
        created_at=at,
    )
    store = _store_at_once if connection.vendor == "postgresql" else _store
    for _ in range(ATTEMPTS):
        if store(row, player):
            return True
        # Refused: there is a guess, unless the player was made in this very moment.
        if has_guessed(target.pk, player):
            return False
    raise RuntimeError("The player of a guess is made and lost again.")


_COLUMNS = tuple(column.name for column in fields(Row))
_MARKS = ", ".join("%s" for _ in _COLUMNS)
# Names of our own tables and columns; whatever was sent is a parameter.
_PLAYER = (
    "INSERT INTO quiz_player (handle, created_at, keeps_streak) "
    "VALUES (%s, %s, false) ON CONFLICT (handle) DO NOTHING"
)
_GUESS = (
    f"INSERT INTO quiz_guess ({', '.join(_COLUMNS)}, player_id) SELECT {_MARKS}, id"
)
_ONCE = "ON CONFLICT (quiz_id, player_id) DO NOTHING"
_GUESS_OF_PLAYER = f"{_GUESS} FROM quiz_player WHERE handle = %s {_ONCE}"
_BOTH = (
    f"WITH made AS ({_PLAYER} RETURNING id), who AS (SELECT id FROM made "  # noqa: S608
    f"UNION ALL SELECT id FROM quiz_player WHERE handle = %s) {_GUESS} FROM who {_ONCE}"
)


def _store(row: Row, player: str) -> bool:
    values = _values(row)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_PLAYER, [player, values[-1]])
        cursor.execute(_GUESS_OF_PLAYER, [*values, player])
        return bool(cursor.rowcount)


def _store_at_once(row: Row, player: str) -> bool:
    """As `_store`, in one statement: it goes to the server and back once, not four times."""
    values = _values(row)
    with planned_cursor() as cursor:
        cursor.execute(_BOTH, [player, values[-1], player, *values])
        return bool(cursor.rowcount)


def _values(row: Row) -> list[Any]:
    return [adapt(getattr(row, name)) for name in _COLUMNS]


_KEEPS = Question(
    lambda handle: Player.objects.filter(handle=handle).values_list("keeps_streak"),
    handle="a handle",
)


def keeps_streak(handle: str) -> bool:
    """Whether the player asked to be remembered for thirteen months. Cost: one query."""
    return any(row[0] for row in _KEEPS.ask(handle=handle))


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
