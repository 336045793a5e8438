"""What every page of a catalogue reads, by questions that are written once."""

from collections.abc import Sequence
from datetime import UTC, datetime

from papers.models import Catalogue, Paper
from superfast.common.statements import RowQuestion, among, listed

_CATALOGUE: RowQuestion[Catalogue] = RowQuestion(
    lambda slug, at: Catalogue.objects.open(at).counted(at).filter(slug=slug),
    slug="a slug",
    at=datetime(1, 1, 1, tzinfo=UTC),
)
_PAPERS: RowQuestion[Paper] = RowQuestion(
    lambda keys: Paper.objects.for_list().filter(pk__in=among(keys)),
    keys="some keys",
)


def find_catalogue(slug: str, at: datetime) -> Catalogue | None:
    """The catalogue of an address, open and counted. Cost: one query."""
    return next(iter(_CATALOGUE.ask(slug=slug, at=at)), None)


def find_papers(keys: Sequence[int]) -> list[Paper]:
    """The papers with these keys, in their order, as a list shows them. Cost: one query."""
    found = {paper.pk: paper for paper in _PAPERS.ask(keys=listed(keys))}
    return [found[key] for key in keys if key in found]
