"""The formats that papers are handed out in: to be read by machines, and to be printed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from papers.citing import bibtex, csl, ris, table
from papers.citing.entry import Entry
from papers.citing.styles import STYLES


@dataclass(frozen=True)
class Format:
    """A format: its name, what addresses end in, its type, and who writes it.

    Attributes:
        ending: the end of a file's name, where it is not the address's.
    """

    name: str
    suffix: str
    content_type: str
    write: Callable[[Iterable[Entry]], Iterator[str]]
    ending: str = ""

    @property
    def file_ending(self) -> str:
        """The end of a file's name, without the dot before it."""
        return self.ending or self.suffix


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
# To be pasted where it is read.
PRINTED = {
    style.slug: Format(
        style.name,
        style.slug,
        "text/markdown; charset=utf-8"
        if style.slug == "md"
        else "text/plain; charset=utf-8",
        style.write,
        ending="md" if style.slug == "md" else f"{style.slug}.txt",
    )
    for style in STYLES.values()
}
# Everything that is known, to bring back; see papers.citing.schema.
FULL_JSON = Format(
    "JSON, everything",
    "full",
    "application/json; charset=utf-8",
    table.write_json,
    ending="json",
)
# What the end of an address asks for.
ALL = {**FORMATS, FULL_JSON.suffix: FULL_JSON, **PRINTED}
