"""Charts as numbers: where things stand in an SVG that the strict policy allows.

Places across are per cents of the width, places down are ems, so a chart fills its
column and its words grow with the reader's text. What it looks like is the
stylesheet's business. No viewBox: it would shrink the words with the drawing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quiz.figures import CHANCE, NBSP
from quiz.series import QuizLine, Ranked
from quiz.shares import Hour, Line, Place, Share, Version

ROW_EMS = 3.4


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar, and its interval as a line over it."""

    label: str
    value: str
    is_lie: bool
    has_share: bool
    width: str
    low: str
    high: str
    label_y: str
    bar_y: str
    end_y: str
    middle_y: str
    cap_top_y: str
    cap_bottom_y: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars under each other, from 0 to 100 %, with a line for chance."""

    name: str
    bars: tuple[Bar, ...]
    height: str
    axis_y: str
    foot_y: str
    chance: float

    @property
    def chance_x(self) -> str:
        return f"{self.chance * 100:g}%"

    @property
    def chance_label(self) -> str:
        return f"{self.chance * 100:g}{NBSP}%, chance"


def draw_bars(
    name: str, lines: Iterable[tuple[str, Share, bool]], *, chance: float = CHANCE
) -> BarChart:
    """A bar for each label and share; the third says whether it is the lie."""
    bars = tuple(
        _bar(row, label, share, is_lie)
        for row, (label, share, is_lie) in enumerate(lines)
    )
    end = len(bars) * ROW_EMS
    return BarChart(name, bars, _em(end + 1.8), _em(end), _em(end + 1.4), chance)


def _bar(row: int, label: str, share: Share, is_lie: bool) -> Bar:
    top = row * ROW_EMS
    return Bar(
        label=label,
        value=f"{share.words} ({share.interval})" if share.total else share.words,
        is_lie=is_lie,
        has_share=share.total > 0,
        width=_x(share.value or 0.0),
        low=_x(share.interval.low),
        high=_x(share.interval.high),
        label_y=_em(top + 1.1),
        bar_y=_em(top + 1.5),
        end_y=_em(top + 2.7),
        middle_y=_em(top + 2.1),
        cap_top_y=_em(top + 1.8),
        cap_bottom_y=_em(top + 2.4),
    )


def draw_lines(name: str, lines: Iterable[Line]) -> BarChart:
    """A bar for each line of a report."""
    return draw_bars(name, ((line.label, line.share, line.is_lie) for line in lines))


def draw_versions(versions: Iterable[Version]) -> BarChart:
    """Two bars for each key there was: right by it, and right by today's."""
    rows: list[tuple[str, Share, bool]] = []
    for version in versions:
        rows.append((f"Key {version.number}, by it", version.right_then, False))
        rows.append((f"Key {version.number}, by today’s", version.right_now, False))
    return draw_bars("Right before and after", rows)


def draw_lies(ranked: Iterable[Ranked]) -> BarChart:
    """A bar for each lie; of blind guesses three in four miss it."""
    return draw_bars("Best lies", _ranked(ranked), chance=1 - CHANCE)


def draw_truths(ranked: Iterable[Ranked]) -> BarChart:
    """A bar for each truth that was called fake."""
    return draw_bars("Hardest truths", _ranked(ranked))


def _ranked(ranked: Iterable[Ranked]) -> Iterable[tuple[str, Share, bool]]:
    for place, row in enumerate(ranked, start=1):
        yield f"{place}. {row.quiz.label}", row.fooled, False


def draw_places(places: Iterable[Place]) -> BarChart:
    """A bar for each of the four places: how many picked what stood there."""
    rows = ((f"Place {place.number}", place.picked, False) for place in places)
    return draw_bars("Picked by place", rows)


@dataclass(frozen=True, slots=True)
class Column:
    """An hour's guesses."""

    x: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class HourChart:
    """A column for each hour of the first three days."""

    name: str
    columns: tuple[Column, ...]
    column_width: str
    highest: int
    days: tuple[tuple[str, str], ...]


def draw_hours(hours: Sequence[Hour]) -> HourChart:
    """Columns as high as the most guesses in one hour allow."""
    highest = max((hour.guesses for hour in hours), default=0)
    step = 1 / max(len(hours), 1)
    columns = tuple(
        Column(
            x=_x((hour.number + 0.1) * step),
            y=_x(1 - hour.guesses / highest),
            height=_x(hour.guesses / highest),
        )
        for hour in hours
        if hour.guesses
    )
    days = tuple((_x(day * 24 * step), f"{day * 24} h") for day in range(3))
    name = "Guesses in the first 72 hours"
    return HourChart(name, columns, _x(0.8 * step), highest, days)


@dataclass(frozen=True, slots=True)
class Point:
    """A quiz's hit rate, its interval, and the way to the next one's."""

    x: str
    y: str
    low_y: str
    high_y: str
    next_x: str
    next_y: str


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Hit rates from left to right."""

    name: str
    points: tuple[Point, ...]
    first: str
    last: str
    chance_y: str = f"{(1 - CHANCE) * 100:g}%"


def draw_series(quizzes: Sequence[QuizLine]) -> SeriesChart:
    """A point for each quiz that somebody has guessed at."""
    played = [quiz for quiz in quizzes if quiz.spotted.total]
    spots = [
        (_x((index + 0.5) / len(played)), _y(quiz.spotted.value or 0.0))
        for index, quiz in enumerate(played)
    ]
    points = tuple(
        Point(
            *spots[index],
            low_y=_y(quiz.spotted.interval.low),
            high_y=_y(quiz.spotted.interval.high),
            next_x=spots[min(index + 1, len(spots) - 1)][0],
            next_y=spots[min(index + 1, len(spots) - 1)][1],
        )
        for index, quiz in enumerate(played)
    )
    first, last = (played[0].label, played[-1].label) if played else ("", "")
    return SeriesChart("Hit rate over time", points, first, last)


def _x(share: float) -> str:
    return f"{share * 100:.2f}%"


def _y(share: float) -> str:
    return _x(1 - share)


def _em(ems: float) -> str:
    return f"{ems:.2f}em"
