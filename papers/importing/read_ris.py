"""RIS read: each reference by itself, so that a broken one costs no other."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import rispy

from papers.citing.entry import Credited, Entry, credited
from papers.citing.ris import FIELDS, INCOMPLETE, LINE_END, NOTES, TYPES
from papers.models import Kind
from papers.names import PersonName

KINDS = {
    **{name: kind for kind, name in TYPES.items() if kind},
    "CONF": Kind.PROCEEDINGS,
    "BOOK": Kind.BOOK,
    "EJOUR": Kind.JOURNAL,
    "MGZN": Kind.JOURNAL,
    "PREP": Kind.PREPRINT,
}
_START = re.compile(r"^[ \t]*TY {0,2}- ?", re.MULTILINE)
_NOTE_COLUMNS = {label: column for column, label in NOTES.items()}


def read(text: str) -> Iterator[Entry]:
    """Every reference of the file, in its order."""
    starts = [match.start() for match in _START.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        line = text.count("\n", 0, start) + 1
        yield _entry(line, text[start:end])


def _entry(line: int, raw: str) -> Entry:
    lines = [each.strip() for each in raw.strip().splitlines()]
    closed = any(re.match(r"ER {0,2}-", each) for each in lines)
    # As the format wants it: two spaces, and an end.
    proper = [re.sub(r"^([A-Z][A-Z0-9]) {0,2}- ?", r"\1  - ", each) for each in lines]
    if not closed:
        proper.append("ER  - ")
    try:
        reference = dict(rispy.loads("\n".join(proper))[0])
    except (ValueError, IndexError, KeyError, OSError) as error:
        return Entry(line=line, problem=f"It can’t be read ({str(error)[:200]}).")
    entry = Entry(
        key=str(reference.get("id") or reference.get("label") or ""), line=line
    )
    if not closed:
        entry.remarks.append("It has no end (“ER  -”).")
    _fill(entry, reference)
    return entry


def _fill(entry: Entry, reference: dict[str, Any]) -> None:
    def first(*names: str) -> str:
        found = next(filter(None, map(reference.get, names)), "")
        return str(found[0] if isinstance(found, list) else found).strip()

    values = entry.values
    values["title"] = first("title", "primary_title")
    values["year"] = first("year", "publication_year", "date")
    values["kind"] = KINDS.get(first("type_of_reference"), "")
    values["venue_name"] = first(
        "secondary_title", "journal_name", "alternate_title3", "custom3"
    )
    for column, name in FIELDS.items():
        values[column] = _lines(first(name))
    values["abstract"] = values["abstract"] or _lines(first("notes_abstract"))
    values["pages"] = "–".join(filter(None, (first("start_page"), first("end_page"))))
    values["url"] = first("urls")
    values["arxiv_id"] = first("accession_number")
    if not values["arxiv_id"].lower().startswith("arxiv:"):
        values.pop("arxiv_id")  # some database's own number
    _read_notes(entry, reference.get("notes") or [])
    entry.values = {name: value for name, value in values.items() if value}
    people = reference.get("authors") or reference.get("first_authors") or []
    entry.authors = [_name(name) for name in people if name.strip(" ,")]
    entry.topics = reference.get("keywords")


def _read_notes(entry: Entry, notes: list[str]) -> None:
    for note in notes:
        label, _, text = note.partition(": ")
        if note == INCOMPLETE:
            entry.authors_complete = False
        elif label in _NOTE_COLUMNS:
            entry.values[_NOTE_COLUMNS[label]] = _lines(text)


def _lines(text: str) -> str:
    return text.replace(LINE_END, "\n")


def _name(text: str) -> Credited:
    if text.rstrip().endswith(","):  # as organisations are written
        return credited(text.rstrip().rstrip(","), corporate=True)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return credited(text)
    words = parts[0].split()
    cut = 0
    while cut < len(words) - 1 and words[cut][:1].islower():
        cut += 1
    return Credited(
        PersonName(
            family=" ".join(words[cut:]),
            given=parts[1],
            particle=" ".join(words[:cut]),
            suffix=" ".join(parts[2:]),
        )
    )
