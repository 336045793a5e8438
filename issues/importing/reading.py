"""What was understood of a text, before anything is stored."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Format(StrEnum):
    """What a text is written in."""

    PLAIN = "plain"
    HTML = "html"
    MARKDOWN = "markdown"


class DateOrder(StrEnum):
    """Which number of `1/11/2023` is which."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"
    YEAR_FIRST = "ymd"


class UnreadableError(ValueError):
    """A text that can't be taken. Its words say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that could not be decided, how it was taken, and the words it is about."""

    sentence: str
    line: int | None = None  # of what was imported, from 1
    text: str = ""

    def __str__(self) -> str:
        place = f"Line {self.line}: " if self.line else ""
        words = f" “{self.text}”" if self.text else ""
        return f"{place}{self.sentence}{words}"


@dataclass(frozen=True, slots=True)
class QuizRow:
    """A headline of the quiz, and where it was reported, if that is known."""

    text: str
    source_url: str = ""


@dataclass(slots=True)
class Reading:
    """A text as it was understood: what becomes of it, and what somebody must decide."""

    format: Format
    title: str = ""
    slug: str = ""
    dek: str = ""
    body: str = ""
    dated: date | None = None
    # Both days that the title may mean, by the order that gives them.
    possible_dates: dict[DateOrder, date] = field(default_factory=dict)
    headlines: list[QuizRow] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    encoding: str = ""

    @property
    def asks_for_date_order(self) -> bool:
        """Whether the date means two days, and nobody has said which."""
        return self.dated is None and len(self.possible_dates) > 1

    def remark(self, sentence: str, line: int | None = None, text: str = "") -> None:
        """The sentence is on the list of what could not be decided."""
        self.remarks.append(Remark(sentence, line, text))

    def count(self, what: str) -> None:
        """One more of these was found."""
        self.counts[what] = self.counts.get(what, 0) + 1
