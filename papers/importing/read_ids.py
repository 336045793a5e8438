"""Lists of arXiv ids and DOIs read: parted by spaces or commas, with or without titles beside."""

import re
from collections.abc import Iterator

from papers.citing.entry import Entry
from papers.identifiers import parse_arxiv, parse_doi

# What was meant as an identifier and may be none: "2213.00001".
_MEANT = re.compile(r"\d{4}\.\d{4}|\b10\.\d|/\d{7}|(?:arxiv|doi)\S*\d", re.I)


def read(text: str) -> Iterator[Entry]:
    """An entry for each identifier; what was meant as one and is none has a problem."""
    for line, row in enumerate(text.splitlines(), 1):
        for part in parts(row):
            yield _entry(line, part)


def parts(row: str) -> list[str]:
    """The identifiers of a line, and what was meant as one; all its words where there is none.

    The words beside identifiers are titles or notes, which their papers bring themselves.
    """
    row = row.strip()
    if not row or row.startswith("#"):
        return []
    if _is_known(row):
        return [row]
    words = [word for word in re.split(r"[\s,;]+", row) if word]
    if not any(map(_is_known, words)):
        return words
    return [word for word in words if _is_known(word) or _MEANT.search(word)]


def is_list(text: str) -> bool:
    """Whether most lines of a text hold an identifier."""
    lines = [found for row in text.splitlines() if (found := parts(row))][:200]
    named = [found for found in lines if any(map(_is_known, found))]
    return bool(lines) and len(named) * 2 > len(lines)


def _is_known(word: str) -> bool:
    return bool(parse_arxiv(word) or parse_doi(word))


def _entry(line: int, text: str) -> Entry:
    if found := parse_arxiv(text):
        return Entry(key=text, line=line, values={"arxiv_id": found.arxiv_id})
    if doi := parse_doi(text):
        return Entry(key=text, line=line, values={"doi": doi})
    return Entry(
        key=text[:100], line=line, problem="This is neither an arXiv id nor a DOI."
    )
