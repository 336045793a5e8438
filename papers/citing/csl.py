"""CSL-JSON, which citation processors and reference managers read.

What it has no name for stands under `custom`, where the schema allows it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from papers.citing.entry import Credited, Entry, likely_kind, said
from papers.models import Kind

TYPES = {
    "": "document",
    Kind.PREPRINT: "article",
    Kind.PROCEEDINGS: "paper-conference",
    Kind.JOURNAL: "article-journal",
    Kind.BOOK: "chapter",
    Kind.THESIS: "thesis",
    Kind.REPORT: "report",
}
FIELDS = {
    "volume": "volume",
    "number": "issue",
    "pages": "page",
    "publisher": "publisher",
    "doi": "DOI",
    "url": "URL",
    "abstract": "abstract",
}
CUSTOM = (
    "first_posted",
    "presentation",
    "award",
    "takeaway",
    "arxiv_version",
    "arxiv_class",
    "pdf_url",
    "code_url",
    "code_origin",
    "project_url",
    "video_url",
    "slides_url",
    "demo_url",
    "abstract_source",
)


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """A list of CSL items, an item at a time."""
    opening = "[\n"
    for entry in entries:
        yield opening + json.dumps(item(entry), ensure_ascii=False, indent=1)
        opening = ",\n"
    yield "\n]\n" if opening == ",\n" else "[]\n"


def item(entry: Entry) -> dict[str, Any]:
    """One entry as CSL data."""
    values = entry.values
    data: dict[str, Any] = {
        "id": entry.key,
        "type": TYPES[likely_kind(entry)],
        "title": entry.title,
    }
    if year := values.get("year"):
        data["issued"] = {"date-parts": [[year]]}
    if entry.authors:
        data["author"] = [name(each) for each in entry.authors]
    full, short = values.get("venue_name"), values.get("venue")
    if full or short:
        data["container-title"] = str(full or short)
    if full and short:
        data["event-title"] = str(short)
    data |= {FIELDS[column]: text for column, text in said(entry, FIELDS)}
    if arxiv_id := values.get("arxiv_id"):
        data |= {"archive": "arXiv", "archive_location": str(arxiv_id)}
    if entry.topics:
        data["keyword"] = "; ".join(entry.topics)
    custom: dict[str, Any] = dict(said(entry, CUSTOM))
    if not entry.authors_complete:
        custom["authors_complete"] = False
    if custom:
        data["custom"] = custom
    return data


def name(author: Credited) -> dict[str, str]:
    """A name in CSL's parts."""
    parts = author.name
    if author.corporate:
        return {"literal": parts.family}
    named = {
        "family": parts.family,
        "given": parts.given,
        "non-dropping-particle": parts.particle,
        "suffix": parts.suffix,
    }
    return {key: value for key, value in named.items() if value}
