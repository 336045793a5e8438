"""The editor's figures to take along: as rows, without a key of the database.

No player, no number that names a row, and of a guess's time only the hour: who
knows when somebody played should not find what they picked.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from quiz.models import Guess, Quiz
from quiz.report import QuizReport
from quiz.series import Series
from quiz.shares import Share

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # full-width ones too
ROWS_AT_ONCE = 2_000

Row = dict[str, Any]

FIGURE_COLUMNS = (
    "section",
    "row",
    "text",
    "count",
    "total",
    "share",
    "low",
    "high",
)
GUESS_COLUMNS = (
    "hour",
    "headline",
    "is_lie",
    "place",
    "channel",
    "key_version",
    "in_period",
    "counted",
    "uncounted_reason",
    "seconds_taken",
)


def figure_rows(report: QuizReport) -> Iterator[Row]:
    """The figures of a quiz, one a row: shares with their interval, numbers with none."""
    yield _row("spotted the lie", "all", report.spotted)
    for line in report.headlines:
        yield _row("picked", line.label, line.share, line.text)
    for place in report.places:
        yield _row("picked by place", str(place.number), place.picked)
    for place in report.places:
        yield _row("spotted by place of the lie", str(place.number), place.spotted)
    for line in report.channels:
        yield _row("spotted by channel", line.label, line.share)
    for hour in report.hours:
        name = f"hour {hour.number + 1}"
        yield _number("guesses in the first 72 hours", name, hour.guesses)
        yield _row("spotted until this hour", name, hour.so_far)
    for version in report.versions:
        name = f"key {version.number}"
        yield _row("right by the key then", name, version.right_then, version.lie)
        yield _row("right by today’s key", name, version.right_now, version.lie)
    for tallied in report.uncounted:
        yield _number("not counted", tallied.label, tallied.guesses)
    yield _number("gave up", "while open", report.gave_up)
    yield _number("gave up", "back catalogue", report.back_gave_up)
    yield _row("spotted in the back catalogue", "all", report.back_catalogue)
    yield _number("median seconds to guess", "all", report.median_seconds)
    yield _number("discrimination", "all", report.discrimination.index)


def series_rows(series: Series) -> Iterator[Row]:
    """The figures of the series, one a row."""
    for quiz in series.quizzes:
        yield _row("spotted the lie", quiz.slug, quiz.spotted, quiz.title)
    for section, ranked in (
        ("best lies: fooled", series.best_lies),
        ("hardest truths: called fake", series.hardest_truths),
    ):
        for row in ranked:
            yield _row(section, row.quiz.slug, row.fooled, row.text)


def guess_rows(quiz: Quiz) -> Iterator[Row]:
    """Every guess at a quiz, one a row, as they come from the database.

    Cost: two queries; never more than 2,000 guesses in memory.
    """
    texts = dict(quiz.headlines.values_list("pk", "text"))
    rows = (
        Guess.objects.filter(quiz=quiz)
        .order_by("pk")
        .values_list(
            "created_at",
            "headline_id",
            "position",
            "channel",
            "key_version",
            "in_period",
            "counted",
            "uncounted_reason",
            "seconds_taken",
        )
    )
    for made_at, headline, *rest in rows.iterator(chunk_size=ROWS_AT_ONCE):
        hour = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:00Z")
        text = texts[headline] if headline else ""
        is_lie = headline == quiz.lie_id if headline else None
        yield dict(zip(GUESS_COLUMNS, (hour, text, is_lie, *rest), strict=True))


def as_csv(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a CSV file that no spreadsheet takes for formulas."""
    writer = csv.DictWriter(_Line(), columns, quoting=csv.QUOTE_NONNUMERIC)
    yield str(writer.writeheader())
    for row in rows:
        yield str(
            writer.writerow({name: neutral(value) for name, value in row.items()})
        )


def as_json(rows: Iterable[Row]) -> Iterator[str]:
    """One JSON array, a row a line."""
    before = "["
    for row in rows:
        yield f"{before}\n{json.dumps(row, ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def neutral(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value


class _Line:
    """Hands on what a CSV writer writes."""

    def write(self, text: str) -> str:
        return text


def _row(section: str, name: str, share: Share, text: str = "") -> Row:
    known = share.value is not None
    values = (
        share.value,
        share.interval.low if known else None,
        share.interval.high if known else None,
    )
    rounded = [None if value is None else round(value, 4) for value in values]
    cells = (section, name, text, share.count, share.total, *rounded)
    return dict(zip(FIGURE_COLUMNS, cells, strict=True))


def _number(section: str, name: str, number: float | None) -> Row:
    count = None if number is None else round(number, 4)
    cells = (section, name, "", count, None, None, None, None)
    return dict(zip(FIGURE_COLUMNS, cells, strict=True))
