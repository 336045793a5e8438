"""Lists of arXiv ids and DOIs read: one a line, or parted by spaces or commas."""

import re
from collections.abc import Iterator

from papers.citing.entry import Entry
from papers.identifiers import parse_arxiv, parse_doi


def read(text: str) -> Iterator[Entry]:
    """An entry for each identifier; what is none has a problem."""
    for line, row in enumerate(text.splitlines(), 1):
        for part in parts(row):
            yield _entry(line, part)


def parts(row: str) -> list[str]:
    """The identifiers of a line: all of it where that is one, else its words."""
    row = row.strip()
    if not row or row.startswith("#"):
        return []
    if parse_arxiv(row) or parse_doi(row):
        return [row]
    return [part for part in re.split(r"[\s,;]+", row) if part]


def is_list(text: str) -> bool:
    """Whether most of a text are identifiers."""
    found = [part for row in text.splitlines() for part in parts(row)][:200]
    named = [part for part in found if parse_arxiv(part) or parse_doi(part)]
    return bool(found) and len(named) * 2 > len(found)


def _entry(line: int, text: str) -> Entry:
    if found := parse_arxiv(text):
        return Entry(key=text, line=line, values={"arxiv_id": found.arxiv_id})
    if doi := parse_doi(text):
        return Entry(key=text, line=line, values={"doi": doi})
    return Entry(
        key=text[:100], line=line, problem="This is neither an arXiv id nor a DOI."
    )
