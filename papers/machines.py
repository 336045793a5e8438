"""Addresses that programs ask: by identifier, by unAPI, and what our JSON holds."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from papers.citing.entry import entries
from papers.citing.formats import FORMATS
from papers.citing.schema import catalogue_schema
from papers.identifiers import parse_arxiv, parse_doi
from papers.models import Paper
from superfast.common.http import kept_page, public_page
from superfast.common.metadata import absolute

# What unAPI calls our formats; reference managers know these names.
UNAPI_FORMATS = {"bibtex": FORMATS["bib"], "ris": FORMATS["ris"]}


@kept_page()
def by_arxiv(request: HttpRequest, identifier: str) -> HttpResponse:
    found = parse_arxiv(identifier)
    papers = Paper.objects.published().select_related("catalogue")
    known = papers.filter(arxiv_id=found.arxiv_id) if found else papers.none()
    return redirect(get_object_or_404(known), permanent=True)


@kept_page()
def by_doi(request: HttpRequest, identifier: str) -> HttpResponse:
    papers = Paper.objects.published().select_related("catalogue")
    # A preprint's own DOI names the paper on arXiv.
    found = parse_arxiv(identifier)
    known = papers.filter(doi=parse_doi(identifier) or "/")
    if found and not known.exists():
        known = papers.filter(arxiv_id=found.arxiv_id)
    return redirect(get_object_or_404(known), permanent=True)


@public_page
def unapi(request: HttpRequest) -> HttpResponse:
    """unAPI, version 1: which formats there are, and one paper in one of them."""
    name, wanted = request.GET.get("id", ""), request.GET.get("format", "")
    catalogue, _, slug = name.partition("/")
    papers = Paper.objects.published().filter(catalogue__slug=catalogue, slug=slug)
    if name:
        get_object_or_404(papers)
    if not (name and wanted):
        status = HTTPStatus.MULTIPLE_CHOICES if name else HTTPStatus.OK
        context = {"name": name, "formats": UNAPI_FORMATS}
        kind = "application/xml; charset=utf-8"
        return render(request, "papers/unapi.xml", context, kind, status)
    if wanted not in UNAPI_FORMATS:
        known = ", ".join(UNAPI_FORMATS)
        text = f"No such format: choose one of {known}.\n"
        return HttpResponse(
            text, content_type="text/plain", status=HTTPStatus.NOT_ACCEPTABLE
        )
    format_ = UNAPI_FORMATS[wanted]
    text = "".join(format_.write(entries(papers)))
    return HttpResponse(text, content_type=format_.content_type)


@kept_page()
def schema(request: HttpRequest) -> HttpResponse:
    data = catalogue_schema(absolute(reverse("papers:schema")))
    return JsonResponse(
        data,
        content_type="application/schema+json",
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
