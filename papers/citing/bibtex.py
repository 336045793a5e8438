"""BibTeX, written so that it comes back without a difference."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from papers.citing.entry import Credited, Entry, likely_kind, said
from papers.citing.latex import encode
from papers.models import Kind
from superfast.common.text import numbered

TYPES = {
    "": "misc",
    Kind.PREPRINT: "misc",
    Kind.PROCEEDINGS: "inproceedings",
    Kind.JOURNAL: "article",
    Kind.BOOK: "inbook",
    Kind.THESIS: "phdthesis",
    Kind.REPORT: "techreport",
}
# Column → field, for text and for addresses. What BibTeX has no name for gets ours:
# styles pass over fields that they do not know.
TEXT_FIELDS = {
    "volume": "volume",
    "number": "number",
    "pages": "pages",
    "publisher": "publisher",
    "presentation": "note",
    "award": "award",
    "first_posted": "posted",
    "code_origin": "codeorigin",
    "takeaway": "takeaway",
    "abstract": "abstract",
    "abstract_source": "abstractsource",
}
LINK_FIELDS = {
    "url": "url",
    "pdf_url": "pdf",
    "code_url": "code",
    "project_url": "project",
    "video_url": "video",
    "slides_url": "slides",
    "demo_url": "demo",
}
_CAPITALS = re.compile(r"(?<![\w\\{$])(\w+[A-Z]\w*|[A-Z][A-Z0-9]+s?)(?![\w$])")
_UNSAFE_IN_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """A BibTeX file, an entry at a time. A key used before gets a number."""
    taken: set[str] = set()
    for entry in entries:
        key = numbered(entry.key, lambda name: name.lower() not in taken)
        taken.add(key.lower())
        lines = [f"  {name} = {{{value}}}" for name, value in _fields(entry)]
        yield f"@{entry_type(entry)}{{{key},\n" + ",\n".join(lines) + "\n}\n\n"


def skeleton(values: dict[str, Any]) -> str:
    """An entry with these identifiers in it, for somebody to fill in."""
    fields = {
        "title": "",
        "author": "",
        "year": "",
        "eprint": values.get("arxiv_id", ""),
        "archivePrefix": "arXiv" if values.get("arxiv_id") else "",
        "doi": values.get("doi", ""),
    }
    kept = [
        f"  {name} = {{{value}}}"
        for name, value in fields.items()
        if value or name in ("title", "author", "year")
    ]
    return "@misc{,\n" + ",\n".join(kept) + "\n}\n"


def entry_type(entry: Entry) -> str:
    """What BibTeX calls this sort of publication."""
    return TYPES[likely_kind(entry)]


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    values = entry.values
    yield "title", _title(entry.title)
    if entry.authors:
        names = [_name(each) for each in entry.authors]
        yield "author", " and ".join([*names, *_others(entry)])
    yield "year", str(values["year"])
    yield from _venue(entry)
    for name, text in said(entry, TEXT_FIELDS):
        yield TEXT_FIELDS[name], encode(text)
    yield from _identifiers(entry)
    for name, address in said(entry, LINK_FIELDS):
        yield LINK_FIELDS[name], "".join(_UNSAFE_IN_ADDRESS.get(c, c) for c in address)
    if entry.topics:
        yield "keywords", encode("; ".join(entry.topics))


def _others(entry: Entry) -> list[str]:
    return [] if entry.authors_complete else ["others"]


def _title(text: str) -> str:
    """With braces around words whose capitals a style would take away."""
    encoded = encode(text)
    if "$" in encoded.replace(r"\$", ""):
        return encoded
    return _CAPITALS.sub(r"{\1}", encoded)


def _name(author: Credited) -> str:
    name = author.name
    if author.corporate:
        return f"{{{encode(name.family)}}}"
    family = " ".join(filter(None, (encode(name.particle), _one(name.family))))
    if name.given or name.suffix:
        return ", ".join(
            filter(None, (family, encode(name.suffix), encode(name.given)))
        )
    return f"{family}," if " " in name.family else family


def _one(family: str) -> str:
    """A family name with words that BibTeX would tear apart, held together."""
    encoded = encode(family)
    torn = re.search(r",|(?i: and )", encoded) or family[:1].islower()
    return f"{{{encoded}}}" if torn else encoded


def _venue(entry: Entry) -> Iterator[tuple[str, str]]:
    short = str(entry.values.get("venue") or "")
    full = str(entry.values.get("venue_name") or "")
    if printed := full or short:
        name = "journal" if entry_type(entry) == "article" else "booktitle"
        yield name, encode(printed)
    if full and short:
        yield "eventtitle", encode(short)


def _identifiers(entry: Entry) -> Iterator[tuple[str, str]]:
    arxiv_id, doi = entry.values.get("arxiv_id"), entry.values.get("doi")
    if arxiv_id:
        yield "eprint", str(arxiv_id)
        yield "archivePrefix", "arXiv"
        if primary := entry.values.get("arxiv_class"):
            yield "primaryClass", str(primary)
        if version := entry.values.get("arxiv_version"):
            yield "eprintversion", str(version)
        doi = doi or f"10.48550/arXiv.{arxiv_id}"
    if doi:
        yield "doi", encode(str(doi))
