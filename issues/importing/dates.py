"""The date in a title such as `Superfast AI 1/11/2023`."""

import re
from datetime import date

from django.utils.dates import MONTHS, MONTHS_3

from issues.importing.reading import DateOrder

_NUMBERS = re.compile(
    r"(?<![\d/.-])(\d{1,4})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{1,2})(?![\d/.-]*\d)"
)
_NAMES = {
    **{str(name).lower(): number for number, name in MONTHS.items()},
    **{str(name).lower(): number for number, name in MONTHS_3.items()},
    "sept": 9,
}
_MONTH = "|".join(sorted(_NAMES, key=len, reverse=True))
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.? (?:of )?({_MONTH})\.?,? (\d{{4}})\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE
)
_EARLIEST, _LATEST = 1990, 2100


def find_dates(title: str) -> dict[DateOrder, date]:
    """The days that the title's first date may mean, each with the order that gives it.

    One day, whatever the order, where a month is named, or the year comes first, or
    only one order gives a day of the calendar. Nothing where there is no date.
    """
    for pattern, day_at, month_at in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        if match := pattern.search(title):
            month = _NAMES[match[month_at].lower()]
            return _only(_day(int(match[3]), month, int(match[day_at])))
    match = _NUMBERS.search(title)
    if not match:
        return {}
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) > 2:
        return _only(_day(first, second, third))
    year = third if len(match[4]) == 4 else 2000 + third
    found = {
        DateOrder.MONTH_FIRST: _day(year, first, second),
        DateOrder.DAY_FIRST: _day(year, second, first),
    }
    if len(match[4]) < 3:
        found[DateOrder.YEAR_FIRST] = _day(2000 + first, second, third)
    days = {order: day for order, day in found.items() if day is not None}
    if len(set(days.values())) == 1:
        return _only(next(iter(days.values())))
    return days


def _only(day: date | None) -> dict[DateOrder, date]:
    return {DateOrder.YEAR_FIRST: day} if day else {}


def _day(year: int, month: int, day: int) -> date | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
