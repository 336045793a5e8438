"""What a paper's page says of itself to machines."""

from typing import Any

from django.urls import reverse

from papers.citing.entry import entry_of, likely_kind
from papers.citing.prose import page_range
from papers.models import Kind, Paper
from superfast.common.drawing import draw_page
from superfast.common.metadata import Preview, Thing, absolute, breadcrumbs


def preview_of(paper: Paper) -> Preview:
    """What stands where the paper is linked to. Needs `for_page()`; cost: none."""
    return Preview(
        title=paper.title,
        description=". ".join(filter(None, (paper.byline, paper.venue))),
        url=absolute(paper.get_absolute_url()),
        image=absolute(
            reverse("papers:paper-picture", args=[paper.catalogue.slug, paper.slug])
        ),
        image_alt=f"{paper.title}: a paper in {paper.catalogue.title}",
    )


def things_of(paper: Paper) -> list[Thing]:
    """The paper as things of schema.org. Needs `for_page()`; cost: none."""
    same = [paper.url, paper.arxiv_id and f"https://arxiv.org/abs/{paper.arxiv_id}"]
    article: dict[str, Any] = {
        "@type": "ScholarlyArticle",
        "headline": paper.title,
        "name": paper.title,
        "url": absolute(paper.get_absolute_url()),
        "author": [
            {
                "@type": "Organization" if author.is_corporate else "Person",
                "name": author.name,
            }
            for author in paper.authors
        ],
        "datePublished": paper.first_posted or str(paper.year),
        "abstract": paper.abstract,
        "sameAs": list(dict.fromkeys(address for address in same if address)),
    }
    if paper.doi:
        article["identifier"] = {
            "@type": "PropertyValue",
            "propertyID": "DOI",
            "value": paper.doi,
        }
    if venue := paper.venue_name or paper.venue:
        journal = likely_kind(entry_of(paper)) == Kind.JOURNAL
        sort = "Periodical" if journal else "PublicationEvent"
        article["isPartOf"] = {"@type": sort, "name": venue}
    catalogue = paper.catalogue
    trail = breadcrumbs(
        ("Papers", reverse("papers:catalogue-list")),
        (catalogue.title, catalogue.get_absolute_url()),
        (paper.title, paper.get_absolute_url()),
    )
    return [article, trail]


def citation_of(paper: Paper) -> list[tuple[str, str]]:
    """Names and contents of the meta elements that reference managers read.

    Highwire's, as Google Scholar and Zotero know them. Needs `for_page()`; cost: none.
    """
    posted = paper.first_posted.replace("-", "/") or str(paper.year)
    tags = [("citation_title", paper.title)]
    tags += [("citation_author", author.name) for author in paper.authors]
    first, last = page_range(paper.pages) or (paper.pages, "")
    tags += [
        ("citation_publication_date", str(paper.year)),
        ("citation_online_date", posted),
        *_place_of(paper),
        ("citation_volume", paper.volume),
        ("citation_issue", paper.number),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_publisher", paper.publisher),
        ("citation_arxiv_id", paper.arxiv_id),
        ("citation_doi", paper.doi),
        ("citation_pdf_url", paper.pdf_url),
        ("citation_abstract_html_url", absolute(paper.get_absolute_url())),
    ]
    return [(name, content) for name, content in tags if content]


def _place_of(paper: Paper) -> list[tuple[str, str]]:
    """Where it appeared: by the element's name, a reference manager tells what it is."""
    venue = paper.venue_name or paper.venue
    match likely_kind(entry_of(paper)):
        case Kind.PROCEEDINGS:
            # Without them it would be filed as an article in a journal.
            return [
                ("citation_conference_title", venue),
                ("citation_conference", paper.venue),
                ("citation_date", str(paper.year)),
            ]
        case Kind.JOURNAL:
            return [("citation_journal_title", venue)]
        case Kind.BOOK:
            return [("citation_inbook_title", venue)]
        case Kind.THESIS:
            return [("citation_dissertation_institution", paper.publisher)]
        case Kind.REPORT:
            return [("citation_technical_report_institution", paper.publisher)]
    return []


def draw_paper(paper: Paper) -> bytes:
    """The paper's picture for previews, as PNG. Needs `with_byline()`; cost: none."""
    line = ", ".join(filter(None, (paper.byline, paper.venue or str(paper.year))))
    return draw_page(paper.catalogue.title, paper.title, line)
