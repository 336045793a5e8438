"""Tables read: by our own headings, or by those that other programs give."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from papers.citing.entry import COLUMNS, TRUTHS, Entry
from papers.citing.table import restore, truth
from papers.importing.read_json import from_columns

# Folded heading → ours.
HEADINGS = {
    **{name.replace("_", ""): name for name in COLUMNS},
    "slug": "slug",
    "key": "key",
    "citekey": "key",
    "author": "authors",
    "authors": "authors",
    "authorscomplete": "authors_complete",
    "topic": "topics",
    "topics": "topics",
    "keywords": "topics",
    "arxiv": "arxiv_id",
    "publicationyear": "year",
    "publicationtitle": "venue_name",
    "booktitle": "venue_name",
    "journal": "venue_name",
    "conference": "venue",
    "link": "url",
    "code": "code_url",
    "pdf": "pdf_url",
    "project": "project_url",
    "abstractnote": "abstract",
}
_MOST_CELL = 200_000


def read(text: str) -> Iterator[Entry]:
    """Every row of the table, in its order."""
    csv.field_size_limit(_MOST_CELL)
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    headings = [
        HEADINGS.get(re.sub(r"[^a-z]", "", cell.lower()), "") for cell in next(rows, [])
    ]
    if "title" not in headings:
        yield Entry(line=1, problem="No column of the first line is called “title”.")
        return
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Entry(line=line, problem=f"The row can’t be read ({error}).")
            continue
        if any(cell.strip() for cell in cells):
            yield _entry(line, headings, cells)


def _entry(line: int, headings: list[str], cells: list[str]) -> Entry:
    row: dict[str, Any] = {
        name: restore(cell) for name, cell in zip(headings, cells, strict=False) if name
    }
    remarks = []
    if len(cells) > len(headings):
        remarks.append("It has more cells than the first line has headings.")
    for name in {*TRUTHS, "authors_complete"} & row.keys():
        said = truth(row[name])
        if said is None:
            remarks.append(f"{name}: “{row[name][:40]}” is neither 1 nor 0: left out.")
            row.pop(name)
        else:
            row[name] = said
    for name in ("authors", "topics"):
        if name in row:
            row[name] = _list(row[name])
    entry = from_columns(line, row)
    if not entry.complete:
        entry.values = {name: value for name, value in entry.values.items() if value}
    entry.remarks += remarks
    return entry


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _delimiter(text: str) -> str:
    """The sign that parts the headings: comma, semicolon or tab."""
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)
