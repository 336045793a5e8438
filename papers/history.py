"""Papers as they were: kept whenever they change, compared, brought back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, Window
from django.db.models.functions import Lag

from papers.citing.entry import entry_of
from papers.matching import batched_list
from papers.models import ImportBatch, Paper, PaperQuerySet, PaperRevision, Placement

Verb = PaperRevision.Verb


def rows(papers: PaperQuerySet) -> PaperQuerySet:
    """With all that `snapshot` reads. Cost: three further queries."""
    shown = Prefetch("placements", Placement.objects.select_related("catalogue"))
    return papers.for_export().prefetch_related(shown)


def snapshot(paper: Paper) -> dict[str, Any]:
    """All that an editor may change of a paper but its publication. Needs a row of `rows`."""
    data = entry_of(paper).to_json()
    for name in ("line", "complete"):
        data.pop(name)
    return {
        **data,
        # Two people of one name print the same, and a merged one prints as before.
        "people": [row.author.slug for row in paper.authors],
        "catalogue": paper.catalogue.slug,
        "also_in": sorted(row.catalogue.slug for row in paper.placements.all()),
        "checked": paper.checked_at.isoformat() if paper.checked_at else "",
    }


def is_same(kept: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a paper is as it was kept; what was not kept at the time is passed over."""
    return all(now.get(name) == value for name, value in kept.items())


def keep_first(ids: Iterable[int]) -> None:
    """Papers without a history get their present state as its beginning."""
    papers = Paper.objects.filter(pk__in=list(ids), revisions=None)
    begin({paper.pk: snapshot(paper) for paper in rows(papers)})


def begin(states: Mapping[int, dict[str, Any]]) -> None:
    """Papers without a history get these states, by their keys, as its beginning."""
    begun = PaperRevision.objects.filter(paper__in=states).order_by()
    others = states.keys() - {*begun.values_list("paper", flat=True)}
    _store({pk: states[pk] for pk in sorted(others)}, Verb.BEFORE)


def keep(
    ids: Iterable[int],
    verb: str,
    by: Any = None,
    batch: ImportBatch | None = None,
    *,
    anyway: bool = False,
) -> None:
    """The papers' present state is kept, where it differs from what was kept last, or anyway.

    Cost: a few queries for any number.
    """
    papers = rows(Paper.objects.filter(pk__in=list(ids)))
    keep_papers(papers, verb, by, batch, anyway=anyway)


def keep_papers(
    papers: Iterable[Paper],
    verb: str,
    by: Any = None,
    batch: ImportBatch | None = None,
    *,
    anyway: bool = False,
) -> dict[int, int]:
    """As `keep`, of papers that are in memory with all that `rows` reads.

    Returns: paper → its latest revision. Cost: a query to read and one to write for some
    hundred.
    """
    kept: dict[int, int] = {}
    for chunk in batched_list(papers):
        states = {paper.pk: snapshot(paper) for paper in chunk}
        known = latest(states)
        kept |= {pk: revision.pk for pk, revision in known.items()}
        changed = {
            pk: state
            for pk, state in states.items()
            if anyway or pk not in known or not is_same(known[pk].data, state)
        }
        kept |= _store(changed, verb, by, batch)
    return kept


def hand_over(lose: Paper, keep: Paper) -> None:
    """What was kept of a paper that goes is in the other's history, marked as its own."""
    mine = lose.revisions.filter(merged_from="")
    mine.update(merged_from=lose.address_name)
    lose.revisions.update(paper=keep)


def with_before(revisions: QuerySet[PaperRevision]) -> QuerySet[PaperRevision]:
    """Each with the `before` it: the data of the state that it changed, None of the first."""
    return revisions.annotate(
        before=Window(Lag("data"), partition_by="merged_from", order_by="pk")
    )


def latest(ids: Iterable[int]) -> dict[int, PaperRevision]:
    """The latest revision of each paper that has one. Cost: one query."""
    revisions = PaperRevision.objects.filter(paper__in=list(ids)).order_by()
    newest = revisions.values("paper").annotate(newest=Max("pk")).values("newest")
    found = PaperRevision.objects.filter(pk__in=newest)
    return {revision.paper_id: revision for revision in found}


def _store(
    states: Mapping[int, dict[str, Any]],
    verb: str,
    by: Any = None,
    batch: ImportBatch | None = None,
) -> dict[int, int]:
    """Returns: paper → the revision that was made."""
    made = PaperRevision.objects.bulk_create(
        [
            PaperRevision(
                paper_id=pk, verb=verb, created_by=by, batch=batch, data=state
            )
            for pk, state in states.items()
        ],
        batch_size=500,
    )
    return {revision.paper_id: revision.pk for revision in made}
