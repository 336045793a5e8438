"""Whether the links of papers lead somewhere: asked by a worker, for editors."""

import time
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from papers.models import LINKS, Paper, PaperLink
from superfast.common.checking import Report, ask, ask_all, store_answer
from superfast.common.links import host_of
from superfast.common.tasks import enqueue

MOST_PAPERS = 200
WAITING = Q(checked_at=None) | Q(checked_at__lt=F("asked_for_at"))


def addresses_of(paper: Paper) -> Iterator[tuple[str, str]]:
    """Address and name of each link that the paper's page shows, each address once."""
    seen = {""}
    named = [(str(Paper._meta.get_field(name).verbose_name), name) for name in LINKS]  # type: ignore[union-attr]
    for name, column in [*named, ("arXiv", "arxiv_url"), ("DOI", "doi_url")]:
        url = getattr(paper, column)
        if url not in seen:
            seen.add(url)
            yield url, name


@transaction.atomic
def ask_for(papers: Iterable[Paper]) -> QuerySet[PaperLink]:
    """A worker will ask every address of these papers.

    Returns: the addresses; those of `WAITING` have no answer yet. Cost: three queries,
    and the task.
    """
    papers = list(papers)
    now = timezone.now()
    rows = [
        PaperLink(paper=paper, name=name, url=url, site=host_of(url), asked_for_at=now)
        for paper in papers
        for url, name in addresses_of(paper)
    ]
    PaperLink.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["paper", "url"],
        update_fields=["name", "asked_for_at"],
    )
    mine = PaperLink.objects.filter(paper__in=papers)
    mine.filter(asked_for_at__lt=now).delete()  # the papers name these no longer
    if rows:
        enqueue(
            "papers.links.check",
            *(paper.pk for paper in papers),
            name="Links of papers",
        )
    return mine


def check(*papers: int, pause: Callable[[float], None] | None = None) -> Report:
    """The addresses of these papers that wait for an answer have one.

    For a worker, which may begin again where another has ended. Cost: up to five seconds
    for each address, and three between two of one host.
    """
    rows = PaperLink.objects.filter(WAITING, paper__in=papers)
    return ask_all(
        list(rows),
        ask=lambda row: ask(row, again=True),
        store=store_answer,
        pause=pause or time.sleep,
    )


def forget_former(paper: Paper) -> None:
    """Answers of addresses that the paper no longer names are gone. Cost: one query."""
    urls = [url for url, _ in addresses_of(paper)]
    PaperLink.objects.filter(paper=paper).exclude(url__in=urls).delete()
