"""What a paper says of itself, a part at a time."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from papers.fields import ArxivField, DoiField, WebAddressField
from papers.identifiers import (
    arxiv_url,
    doi_url,
    parse_posting_date,
    validate_arxiv_class,
    validate_arxiv_id,
    validate_citation_key,
    validate_doi,
    validate_posting_date,
)
from papers.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from superfast.common.text import CleanCharField

LONGEST_KEY = 100
LINKS = (
    "url",
    "pdf_url",
    "code_url",
    "project_url",
    "video_url",
    "slides_url",
    "demo_url",
)


def empty_or_web_address(*names: str) -> Q:
    """The condition that each of these columns is empty or an address of the web."""
    condition = Q()
    for name in names:
        condition &= (
            Q(**{name: ""})
            | Q(**{f"{name}__startswith": "http://"})
            | Q(**{f"{name}__startswith": "https://"})
        )
    return condition


class Presentation(models.TextChoices):
    """How a conference presented a paper, where that was more than a poster."""

    ORAL = "Oral", "Oral"
    SPOTLIGHT = "Spotlight", "Spotlight"


class Kind(models.TextChoices):
    """What sort of publication a paper is, where that is known."""

    PREPRINT = "preprint", "Preprint"
    PROCEEDINGS = "proceedings", "Paper in proceedings"
    JOURNAL = "journal", "Article in a journal"
    BOOK = "book", "Book or chapter"
    THESIS = "thesis", "Thesis"
    REPORT = "report", "Report"


class CodeOrigin(models.TextChoices):
    """Whose the code is that a paper links to, where that is known."""

    OFFICIAL = "official", "The authors’"
    THIRD_PARTY = "third-party", "Somebody else’s"


class Identified(models.Model):
    """By what a work is known elsewhere: one work may have all of these."""

    arxiv_id = ArxivField(
        "arXiv id",
        max_length=40,
        blank=True,
        validators=[validate_arxiv_id],
        help_text="2112.10752, or any address of it; the version is kept apart.",
    )
    arxiv_version = models.PositiveSmallIntegerField(
        "arXiv version",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="The version that was looked at, if it matters.",
    )
    arxiv_class = models.CharField(
        "arXiv class",
        max_length=30,
        blank=True,
        validators=[validate_arxiv_class],
        help_text="The primary one: cs.CV.",
    )
    doi = DoiField(
        "DOI",
        max_length=255,
        blank=True,
        validators=[validate_doi],
        help_text="10.1109/…, or its address.",
    )
    cite_key = models.CharField(
        "citation key",
        max_length=LONGEST_KEY,
        blank=True,
        validators=[validate_citation_key],
        help_text="What BibTeX calls it. Empty: the slug.",
    )

    class Meta:
        abstract = True

    @property
    def arxiv_url(self) -> str:
        """Where arXiv shows it; empty where it is not there."""
        return arxiv_url(self.arxiv_id) if self.arxiv_id else ""

    @property
    def doi_url(self) -> str:
        """Where its DOI leads; empty without one."""
        return doi_url(self.doi) if self.doi else ""


class Appeared(models.Model):
    """Where and when a work came out: on line first, at its venue later."""

    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)],
        help_text="When it appeared: at its venue, or as a preprint.",
    )
    first_posted = models.CharField(
        max_length=10,
        blank=True,
        validators=[validate_posting_date],
        help_text="When it was first on line: 2022-01 or 2022-01-10.",
    )
    kind = models.CharField(max_length=20, blank=True, choices=Kind)
    venue = CleanCharField(
        max_length=100, blank=True, help_text="With its year: “CVPR 2022”."
    )
    venue_name = CleanCharField(
        "full name of the venue",
        max_length=300,
        blank=True,
        help_text="As the proceedings or the journal print it.",
    )
    presentation = models.CharField(max_length=20, blank=True, choices=Presentation)
    award = CleanCharField(
        max_length=200, blank=True, help_text="“Best paper”, “Outstanding paper”."
    )
    volume = CleanCharField(max_length=40, blank=True)
    number = CleanCharField(max_length=40, blank=True)
    pages = CleanCharField(max_length=40, blank=True, help_text="10684–10695")
    publisher = CleanCharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def posted_year(self) -> int | None:
        """The year in which it was first on line, where that is known."""
        posted = parse_posting_date(self.first_posted)
        return posted.year if posted else None


class Linked(models.Model):
    """Where a work, and what belongs to it, can be found."""

    url = WebAddressField(
        "page",
        blank=True,
        help_text="Where it can be read about: arXiv, the proceedings.",
    )
    pdf_url = WebAddressField("PDF", blank=True)
    code_url = WebAddressField("code", blank=True)
    code_origin = models.CharField(
        "whose code", max_length=20, blank=True, choices=CodeOrigin
    )
    project_url = WebAddressField("project page", blank=True)
    video_url = WebAddressField("video", blank=True)
    slides_url = WebAddressField("slides", blank=True)
    demo_url = WebAddressField("demo", blank=True)

    class Meta:
        abstract = True
