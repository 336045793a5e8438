"""What the editor is told of one quiz's guesses.

Every kind of guess is counted once, in one pass that the database groups; what
the page shows are sums over those groups, of which there are at most a few
thousand however many have guessed. The crowd's figures use the key in force now.
Nothing here holds a key of the database: a report can be handed on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise, permutations
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from quiz.discrimination import Discrimination, measure_discrimination
from quiz.figures import (
    CHANCE,
    PER_CENT_FROM,
    BesideChance,
    Interval,
    beside_chance,
    tell_share,
    wilson,
)
from quiz.models import HEADLINE_COUNT, Correction, Guess, Headline, Quiz

FIRST_HOURS = 72
ALERT_FROM = 50  # guesses, before “no more than chance” says “wrong key?”
LETTERS = "ABCD"
# Half-way between chance and everybody stands 62.5 %: the middle of “middling”.
HARD_BELOW, EASY_FROM, VERY_EASY_FROM = 0.50, 0.75, 0.90


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> Interval:
        return wilson(self.count, self.total)

    @property
    def asks_for_the_key(self) -> bool:
        """Whether so few spotted a lie that the key itself may be wrong."""
        return self.total >= ALERT_FROM and self.count <= CHANCE * self.total

    @property
    def words(self) -> str:
        return tell_share(self.count, self.total) if self.total else "nobody yet"


@dataclass(frozen=True, slots=True)
class Line:
    """A share with its name; the letter and the text where it is a headline's."""

    label: str
    share: Share
    text: str = ""
    is_lie: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One of the four places: how many picked it, and who spotted the lie there."""

    number: int
    picked: Share
    spotted: Share


@dataclass(frozen=True, slots=True)
class Hour:
    """Guesses within an hour of the first three days, and all until its end."""

    number: int
    guesses: int
    so_far: Share  # spotted, of all guesses until the end of this hour


@dataclass(frozen=True, slots=True)
class Version:
    """Guesses made under one key: who was right by it, and who is by today's."""

    number: int
    until: datetime | None
    reason: str
    lie: str
    right_then: Share
    right_now: Share


@dataclass(frozen=True, slots=True)
class Tallied:
    """A number of guesses with its name."""

    label: str
    guesses: int


@dataclass(frozen=True, slots=True)
class QuizReport:
    """The figures of one quiz."""

    title: str
    slug: str
    number: int | None
    opened_at: datetime | None
    void_reason: str
    spotted: Share
    headlines: tuple[Line, ...]
    places: tuple[Place, ...]
    channels: tuple[Line, ...]
    hours: tuple[Hour, ...]
    versions: tuple[Version, ...]
    uncounted: tuple[Tallied, ...]
    gave_up: int
    back_catalogue: Share
    back_gave_up: int
    median_seconds: float | None
    discrimination: Discrimination

    @property
    def total(self) -> int:
        """The counted guesses of the current period."""
        return self.spotted.total

    @property
    def uncounted_total(self) -> int:
        return sum(row.guesses for row in self.uncounted)

    @property
    def has_lie(self) -> bool:
        return any(line.is_lie for line in self.headlines)

    @property
    def difficulty(self) -> str:
        """How hard the lie was to spot, in words."""
        if self.void_reason:
            return "Void: it does not count."
        return tell_difficulty(self.spotted)

    @property
    def asks_for_the_key(self) -> bool:
        return self.spotted.asks_for_the_key and not self.void_reason


def tell_difficulty(spotted: Share) -> str:
    """How hard a lie was to spot, in words; chance is told apart by its interval."""
    if spotted.total < PER_CENT_FROM:
        return "Too few guesses to say."
    share = spotted.count / spotted.total
    match beside_chance(spotted.count, spotted.total):
        case BesideChance.BELOW:
            return "Harder than chance: the truths looked more like lies."
        case BesideChance.UNCLEAR:
            return "Very hard: not to be told from blind guessing."
    if share < HARD_BELOW:
        return "Hard."
    if share < EASY_FROM:
        return "Middling."
    return "Easy." if share < VERY_EASY_FROM else "Very easy: nearly everybody saw it."


# Counting -------------------------------------------------------------------


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


