"""What an address that an editor pastes leads to."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from issues.links.checking import ask, store_answer
from issues.links.cleaning import strip_tracking, variants
from issues.models import Issue, Link, LinkState
from papers.identifiers import arxiv_month, parse_arxiv, parse_doi
from papers.models import Catalogue, Paper
from papers.services import create_paper
from superfast.accounts.models import User
from superfast.common.fetching import LONGEST_URL, Page, RefusedAddressError, Target
from superfast.common.links import host_of
from superfast.common.page_facts import PageFacts, read_facts

FRESH = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPaper:
    """A paper of the catalogue, and whether it was made just now."""

    slug: str
    title: str
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is known of an address; without a title, the bare link stays."""

    url: str
    title: str
    site: str
    dated_on: date | None
    state: str
    problem: str
    paper: FoundPaper | None
    linked_in: list[Issue]


def look_up(url: str, *, by: User, may_add_papers: bool) -> Found:
    """The address without tracking, and what its page says of itself.

    A paper's address finds the paper in the catalogue, or makes a draft of it where
    the page says who wrote it and this person may add papers. What was asked for
    before is not asked for again within the day.

    Raises: ValidationError where it is no address of the web.
    Cost: at most five seconds, and some ten queries.
    """
    clean = strip_tracking(url)
    try:
        Target.of(clean)
    except RefusedAddressError as error:
        raise ValidationError(str(error)) from error
    if len(clean) > LONGEST_URL:
        raise ValidationError("The address is too long.")
    link, _ = Link.objects.get_or_create(url=clean, defaults={"site": host_of(clean)})
    paper, page = find_paper(clean), None
    if paper is None and (not _is_fresh(link) or names_paper(clean)):
        page = ask(link)
        store_answer(link)
    if page and may_add_papers and page.status < 300:
        paper = _add_paper(clean, page, by=by)
    title = paper.title if paper else link.title
    return Found(
        url=clean, title=title, site=link.site_name or link.site,
        dated_on=link.dated_on, state=link.state, problem=link.problem,
        paper=paper, linked_in=linked_in(clean),
    )  # fmt: skip


def linked_in(url: str) -> list[Issue]:
    """Published issues that hold the address, the latest first. Cost: one query."""
    issues = Issue.objects.published().filter(link_uses__link__url__in=variants(url))
    return list(
        issues.distinct().only("title", "slug", "publish_at").newest_first()[:3]
    )


def _is_fresh(link: Link) -> bool:
    """Whether its page was seen within the day."""
    at = link.checked_at
    return (
        at is not None
        and timezone.now() - at < FRESH
        and link.state != LinkState.UNREACHED
    )


def names_paper(url: str) -> bool:
    """Whether it is an address of arXiv or a DOI's."""
    return parse_arxiv(url) is not None or parse_doi(url) is not None


def find_paper(url: str) -> FoundPaper | None:
    """The paper of the catalogue that an address of arXiv or a DOI names. Cost: one query."""
    papers = Paper.objects.order_by("pk")
    if arxiv := parse_arxiv(url):
        papers = papers.filter(arxiv_id=arxiv.arxiv_id)
    elif doi := parse_doi(url):
        papers = papers.filter(doi=doi)
    else:
        return None
    paper = papers.first()
    if paper is None:
        return None
    return FoundPaper(slug=paper.slug, title=paper.title, is_new=False)


def _add_paper(url: str, page: Page, *, by: User) -> FoundPaper | None:
    """A draft of the paper, as far as its page describes one."""
    arxiv, doi = parse_arxiv(url), parse_doi(url)
    facts = read_facts(page)
    if not (arxiv or doi) or not facts.authors or not facts.title:
        return None
    posted = arxiv_month(arxiv.arxiv_id) if arxiv else ""
    year = int(posted[:4]) if posted else facts.dated_on.year if facts.dated_on else 0
    catalogue = Catalogue.objects.filter(year=year).first()
    if catalogue is None:
        return None
    return _store(facts, catalogue, by, year=year, posted=posted,
                  arxiv_id=arxiv.arxiv_id if arxiv else "", doi=doi or "", url=url)  # fmt: skip


def _store(
    facts: PageFacts, catalogue: Catalogue, by: User, *,
    year: int, posted: str, arxiv_id: str, doi: str, url: str,
) -> FoundPaper | None:  # fmt: skip
    slug = slugify(facts.title)[:80].strip("-") or slugify(arxiv_id or doi)
    if Paper.objects.filter(slug=slug).exists():
        slug = f"{slug}-{slugify((arxiv_id or doi).replace('.', '-'))}"[:100]
    try:
        with transaction.atomic():
            paper = create_paper(
                authors=facts.authors, catalogue=catalogue, slug=slug, year=year,
                title=facts.title, first_posted=posted, arxiv_id=arxiv_id, doi=doi,
                url=url, created_by=by,
            )  # fmt: skip
    except ValidationError:
        # Somebody else has just made it, or its page says what no paper has.
        return find_paper(url)
    return FoundPaper(slug=paper.slug, title=paper.title, is_new=True)
