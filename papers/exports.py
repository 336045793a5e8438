"""Papers handed out as a file: the filtered list, a selection, or one of them."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from papers.citing.entry import Entry, entries, entry_of
from papers.citing.formats import ALL, FORMATS, FULL_JSON, Format
from papers.citing.prose import Piece
from papers.citing.styles import STYLES
from papers.models import Paper
from superfast.common.http import impersonal

KEPT = "public, max-age=0, s-maxage=60, must-revalidate"
# Formats of ours, whose columns a schema describes.
DESCRIBED = (FULL_JSON, FORMATS["csv"])


def format_at(suffix: str) -> Format:
    """The format that an address ends in. Raises: Http404 where it ends in none."""
    if suffix not in ALL:
        raise Http404
    return ALL[suffix]


def export_response(
    format_: Format, written: Iterable[Entry], name: str
) -> StreamingHttpResponse:
    """The entries as a file of this name, sent while it is written."""
    file_name = f"{name}.{format_.file_ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name}"',
        "Cache-Control": KEPT,
    }
    if format_ in DESCRIBED:
        headers["Link"] = f'<{reverse("papers:schema")}>; rel="describedby"'
    return StreamingHttpResponse(
        format_.write(written), content_type=format_.content_type, headers=headers
    )


@impersonal
@require_safe
def cite_paper(
    request: HttpRequest, catalogue: str, slug: str, suffix: str
) -> StreamingHttpResponse:
    format_ = format_at(suffix)
    papers = Paper.objects.published().filter(catalogue__slug=catalogue, slug=slug)
    get_object_or_404(papers)
    return export_response(format_, entries(papers), slug)


def citations_of(paper: Paper) -> list[tuple[str, str, list[Piece]]]:
    """What a page shows to be copied: slug, name and citation by each style.

    Needs `for_page()`; cost: none.
    """
    entry = entry_of(paper)
    return [(style.slug, style.name, style.cite(entry)) for style in STYLES.values()]
