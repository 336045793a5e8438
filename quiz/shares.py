"""The rows of the editor's figures: shares with their names, and nothing of the database."""

from dataclasses import dataclass
from datetime import datetime

from quiz.figures import CHANCE, Interval, tell_share, wilson

ALERT_FROM = 50  # guesses, before “no more than chance” says “wrong key?”


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
