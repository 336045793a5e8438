"""What is still to do in the catalogue."""

from typing import Any

from django.db.models import Count, Q

from papers.models import Authorship, Paper, PaperLink
from superfast.common.checking import LinkState

# Name in an address → what a list calls it, and which papers those are.
TO_DO: dict[str, tuple[str, Q]] = {
    "takeaway": ("No takeaway", Q(takeaway="")),
    "link": ("No link", Q(url="", pdf_url="", arxiv_id="", doi="")),
    "broken": (
        "Broken link",
        Q(pk__in=PaperLink.objects.filter(state=LinkState.BROKEN).values("paper")),
    ),
    "authors": ("No authors", ~Q(pk__in=Authorship.objects.values("paper"))),
    "unchecked": ("Not checked", Q(checked_at=None)),
}


def count_to_do(papers: Any) -> list[tuple[str, str, int]]:
    """Name, words and number of papers of everything that is to do. Cost: one query."""
    rows = Paper.objects.filter(pk__in=papers.order_by().values("pk"))
    counts = rows.aggregate(
        **{name: Count("pk", filter=lacks) for name, (_, lacks) in TO_DO.items()}
    )
    return [
        (name, words, counts[name])
        for name, (words, _) in TO_DO.items()
        if counts[name]
    ]
