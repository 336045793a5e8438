"""Guesses at one quiz as the database groups and times them.

Every kind of guess is counted once, in one pass; there are at most a few thousand
groups, however many have guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from quiz.models import Guess, Quiz
from quiz.shares import Hour, Share

FIRST_HOURS = 72


class HoursSince(Func):
    """Whole hours from a moment to a column's, which the database works out itself.

    Django's TruncHour is a Python function on SQLite, called once a row.
    """

    output_field = IntegerField()

    def __init__(self, column: str, moment: datetime) -> None:
        super().__init__(F(column), epoch=int(moment.timestamp()))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Without the fraction, which strftime would round up.
        seconds = "strftime('%%%%s', substr(%(expressions)s, 1, 19))"
        template = f"(({seconds} - %(epoch)s) / 3600)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        seconds = "extract(epoch from %(expressions)s)"
        template = f"floor(({seconds} - %(epoch)s) / 3600)::integer"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Group:
    """Guesses alike in everything that a figure asks for."""

    headline: int | None
    position: int | None
    arrangement: int
    channel: str
    key_version: int
    in_period: bool
    reason: str
    guesses: int
    timed: int

    @property
    def is_pick(self) -> bool:
        """Counted, and a headline was picked."""
        return self.headline is not None and not self.reason


def count_groups(quiz: Quiz) -> list[Group]:
    """All guesses at a quiz, grouped; a few thousand groups at most. Cost: one query."""
    rows = (
        Guess.objects.filter(quiz=quiz)
        .order_by()
        .values_list(
            "headline_id",
            "position",
            "arrangement",
            "channel",
            "key_version",
            "in_period",
            "uncounted_reason",
        )
        .annotate(guesses=Count("pk"), timed=Count("seconds_taken"))
    )
    return [Group(*row) for row in rows]


def picks_of(quiz: Quiz) -> QuerySet[Guess]:
    """The guesses that the headline figures count."""
    return Guess.objects.filter(
        quiz=quiz, counted=True, in_period=True, headline__isnull=False
    )


def median_seconds(quiz: Quiz, timed: int) -> float | None:
    """The median time from the form to the guess, of that many that have one.

    Cost: one query, which fetches two rows at most: the middle.
    """
    if timed == 0:
        return None
    middle = (
        picks_of(quiz)
        .filter(seconds_taken__isnull=False)
        .order_by("seconds_taken")
        .values_list("seconds_taken", flat=True)[(timed - 1) // 2 : timed // 2 + 1]
    )
    seconds = [value for value in middle if value is not None]
    return sum(seconds) / len(seconds) if seconds else None


def count_hours(quiz: Quiz, opened_at: datetime | None) -> Iterator[Hour]:
    """The first three days, hour by hour; none while the quiz is not out.

    Cost: one query.
    """
    if opened_at is None:
        return
    rows = (
        picks_of(quiz)
        .filter(created_at__gte=opened_at)
        .order_by()
        .annotate(hour=HoursSince("created_at", opened_at))
        .filter(hour__lt=FIRST_HOURS)
        .values_list("hour")
        .annotate(guesses=Count("pk"), right=Count("pk", filter=Q(headline=quiz.lie)))
    )
    found = {hour: (guesses, right) for hour, guesses, right in rows}
    so_far = spotted = 0
    for number in range(FIRST_HOURS):
        guesses, right = found.get(number, (0, 0))
        so_far, spotted = so_far + guesses, spotted + right
        yield Hour(number=number, guesses=guesses, so_far=Share(spotted, so_far))
