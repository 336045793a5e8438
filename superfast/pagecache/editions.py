"""What readers see between one change and the next."""

import math
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection

from superfast.common.statements import Statement
from superfast.pagecache.models import Stamp
from superfast.pagecache.watched import moments


@dataclass(frozen=True, slots=True)
class Edition:
    """The public site as it is until somebody writes to it, or its time comes.

    Times are seconds since 1970. `changed_at` is no earlier than when it came to be as it
    is, in whole seconds; at `until` something that is dated appears, closes or disappears,
    as at `since` something did: a clock that is set back may come to lie before it.
    """

    number: int
    changed_at: int = field(compare=False)
    until: float
    since: float = 0.0

    def is_current(self, number: int, now: float) -> bool:
        """Whether the site is still so, given the stamp as it now is."""
        return number == self.number and self.covers(now)

    def seen_at(self, moment: int) -> "Edition":
        """The same, seen for the first time then by who had seen the one before.

        A writer notes when it writes, and what it wrote is there when it commits: readers
        may have been told in between that nothing had changed.
        """
        return replace(self, changed_at=max(self.changed_at, moment))

    def covers(self, now: float) -> bool:
        """Whether nothing that is dated lies between then and now."""
        return self.since <= now < self.until


def read_number() -> int:
    """The stamp. Cost: one query, of one row as a rule."""
    return sum(value for (value,) in _number_statement().rows())


def read_edition(now: float | None = None) -> Edition:
    """The edition of this moment. Cost: one query, by indexes."""
    now = time.time() if now is None else now
    at = datetime.fromtimestamp(now, UTC)
    ((number, changed_at, *times),) = _edition_statement().rows(at=at)
    half = len(times) // 2
    past = [_seconds(moment) for moment in times[:half] if moment is not None]
    coming = [_seconds(moment) for moment in times[half:] if moment is not None]
    return Edition(
        number=int(number),
        changed_at=max(int(changed_at), *map(math.floor, past), 0),
        until=min(coming, default=math.inf),
        since=max(past, default=0.0),
    )


@cache
def _number_statement() -> Statement:
    return Statement(f"SELECT value FROM {Stamp._meta.db_table}")  # noqa: S608  # our own


@cache
def _edition_statement() -> Statement:
    quote = connection.ops.quote_name
    asked = [(quote(table), quote(column)) for table, column in moments()]
    columns = ["COALESCE(SUM(value), 0)", "COALESCE(MAX(changed_at), 0)"]
    # In order, not by MAX and MIN, for which PostgreSQL takes a step more each.
    for sign, order in (("<=", "DESC"), (">", "ASC")):
        columns += [
            f"(SELECT {column} FROM {table} WHERE {column} {sign} %s ORDER BY 1 {order} LIMIT 1)"  # noqa: S608  # our own
            for table, column in asked
        ]
    statement = f"SELECT {', '.join(columns)} FROM {Stamp._meta.db_table}"  # noqa: S608  # our own
    return Statement(statement, [("at", None)] * 2 * len(asked))


def _seconds(moment: Any) -> float:
    """The time of a column: SQLite keeps it as text, in UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return float(moment.timestamp())
