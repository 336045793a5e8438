"""The changes that a dry run announced are made."""

from collections.abc import Iterable
from dataclasses import dataclass

from papers import history
from papers.importing.drafting import Draft, Terms, draft_rows
from papers.importing.planning import PlannedRow
from papers.importing.storing import store
from papers.models import PaperRevision
from papers.services import WantedAuthors, put_in_search


@dataclass(frozen=True)
class Applied:
    """What became of a row: the paper and its revision, or a sentence on why not."""

    row: PlannedRow
    paper: int | None = None
    revision: int | None = None
    refused: str = ""


class Application:
    """Rows made ready to be stored: all is read and looked over that can be beforehand.

    It holds as long as nobody has changed the catalogue. A row that a rule refuses stops
    no other; one that changes a paper is refused where the paper is no longer as the dry
    run found it.
    """

    def __init__(self, rows: Iterable[PlannedRow], terms: Terms) -> None:
        self._rows, self._terms = list(rows), terms
        self._wanted = WantedAuthors()
        self._found = draft_rows(self._rows, terms, self._wanted)
        self._drafts = [each for each in self._found if isinstance(each, Draft)]

    def store(self) -> list[Applied]:
        """In the caller's transaction. Returns: what became of each row, in their order."""
        papers = [draft.paper for draft in store(self._drafts, self._wanted)]
        verb, terms = PaperRevision.Verb.IMPORT, self._terms
        revisions = history.keep_papers(papers, verb, terms.by, terms.batch)
        put_in_search(papers)
        return [
            _applied(row, draft, revisions)
            for row, draft in zip(self._rows, self._found, strict=True)
        ]


def _applied(row: PlannedRow, draft: Draft | str, revisions: dict[int, int]) -> Applied:
    refused = draft if isinstance(draft, str) else draft.refused
    if isinstance(draft, str) or refused:
        return Applied(row, refused=refused)
    return Applied(row, draft.paper.pk, revisions[draft.paper.pk])
