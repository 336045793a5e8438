"""JSON read: CSL items, or rows of our own with every column."""

import json
from collections.abc import Iterator
from typing import Any

from papers.citing.csl import CUSTOM, FIELDS, TYPES
from papers.citing.entry import (
    COLUMNS,
    TRUTHS,
    WHOLE_NUMBERS,
    Credited,
    Entry,
    credited,
)
from papers.models import Kind
from papers.names import PersonName

KINDS = {
    **{name: kind for kind, name in TYPES.items() if kind},
    "book": Kind.BOOK,
    "manuscript": Kind.PREPRINT,
    "article-magazine": Kind.JOURNAL,
    # What DOI registries call them.
    "proceedings-article": Kind.PROCEEDINGS,
    "journal-article": Kind.JOURNAL,
    "posted-content": Kind.PREPRINT,
    "book-chapter": Kind.BOOK,
}


class BrokenError(ValueError):
    """The file is no JSON; the message says from which line on."""


def read(text: str) -> Iterator[Entry]:
    """Every item of the file, in its order.

    Raises: BrokenError where it is no JSON of papers.
    """
    for line, row in _rows(text):
        if not isinstance(row, dict):
            yield Entry(line=line, problem="It is not an object with names and values.")
        elif "issued" in row or "DOI" in row or "container-title" in row:
            yield from_csl(line, row)
        else:
            yield from_columns(line, row)


def is_csl(text: str) -> bool:
    """Whether the first item is of CSL's kind."""
    try:
        _, row = next(iter(_rows(text)), (0, {}))
    except BrokenError:
        return False
    return isinstance(row, dict) and ("issued" in row or "container-title" in row)


def _rows(text: str) -> Iterator[tuple[int, Any]]:
    """Line and value of each item of the list, read one after the other."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is no JSONDecodeError, and of no line.
        line = getattr(error, "lineno", 1)
        raise BrokenError(f"This is no JSON from line {line} on.") from error
    if isinstance(data, dict):
        rows = data.get("papers", data.get("items", [data]))
    else:
        rows = data
    if not isinstance(rows, list):
        raise BrokenError("A list of papers is needed.")
    yield from zip(_lines(text, len(rows)), rows, strict=True)


def _lines(text: str, number: int) -> Iterator[int]:
    """The lines on which the items of the (last begun, outermost) list begin."""
    decoder = json.JSONDecoder()
    at = text.find("[") + 1
    line, counted = 1, 0
    for _ in range(number):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        line += text.count("\n", counted, at)
        counted = at
        yield line
        try:
            _, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:  # a single object: it begins the file
            return


def from_csl(line: int, row: dict[str, Any]) -> Entry:
    """The entry that a CSL item, or a DOI registry's answer, describes."""
    entry = Entry(key=str(row.get("id") or ""), line=line)
    custom = row.get("custom") if isinstance(row.get("custom"), dict) else {}
    values: dict[str, Any] = {
        "title": _text(row.get("title")),
        "year": _year(row),
        "kind": KINDS.get(_text(row.get("type")), ""),
        "venue_name": _text(row.get("container-title")),
        "venue": _text(row.get("event-title")),
        **{column: _text(row.get(name)) for column, name in FIELDS.items()},
        **{column: _text(custom.get(column)) for column in CUSTOM},  # type: ignore[union-attr]
    }
    if _text(row.get("archive")).lower() == "arxiv":
        values["arxiv_id"] = _text(row.get("archive_location"))
    entry.values = {name: value for name, value in values.items() if value}
    people = row.get("author") if isinstance(row.get("author"), list) else []
    entry.authors = [_csl_name(each) for each in people if isinstance(each, dict)]  # type: ignore[union-attr]
    entry.authors_complete = custom.get("authors_complete", True) is not False  # type: ignore[union-attr]
    if keyword := _text(row.get("keyword")):
        entry.topics = [keyword, *(word.strip() for word in keyword.split(";"))]
    return entry


def _text(value: Any) -> str:
    """A value as text; of a list, as DOI registries send them, the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _year(row: dict[str, Any]) -> str:
    for name in (
        "issued",
        "published-print",
        "published",
        "published-online",
        "created",
    ):
        date = row.get(name)
        if isinstance(date, dict):
            parts = date.get("date-parts")
            if isinstance(parts, list) and parts and isinstance(parts[0], list):
                return _text(parts[0])
            return _text(date.get("raw") or date.get("literal"))
    return ""


def _csl_name(row: dict[str, Any]) -> Credited:
    if literal := _text(row.get("literal") or row.get("name")):
        return credited(literal, corporate=True)
    particle = row.get("non-dropping-particle") or row.get("dropping-particle")
    return Credited(
        PersonName(
            family=_text(row.get("family")),
            given=_text(row.get("given")),
            particle=_text(particle),
            suffix=_text(row.get("suffix")),
        )
    )


def from_columns(line: int, row: dict[str, Any]) -> Entry:
    """An entry of values by the names of our own columns, from JSON or from a table."""
    entry = Entry(
        key=_text(row.get("key")),
        slug=_text(row.get("slug")),
        line=line,
        complete=bool(_text(row.get("slug"))),
    )
    for name in COLUMNS:
        if name not in row:
            continue
        value = row[name]
        if name in TRUTHS:
            entry.values[name] = value is True
        elif name in WHOLE_NUMBERS:
            entry.values[name] = _text(value)
        else:
            entry.values[name] = value if isinstance(value, str) else _text(value)
    authors, topics = row.get("authors"), row.get("topics")
    if isinstance(authors, list):
        entry.authors = [own_name(_text(name)) for name in authors if _text(name)]
    entry.authors_complete = row.get("authors_complete", True) is not False
    if isinstance(topics, list):
        entry.topics = [_text(topic) for topic in topics]
    return entry


def own_name(text: str) -> Credited:
    """Who is meant by a name as our tables hold it: an organisation's in braces."""
    if text.startswith("{") and text.endswith("}"):
        return credited(text[1:-1], corporate=True)
    return credited(text)
