"""RIS, written so that it comes back without a difference.

RIS knows few of our columns: the others are notes, each with its name in front.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import rispy

from papers.citing.entry import Credited, Entry, likely_kind, said
from papers.models import Kind

TYPES = {
    "": "GEN",
    Kind.PREPRINT: "UNPB",
    Kind.PROCEEDINGS: "CPAPER",
    Kind.JOURNAL: "JOUR",
    Kind.BOOK: "CHAP",
    Kind.THESIS: "THES",
    Kind.REPORT: "RPRT",
}
FIELDS = {
    "volume": "volume",
    "number": "number",
    "publisher": "publisher",
    "doi": "doi",
    "abstract": "abstract",
    "pdf_url": "file_attachments1",
    "presentation": "type_of_work",
}
# Column → the name in front of a note.
NOTES = {
    "first_posted": "First posted",
    "venue": "Venue",
    "award": "Award",
    "takeaway": "Takeaway",
    "pages": "Pages",
    "code_url": "Code",
    "code_origin": "Code by",
    "project_url": "Project",
    "video_url": "Video",
    "slides_url": "Slides",
    "demo_url": "Demo",
    "abstract_source": "Abstract from",
}
INCOMPLETE = "Authors: incomplete"
# A value has one line: this sign stands for the end of one.
LINE_END = " ¶ "


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """An RIS file, an entry at a time."""
    for entry in entries:
        yield rispy.dumps([_reference(entry)], skip_unknown_tags=False).lstrip() + "\n"


def _reference(entry: Entry) -> dict[str, Any]:
    values = entry.values
    reference: dict[str, Any] = {
        "type_of_reference": TYPES[likely_kind(entry)],
        "id": entry.key,
        "title": entry.title,
        "year": str(values["year"]),
    }
    if entry.authors:
        reference["authors"] = [name(each) for each in entry.authors]
    full, short = values.get("venue_name"), values.get("venue")
    if full or short:
        reference["secondary_title"] = str(full or short)
    for column, text in said(entry, FIELDS):
        reference[FIELDS[column]] = _line(text)
    if arxiv_id := values.get("arxiv_id"):
        version, primary = values.get("arxiv_version"), values.get("arxiv_class")
        reference["accession_number"] = (
            f"arXiv:{arxiv_id}"
            + (f"v{version}" if version else "")
            + (f" [{primary}]" if primary else "")
        )
    if url := values.get("url"):
        reference["urls"] = [str(url)]
    if entry.topics:
        reference["keywords"] = entry.topics
    notes = [
        f"{NOTES[column]}: {_line(text)}"
        for column, text in said(entry, NOTES)
        if column != "venue" or full
    ]
    if not entry.authors_complete:
        notes.append(INCOMPLETE)
    if notes:
        reference["notes"] = notes
    return reference


def name(author: Credited) -> str:
    """Family name first; an organisation's name ends with a comma."""
    parts = author.name
    if author.corporate:
        return f"{parts.family},"
    rest = filter(None, (parts.given, parts.suffix))
    return ", ".join([parts.full_family, *rest]) if parts.given else parts.display


def _line(text: str) -> str:
    return text.replace("\n", LINE_END)
