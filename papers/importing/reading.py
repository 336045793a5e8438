"""Which format a file has, and its entries."""

import re
from collections.abc import Callable, Iterator

from django.db import models

from papers.citing.entry import Entry
from papers.importing import (
    read_bibtex,
    read_csv,
    read_ids,
    read_json,
    read_ris,
)
from papers.importing.cleaning import finish


class Format(models.TextChoices):
    """What papers are imported from."""

    BIBTEX = "bibtex", "BibTeX"
    RIS = "ris", "RIS"
    CSL = "csl", "CSL-JSON"
    JSON = "json", "JSON"
    CSV = "csv", "CSV"
    IDS = "ids", "arXiv ids and DOIs"


READERS: dict[str, Callable[[str], Iterator[Entry]]] = {
    Format.BIBTEX: read_bibtex.read,
    Format.RIS: read_ris.read,
    Format.CSL: read_json.read,
    Format.JSON: read_json.read,
    Format.CSV: read_csv.read,
    Format.IDS: read_ids.read,
}


class UnknownFormatError(ValueError):
    """Nothing that we read; the message is a sentence for who sent it."""


def detect(text: str) -> Format:
    """The format of a text, told from itself: names of files lie.

    Raises: UnknownFormatError.
    """
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        return Format.CSL if read_json.is_csl(text) else Format.JSON
    heading = text.lstrip().partition("\n")[0].lower()
    if "title" in heading and re.fullmatch(r"[^@{=]*[,;\t][^@{=]*", heading):
        return Format.CSV
    if re.search(r"^[ \t]*TY {0,2}- ?\w", text, re.MULTILINE):
        return Format.RIS
    if re.search(r"@[a-zA-Z]+[ \t]*[{(]", text):
        return Format.BIBTEX
    if read_ids.is_list(text):
        return Format.IDS
    raise UnknownFormatError(
        "No entries were found: send BibTeX, RIS, CSL-JSON, CSV, JSON, or a list of "
        "arXiv ids or DOIs."
    )


def read(text: str, format_: Format | str) -> Iterator[Entry]:
    """The entries of a text, cleaned, in their order; a broken whole is one broken entry."""
    try:
        for entry in READERS[format_](text):
            yield entry if format_ == Format.IDS else finish(entry)
    except read_json.BrokenError as error:
        yield Entry(line=1, problem=str(error))
