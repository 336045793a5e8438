"""What an entry would change of a paper."""

from typing import Any

from papers.citing.entry import TRUTHS, Credited, Entry, entry_of, likely_kind
from papers.fields import fold_key
from papers.models import Paper

# Changes are shown and stored as pairs: what is, what would be.
Changes = dict[str, list[Any]]


def compare(entry: Entry, paper: Paper, topics: list[str] | None) -> Changes:
    """The columns that would change, each with what is and what would be.

    An entry from elsewhere only adds and corrects: what it leaves empty stays, and
    so does what differs in accents, case or initials alone. One that says
    everything, as our own tables do, is taken at its word.

    Args:
        entry: what a file says.
        paper: a row from `for_export()`.
        topics: names of topics of ours that the entry means, if it names any.
    """
    ours = entry_of(paper)
    changes: Changes = {}
    for name, value in _columns(entry, ours).items():
        old = ours.values[name]
        if value == old or (not entry.complete and _unsaid(name, value, ours)):
            continue
        changes[name] = [old, value]
    if entry.authors and not _same_authors(entry, ours):
        changes["authors"] = [_names(ours.authors), _names(entry.authors)]
    if (entry.complete or "authors" in changes) and (
        entry.authors_complete != ours.authors_complete
    ):
        changes["authors_complete"] = [ours.authors_complete, entry.authors_complete]
    wanted = topics is not None and (entry.complete or not ours.topics)
    if wanted and sorted(topics or ()) != sorted(ours.topics or ()):
        changes["topics"] = [ours.topics, topics]
    return changes


def _columns(entry: Entry, ours: Entry) -> dict[str, Any]:
    """The entry's columns; a venue's full name does not take the place of our short one."""
    values = dict(entry.values)
    short = values.get("venue")
    if entry.complete or not short or not ours.values["venue"]:
        return values
    if short != ours.values["venue"] and "venue_name" not in values:
        values["venue_name"] = values.pop("venue")
        if fold_key(values["venue_name"], 300) == fold_key(ours.values["venue"], 300):
            values.pop("venue_name")
    return values


def _unsaid(name: str, value: Any, ours: Entry) -> bool:
    """Whether a value from elsewhere says nothing that we do not know."""
    old = ours.values[name]
    if value in (None, "") or name in TRUTHS:
        return True
    if name == "kind":
        return not old and str(value) == likely_kind(ours)
    if name in ("title", "venue_name", "publisher"):
        return fold_key(str(value), 500) == fold_key(str(old), 500)
    return False


def _same_authors(entry: Entry, ours: Entry) -> bool:
    theirs, known = entry.authors, ours.authors
    if entry.complete:
        return theirs_as_printed(entry) == theirs_as_printed(ours)
    if not entry.authors_complete:
        known = known[: len(theirs)]
    return len(theirs) == len(known) and all(map(_same_name, theirs, known))


def theirs_as_printed(entry: Entry) -> list[tuple[str, bool]]:
    """Every name as it is printed, and whether it is an organisation's."""
    return [(each.display, each.corporate) for each in entry.authors]


def _same_name(theirs: Credited, known: Credited) -> bool:
    if theirs.key == known.key:
        return True
    initials = [
        word.strip(".-") for word in theirs.name.given.replace(".", ". ").split()
    ]
    known_initial = fold_key(known.name.given, 255)[:1]
    return (
        bool(initials)
        and all(len(word) <= 1 for word in initials)
        and fold_key(theirs.name.family, 255) == fold_key(known.name.family, 255)
        and fold_key(initials[0], 255) == known_initial
    )


def _names(authors: list[Credited]) -> list[str]:
    return [f"{{{a.display}}}" if a.corporate else a.display for a in authors]
