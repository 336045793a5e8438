"""What may honestly be said of a count: pure functions, without the database.

A share of few guesses says little, so it is worded as what it is: below ten, a
number of people; below thirty, counts; from thirty, whole per cents with their N.
For those who judge quizzes by figures, each share has its Wilson interval, which
keeps its promise at small numbers and at 0 and 1, where the usual one collapses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from math import sqrt
from typing import TypeVar

CHANCE = 0.25  # of spotting one lie among four headlines by guessing
COUNTS_FROM = 10
PER_CENT_FROM = 30
Z_95 = 1.959963984540054  # two-sided 95 %
NBSP = "\N{NO-BREAK SPACE}"

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share lies, with the confidence asked for; both ends in [0, 1]."""

    low: float
    high: float

    def __contains__(self, share: float) -> bool:
        return self.low <= share <= self.high

    def __str__(self) -> str:
        """In per cents to one place: “23.7–76.3 %”."""
        return f"{self.low * 100:.1f}–{self.high * 100:.1f}{NBSP}%"


def wilson(count: int, total: int, *, z: float = Z_95) -> Interval:
    """The Wilson score interval of a share; all of [0, 1] while nothing was counted.

    Raises: ValueError unless 0 <= count <= total.
    Source: E. B. Wilson, JASA 22 (1927), 209-212.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share.")
    if total == 0:
        return Interval(0.0, 1.0)
    share, square = count / total, z * z
    scale = 1 + square / total
    centre = (share + square / (2 * total)) / scale
    half = z * sqrt(share * (1 - share) / total + square / (4 * total**2)) / scale
    # At 0 and 1 an end is exact; floating point would miss it by a hair.
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == total else centre + half
    return Interval(low, high)


class Precision(Enum):
    """How exactly a number of guesses may be put."""

    PEOPLE = "people"
    COUNTS = "counts"
    PER_CENT = "per cent"


def precision(total: int) -> Precision:
    """How exactly that many counted guesses may be put."""
    if total < COUNTS_FROM:
        return Precision.PEOPLE
    return Precision.COUNTS if total < PER_CENT_FROM else Precision.PER_CENT


def grouped(number: int) -> str:
    """With commas between the thousands: “1,204”."""
    return f"{number:,}"


def people(count: int) -> str:
    """“1 person”, “1,204 people”; “nobody” is 0."""
    if count == 0:
        return "nobody"
    return f"{grouped(count)}{NBSP}{'person' if count == 1 else 'people'}"


def per_cent(count: int, total: int) -> str:
    """Whole per cents; what is not none is not called 0 %, nor what is not all 100 %.

    Raises: ZeroDivisionError for a share of nothing.
    """
    if count > 0 and count * 200 < total:
        return f"under{NBSP}1{NBSP}%"
    if count < total and (total - count) * 200 < total:
        return f"over{NBSP}99{NBSP}%"
    # Half up, as people round; Python's own way would make 2.5 a 2.
    return f"{(count * 200 + total) // (2 * total)}{NBSP}%"


def tell_share(count: int, total: int) -> str:
    """How many of how many, as exactly as the total allows, to begin a sentence with.

    Returns: “3 people” under 10, “6 of 14” under 30, “48 %” from 30; its N goes
    beside it once, by `tell_total`.
    """
    match precision(total):
        case Precision.PEOPLE:
            return people(count)
        case Precision.COUNTS:
            return f"{count}{NBSP}of{NBSP}{total}"
        case Precision.PER_CENT:
            return per_cent(count, total)


def tell_total(total: int) -> str:
    """The N of shares: “N = 1,204” from 30, and “14 people” below."""
    if precision(total) is Precision.PER_CENT:
        return f"N{NBSP}={NBSP}{grouped(total)}"
    return people(total)


class BesideChance(StrEnum):
    """A share against chance; `UNCLEAR` while chance lies in its interval."""

    ABOVE = "above chance"
    UNCLEAR = "not to be told from chance"
    BELOW = "below chance"


def beside_chance(count: int, total: int, *, chance: float = CHANCE) -> BesideChance:
    """Whether a share differs from chance, with 95 % confidence."""
    interval = wilson(count, total)
    if interval.low > chance:
        return BesideChance.ABOVE
    return BesideChance.BELOW if interval.high < chance else BesideChance.UNCLEAR


def rank(counted: Mapping[Key, tuple[int, int]]) -> list[Key]:
    """The keys by the lower Wilson bound of their (count, total), highest first.

    So 2 of 2 does not come before 80 of 100. Where bounds are equal, the larger
    total comes first, then the order given.
    """

    def bound(key: Key) -> tuple[float, int]:
        count, total = counted[key]
        return wilson(count, total).low, total

    return sorted(counted, key=bound, reverse=True)