class _Count:
    """Sums over the groups of one quiz."""

    def __init__(self, quiz: Quiz, headlines: list[Headline], groups: list[Group]):
        self.quiz = quiz
        self.headlines = headlines
        self.groups = groups

    @cached_property
    def picks(self) -> list[Group]:
        return [group for group in self.groups if group.is_pick and group.in_period]

    def spotted(self, groups: Iterable[Group], lie: int | None = None) -> Share:
        lie = lie or self.quiz.lie_id
        return _share(groups, lambda group: group.headline == lie)

    def lines(self) -> Iterator[Line]:
        for letter, headline in zip(LETTERS, self.headlines, strict=False):
            is_lie = headline.pk == self.quiz.lie_id
            yield Line(
                label=f"{letter} · {'the lie' if is_lie else 'true'}",
                text=headline.text,
                share=self.spotted(self.picks, headline.pk),
                is_lie=is_lie,
            )

    def places(self) -> Iterator[Place]:
        lie_at = self._lie_places()
        for number in range(1, HEADLINE_COUNT + 1):
            here = [g for g in self.picks if lie_at.get(g.arrangement) == number]
            yield Place(
                number=number,
                picked=_share(self.picks, lambda g, n=number: g.position == n),  # type: ignore[misc]  # n is bound now
                spotted=self.spotted(here),
            )

    def _lie_places(self) -> dict[int, int]:
        """Where the lie stood in each arrangement, from 1."""
        handles = sorted(headline.handle for headline in self.headlines)
        lie = next((h.handle for h in self.headlines if h.pk == self.quiz.lie_id), None)
        if lie is None or len(handles) != HEADLINE_COUNT:
            return {}
        return {
            arrangement: order.index(lie) + 1
            for arrangement, order in enumerate(permutations(handles))
        }

    def channels(self) -> Iterator[Line]:
        for channel in Guess.Channel:
            here = [group for group in self.picks if group.channel == channel]
            yield Line(label=channel.label, share=self.spotted(here))

    def versions(self, corrections: list[Correction]) -> Iterator[Version]:
        """One for each key there was; none where there was only one."""
        if not corrections:
            return
        texts = {headline.pk: headline.text for headline in self.headlines}
        ends = [(1, corrections[0])]
        ends += [(before.key_version, after) for before, after in pairwise(corrections)]
        for number, end in [*ends, (corrections[-1].key_version, None)]:
            here = [group for group in self.picks if group.key_version == number]
            lie = self._key_of(number, corrections)
            yield Version(
                number=number,
                until=end.made_at if end else None,
                reason=end.reason if end else "",
                lie=texts.get(lie, "") if lie else "",
                right_then=self.spotted(here, lie),
                right_now=self.spotted(here),
            )

    def _key_of(self, number: int, corrections: list[Correction]) -> int | None:
        """The lie under a version of the key: what the next change of it replaced."""
        for correction in corrections:
            is_change = correction.kind == Correction.Kind.KEY
            if correction.key_version > number and is_change:
                return correction.old_lie_id
        return self.quiz.lie_id

    def uncounted(self) -> Iterator[Tallied]:
        for reason in Guess.Reason:
            here = [group for group in self.groups if group.reason == reason]
            yield Tallied(reason.label, sum(group.guesses for group in here))

    def gave_up(self, *, in_period: bool) -> int:
        return sum(
            group.guesses
            for group in self.groups
            if group.headline is None
            and not group.reason
            and group.in_period == in_period
        )

    def back_catalogue(self) -> Share:
        rows = (g for g in self.groups if g.is_pick and not g.in_period)
        return self.spotted(rows)


def _share(groups: Iterable[Group], test: Callable[[Group], bool]) -> Share:
    count = total = 0
    for group in groups:
        total += group.guesses
        count += group.guesses if test(group) else 0
    return Share(count, total)


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


def report_on(quiz: Quiz) -> QuizReport:
    """The figures of a quiz, as they stand now.

    Cost: seven queries or fewer beside the quiz and its issue, however many guessed.
    """
    issue = getattr(quiz, "issue", None)
    opened_at = issue.publish_at if issue else None
    headlines = list(quiz.headlines.order_by("position", "pk"))
    count = _Count(quiz, headlines, count_groups(quiz))
    timed = sum(group.timed for group in count.picks)
    return QuizReport(
        title=quiz.title,
        slug=quiz.slug,
        number=quiz.number,
        opened_at=opened_at,
        void_reason=quiz.void_reason,
        spotted=count.spotted(count.picks),
        headlines=tuple(count.lines()),
        places=tuple(count.places()),
        channels=tuple(count.channels()),
        hours=tuple(count_hours(quiz, opened_at)),
        versions=tuple(count.versions(list(quiz.corrections.order_by("key_version")))),
        uncounted=tuple(count.uncounted()),
        gave_up=count.gave_up(in_period=True),
        back_catalogue=count.back_catalogue(),
        back_gave_up=count.gave_up(in_period=False),
        median_seconds=median_seconds(quiz, timed),
        discrimination=measure_discrimination(quiz),
    )
