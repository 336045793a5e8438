"""What the editor is told of one quiz's guesses.

What the page shows are sums over groups of guesses (`quiz.groups`). The crowd's
figures use the key in force now. Nothing here holds a key of the database: a report
can be handed on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise, permutations

from quiz.discrimination import Discrimination, measure_discrimination
from quiz.figures import PER_CENT_FROM, BesideChance, beside_chance
from quiz.groups import Group, count_groups, count_hours, median_seconds
from quiz.models import HEADLINE_COUNT, Correction, Guess, Headline, Quiz
from quiz.shares import Hour, Line, Place, Share, Tallied, Version

LETTERS = "ABCD"
# Half-way between chance and everybody stands 62.5 %: the middle of “middling”.
HARD_BELOW, EASY_FROM, VERY_EASY_FROM = 0.50, 0.75, 0.90


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
