"""CSV and JSON with every column: what editors take out, change and bring back.

A spreadsheet runs what begins like a formula: such a cell gets an apostrophe in
front, which is taken off again when it comes back.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from papers.citing.entry import COLUMNS, Credited, Entry
from papers.citing.schema import FORMAT

HEADINGS = (
    "slug",
    "key",
    "title",
    "authors",
    "authors_complete",
    "topics",
    *COLUMNS[1:],
)
SEPARATOR = "; "

_FORMULA = re.compile(r"^'*[=+\-@\t\r\n]")
_NEUTRALISED = re.compile(r"^'+[=+\-@\t\r\n]")


def neutralise(text: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """What stood in a cell before `neutralise`."""
    return text[1:] if _NEUTRALISED.match(text) else text


def write_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """A table with a row for each entry, with the mark that spreadsheets know UTF-8 by."""
    yield "\ufeff" + _row(HEADINGS)
    for entry in entries:
        cells = flat(entry)
        yield _row([neutralise(_cell(cells[name])) for name in HEADINGS])


def write_json(entries: Iterable[Entry]) -> Iterator[str]:
    """The same as an object with a list `papers`."""
    opening = f'{{"format": "{FORMAT}", "papers": [\n'
    for entry in entries:
        row = flat(entry)
        row["authors"] = [as_text(each) for each in entry.authors]
        row["topics"] = list(entry.topics or ())
        yield opening + json.dumps(row, ensure_ascii=False, indent=1)
        opening = ",\n"
    yield "\n]}\n" if opening == ",\n" else opening + "]}\n"


def flat(entry: Entry) -> dict[str, Any]:
    """An entry by heading."""
    return {
        "slug": entry.slug,
        "key": entry.key,
        "authors": SEPARATOR.join(as_text(each) for each in entry.authors),
        "authors_complete": entry.authors_complete,
        "topics": SEPARATOR.join(entry.topics or ()),
        **{name: entry.values.get(name) for name in COLUMNS},
    }


def as_text(author: Credited) -> str:
    """A name as it is printed; an organisation's in braces."""
    return f"{{{author.display}}}" if author.corporate else author.display


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def truth(text: str) -> bool | None:
    """What a cell says of yes and no; None where it says neither."""
    return {
        **dict.fromkeys(("1", "true", "yes", "x"), True),
        **dict.fromkeys(("0", "false", "no", ""), False),
    }.get(text.strip().lower())
