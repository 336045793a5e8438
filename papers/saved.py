"""A reading list: papers named in an address. A browser keeps the names, we keep none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from papers.citing.entry import entry_of
from papers.citing.formats import ALL
from papers.exports import export_response, format_at
from papers.models import FormerAddress, Paper, PaperQuerySet
from superfast.common.http import impersonal, public_page

MOST = 300
_NAME = re.compile(r"[-a-zA-Z0-9_]{1,50}/[-a-zA-Z0-9_]{1,100}")


@dataclass(frozen=True)
class SavedPaper:
    """A paper of the list, and the list without it."""

    paper: Paper
    name: str
    without: str


@public_page
def saved(request: HttpRequest) -> HttpResponse:
    papers = papers_of(names_in(request), Paper.objects.published().for_list())
    names = [paper.address_name for paper in papers]
    rows = [
        SavedPaper(paper, name, address_of(other for other in names if other != name))
        for paper, name in zip(papers, names, strict=True)
    ]
    context = {
        "rows": rows,
        "asked": len(names_in(request)),
        "names": ",".join(names),
        "address": address_of(names),
        "formats": ALL.items(),
    }
    return render(request, "papers/saved.html", context)


@impersonal
@require_safe
def export_saved(request: HttpRequest, suffix: str) -> StreamingHttpResponse:
    papers = papers_of(names_in(request), Paper.objects.published().for_export())
    return export_response(format_at(suffix), map(entry_of, papers), "reading-list")


def names_in(request: HttpRequest) -> list[str]:
    """The papers that an address names, each once; what names none is passed over."""
    text = ",".join(request.GET.getlist("papers"))
    named = (name for name in text.split(",") if _NAME.fullmatch(name))
    return list(dict.fromkeys(named))[:MOST]


def address_of(names: Iterable[str]) -> str:
    """The address of a list of these papers."""
    query = urlencode({"papers": ",".join(names)}, safe="/,")
    return reverse("papers:saved") + (f"?{query}" if query != "papers=" else "")


def papers_of(names: Iterable[str], papers: PaperQuerySet) -> list[Paper]:
    """The papers of these names in their order, each once; those there are.

    A name that a paper had before it moved finds it, too. Cost: one query, two more
    where a name is nobody's; and what the rows themselves cost.
    """
    names = list(names)
    rows = papers.filter(slug__in=[name.partition("/")[2] for name in names])
    found = {paper.address_name: paper for paper in rows}
    if missing := [name for name in names if name not in found]:
        found |= _moved(missing, papers)
    named = [found[name] for name in names if name in found]
    return list(dict.fromkeys(named))


def _moved(names: list[str], papers: PaperQuerySet) -> dict[str, Paper]:
    former = FormerAddress.objects.filter(
        slug__in=[name.partition("/")[2] for name in names]
    )
    keys = {f"{row.catalogue_slug}/{row.slug}": row.paper_id for row in former}
    moved = {paper.pk: paper for paper in papers.filter(pk__in=keys.values())}
    return {name: moved[keys[name]] for name in names if keys.get(name) in moved}
