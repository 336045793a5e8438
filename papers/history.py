"""Papers as they were: kept whenever they change, compared, brought back."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, Window
from django.db.models.functions import Lag

from papers.citing.entry import entry_of
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
    _keep(rows(papers), Verb.BEFORE, None, None)


def keep(
    ids: Iterable[int],
    verb: str,
    by: Any = None,
    batch: ImportBatch | None = None,
    *,
    anyway: bool = False,
) -> dict[int, int]:
    """The papers' present state is kept, where it differs from what was kept last, or anyway.

    Returns: paper → its latest revision. Cost: a few queries for any number.
    """
    ids = list(ids)
    known = latest(ids)
    papers = rows(Paper.objects.filter(pk__in=ids))
    _keep(
        [
            paper
            for paper in papers
            if anyway
            or paper.pk not in known
            or not is_same(known[paper.pk].data, snapshot(paper))
        ],
        verb,
        by,
        batch,
    )
    return {paper: revision.pk for paper, revision in latest(ids).items()}


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


def _keep(
    papers: Iterable[Paper], verb: str, by: Any, batch: ImportBatch | None
) -> None:
    PaperRevision.objects.bulk_create(
        [
            PaperRevision(
                paper=paper,
                verb=verb,
                created_by=by,
                batch=batch,
                data=snapshot(paper),
            )
            for paper in papers
        ],
        batch_size=500,
    )
