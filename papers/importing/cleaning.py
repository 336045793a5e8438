"""What an entry says, in the form in which a paper would hold it."""

import re
from typing import Any

from django.core.exceptions import ValidationError

from papers.citing.entry import WHOLE_NUMBERS, Entry
from papers.fields import fold_key
from papers.identifiers import arxiv_month, parse_arxiv, parse_doi
from papers.models import Author, Catalogue, Kind, Paper, Presentation
from papers.models.catalogue import EARLIEST_YEAR, LATEST_YEAR

_YEAR = re.compile(r"(?<![0-9])(1[89][0-9]{2}|2[01][0-9]{2})(?![0-9])")
_NAME_LENGTH = Author._meta.get_field("name").max_length or 0
_SHORT_VENUE = Paper._meta.get_field("venue").max_length or 0
_ARXIV_VENUE = re.compile(r"arxiv|^corr$|computing research repository", re.IGNORECASE)
_IN_VENUE = re.compile(
    r"[0-9]{4}\.[0-9]{4,5}(v[0-9]+)?|[a-z-]+/[0-9]{7}", re.IGNORECASE
)


def finish(entry: Entry) -> Entry:
    """The entry with identifiers taken from wherever they stand, and nothing unfit left.

    What a rule refuses is left out with a remark; without a title or a year the
    entry has a problem.
    """
    if entry.problem:
        return entry
    values = entry.values
    _take_arxiv(entry)
    _take_doi(entry)
    _take_year(entry)
    _place(values)
    for name in list(values):
        _clean(entry, name)
    _clean_authors(entry)
    if entry.doubt:
        return entry
    if not fold_key(entry.title, 500):
        entry.problem = entry.problem or "It has no title."
    elif not values.get("year"):
        entry.problem = entry.problem or "It has no year, nor a date to tell it from."
    return entry


def _take_arxiv(entry: Entry) -> None:
    """The arXiv id from its own field, the DOI that arXiv gives, the address or the venue."""
    values = entry.values
    venue = str(values.get("venue_name") or "")
    named = _IN_VENUE.search(f"{venue} {values.get('volume') or ''}")
    on_arxiv = bool(_ARXIV_VENUE.search(venue))
    places = [values.get("arxiv_id"), values.get("doi"), values.get("url")]
    if on_arxiv and named:
        places.append(named[0])
    for text in places:
        if text and (found := parse_arxiv(str(text))):
            values["arxiv_id"] = found.arxiv_id
            if found.version:
                values["arxiv_version"] = found.version
            if found.primary_class:
                values.setdefault("arxiv_class", found.primary_class)
            break
    else:
        if text := values.pop("arxiv_id", None):
            entry.remarks.append(f"“{text}” is no arXiv id: left out.")
    if on_arxiv:
        for name in ("venue_name", "volume", "number", "pages"):
            values.pop(name, None)
        values["kind"] = Kind.PREPRINT


def _take_doi(entry: Entry) -> None:
    values = entry.values
    text = str(values.get("doi") or "")
    if text and parse_arxiv(text):
        values.pop("doi")
    elif text:
        found = parse_doi(text)
        if found is None:
            values.pop("doi")
            entry.remarks.append(f"“{text[:100]}” is no DOI: left out.")
        else:
            values["doi"] = found
    elif "url" in values and (found := parse_doi(str(values["url"]))):
        values["doi"] = found


def _take_year(entry: Entry) -> None:
    values = entry.values
    text = str(values.get("year") or "")
    if not (match := _YEAR.search(text)):
        if posted := str(values.get("first_posted") or ""):
            match = _YEAR.search(posted)
        elif arxiv_id := values.get("arxiv_id"):
            match = _YEAR.search(arxiv_month(arxiv_id))
    if match and EARLIEST_YEAR <= int(match[1]) <= LATEST_YEAR:
        values["year"] = int(match[1])
    else:
        values.pop("year", None)


def _place(values: dict[str, Any]) -> None:
    """A venue's one name is its short one, unless it is too long for that."""
    full = values.get("venue_name")
    if full and not values.get("venue") and len(full) <= _SHORT_VENUE:
        values["venue"] = values.pop("venue_name")


def _clean(entry: Entry, name: str) -> None:
    column: Any = Paper._meta.get_field(name)
    value = entry.values[name]
    if name == "presentation" and value not in ("", *Presentation.values):
        entry.values.pop(name)  # a note about something else
        return
    if value in (None, "") and name not in ("title", "year"):
        entry.values[name] = None if name in WHOLE_NUMBERS else ""
        return
    try:
        entry.values[name] = column.clean(value, None)
    except ValidationError as error:
        reason = " ".join(error.messages)
        if name == "title":
            entry.problem = f"Its title can’t be taken: {reason}"
        else:
            entry.values.pop(name)
            entry.remarks.append(
                f"{column.verbose_name} “{str(value)[:60]}” left out: {reason}"
            )


def _clean_authors(entry: Entry) -> None:
    kept = [
        each for each in entry.authors if each.key and len(each.display) <= _NAME_LENGTH
    ]
    for each in entry.authors:
        if each not in kept:
            entry.remarks.append(f"“{each.display[:60]}” is no name: left out.")
            entry.authors_complete = False
    entry.authors = kept


def belongs(entry: Entry, catalogue: Catalogue) -> bool:
    """Whether either date of a paper lies in the catalogue's year."""
    posted = str(entry.values.get("first_posted") or "")
    if not posted and (arxiv_id := entry.values.get("arxiv_id")):
        posted = arxiv_month(arxiv_id)
    return catalogue.year == entry.values.get("year") or posted.startswith(
        f"{catalogue.year}-"
    )
