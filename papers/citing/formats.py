"""The formats that lists of papers are handed out in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from papers.citing import bibtex, csl, ris, table
from papers.citing.entry import Entry


@dataclass(frozen=True)
class Format:
    """A format: its name, the end of a file's name, its type, and who writes it."""

    name: str
    suffix: str
    content_type: str
    write: Callable[[Iterable[Entry]], Iterator[str]]


FORMATS = {
    one.suffix: one
    for one in (
        Format("BibTeX", "bib", "application/x-bibtex; charset=utf-8", bibtex.write),
        Format(
            "RIS",
            "ris",
            "application/x-research-info-systems; charset=utf-8",
            ris.write,
        ),
        Format(
            "CSL-JSON",
            "json",
            "application/vnd.citationstyles.csl+json; charset=utf-8",
            csl.write,
        ),
        Format("CSV", "csv", "text/csv; charset=utf-8", table.write_csv),
    )
}
# For the desk alone: everything, to bring back.
FULL_JSON = Format("JSON", "json", "application/json; charset=utf-8", table.write_json)
