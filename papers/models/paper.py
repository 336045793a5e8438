"""A paper, and the rules that every one keeps."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from papers.fields import FoldedField, LowerCharField, WebAddressField
from papers.identifiers import (
    parse_posting_date,
    validate_arxiv_id,
    validate_doi,
    validate_posting_date,
)
from papers.models.author import Authorship
from papers.models.catalogue import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Catalogue,
    Topic,
    not_reserved,
    refuse_reserved,
)
from superfast.common.markdown import render_inline
from superfast.common.ownership import Owned
from superfast.common.publishing import Publishable, PublishableQuerySet
from superfast.common.text import CleanCharField, CleanTextField


def _empty_or_web_address(*names: str) -> Q:
    condition = Q()
    for name in names:
        condition &= (
            Q(**{name: ""})
            | Q(**{f"{name}__startswith": "http://"})
            | Q(**{f"{name}__startswith": "https://"})
        )
    return condition


class PaperQuerySet(PublishableQuerySet["Paper"]):
    def highlights(self) -> "PaperQuerySet":
        """The ones that the catalogue puts first, in its order."""
        return self.filter(is_highlight=True).order_by("position", "pk")

    def by_slug(self, slugs: Iterable[str]) -> "dict[str, Paper]":
        """The paper of each slug; of two catalogues that have it, the first one's.

        Cost: one query.
        """
        rows = self.filter(slug__in=set(slugs)).select_related("catalogue")
        last_first = rows.order_by(
            "-catalogue__position", "catalogue__year", "-catalogue__pk"
        )
        return {paper.slug: paper for paper in last_first}

    def with_byline(self) -> "PaperQuerySet":
        """What one line about a paper needs: its address, `first_author`, `author_count`.

        `first_author` is None where there is none. Cost: a join and two indexed
        subqueries, no further query.
        """
        credits_ = Authorship.objects.filter(paper=OuterRef("pk"))
        printed = Case(
            When(credited_as="", then=F("author__name")), default=F("credited_as")
        )
        counts = credits_.order_by().values("paper").annotate(n=Count("pk"))
        names: dict[str, Any] = {
            "first_author": Subquery(
                credits_.order_by("position").values(name=printed)[:1]
            ),
            "author_count": Coalesce(Subquery(counts.values("n")), 0),
        }
        return self.select_related("catalogue").annotate(**names)

    def for_list(self) -> "PaperQuerySet":
        """With what a list shows of a paper, without what it does not."""
        return self.with_byline().defer("abstract")

    def for_page(self) -> "PaperQuerySet":
        """With all that its own page shows. Cost: two further queries."""
        written = Authorship.objects.select_related("author")
        return self.with_byline().prefetch_related(
            "topics", models.Prefetch("authorships", queryset=written)
        )


class Presentation(models.TextChoices):
    """How a conference presented a paper, where that was more than a poster."""

    ORAL = "Oral", "Oral"
    SPOTLIGHT = "Spotlight", "Spotlight"


class Paper(Publishable, Owned):
    """A work, wherever it appeared: a preprint and its proceedings are one row."""

    catalogue = models.ForeignKey(
        Catalogue,
        on_delete=models.PROTECT,
        related_name="papers",
        help_text="The list it stands in; decides its address.",
    )
    slug = models.SlugField(
        max_length=100,
        validators=[refuse_reserved],
        help_text="The address, and what issues call it in “::: papers”.",
    )
    title = CleanCharField(max_length=500)
    title_key = FoldedField(max_length=500, source="title")
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
    venue = CleanCharField(
        max_length=100, blank=True, help_text="With its year: “CVPR 2022”."
    )
    presentation = models.CharField(max_length=20, blank=True, choices=Presentation)
    topics = models.ManyToManyField(Topic, blank=True, related_name="papers")
    authors_complete = models.BooleanField(
        "all authors are listed",
        default=True,
        help_text="Unticked, the page says that others are missing.",
    )
    arxiv_id = models.CharField(
        "arXiv id",
        max_length=40,
        blank=True,
        validators=[validate_arxiv_id],
        help_text="Without the version: 2112.10752.",
    )
    doi = LowerCharField(
        "DOI",
        max_length=255,
        blank=True,
        validators=[validate_doi],
        help_text="Without the address in front: 10.1109/….",
    )
    url = WebAddressField(
        "page",
        blank=True,
        help_text="Where it can be read about: arXiv, the proceedings.",
    )
    pdf_url = WebAddressField("PDF", blank=True)
    code_url = WebAddressField("code", blank=True)
    project_url = WebAddressField("project page", blank=True)
    abstract = CleanTextField(
        blank=True, max_length=20_000, help_text="Theirs, as published."
    )
    abstract_source = CleanCharField(
        max_length=200, blank=True, help_text="Where the abstract was taken from."
    )
    takeaway = CleanTextField(
        blank=True,
        max_length=2_000,
        help_text="Ours: one or two sentences, Markdown. A highlight needs one.",
    )
    is_highlight = models.BooleanField(
        "highlight",
        default=False,
        help_text="Comes first in the list and on the home page.",
    )
    position = models.PositiveIntegerField(
        default=0, help_text="Lower numbers come first in the catalogue."
    )

    objects = PaperQuerySet.as_manager()

    # Set by with_byline().
    first_author: str | None
    author_count: int

    class Meta(Publishable.Meta):
        ordering = ("position", "pk")
        permissions = (("publish_paper", "Can publish and withdraw papers"),)
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                name="papers_paper_slug_once",
                fields=("catalogue", "slug"),
                violation_error_message="Another paper of this catalogue has this slug.",
            ),
            models.UniqueConstraint(
                name="papers_paper_arxiv_id_once",
                fields=("arxiv_id",),
                condition=~Q(arxiv_id=""),
                violation_error_message="Another paper has this arXiv id.",
            ),
            models.UniqueConstraint(
                name="papers_paper_doi_once",
                fields=("doi",),
                condition=~Q(doi=""),
                violation_error_message="Another paper has this DOI.",
            ),
            not_reserved("papers_paper_slug_not_reserved"),
            models.CheckConstraint(
                name="papers_paper_year_likely",
                condition=Q(year__range=(EARLIEST_YEAR, LATEST_YEAR)),
                violation_error_message="Give the year with four digits.",
            ),
            models.CheckConstraint(
                name="papers_paper_first_posted_form",
                condition=Q(first_posted="")
                | Q(
                    first_posted__regex=(
                        r"^[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?\Z"
                    )
                ),
                violation_error_message="Write a month like 2022-01 or a day like 2022-01-10.",
            ),
            models.CheckConstraint(
                name="papers_paper_presentation_known",
                condition=Q(presentation__in=("", *Presentation.values)),
                violation_error_message="A presentation is an oral, a spotlight, or nothing.",
            ),
            models.CheckConstraint(
                name="papers_paper_doi_lower",
                condition=Q(doi=Lower("doi")),
                violation_error_message="A DOI is stored in lower case.",
            ),
            models.CheckConstraint(
                name="papers_paper_links_web",
                condition=_empty_or_web_address(
                    "url", "pdf_url", "code_url", "project_url"
                ),
                violation_error_message="A link begins with http:// or https://.",
            ),
            models.CheckConstraint(
                name="papers_paper_highlight_takeaway",
                condition=Q(is_highlight=False) | ~Q(takeaway=""),
                violation_error_message="A highlight needs a takeaway: one sentence of ours.",
            ),
        )
        indexes = (
            # The list's orders, one index each.
            models.Index(
                "catalogue",
                F("is_highlight").desc(),
                "position",
                "id",
                name="papers_highlights",
            ),
            models.Index(
                "catalogue", F("first_posted").desc(), "id", name="papers_newest"
            ),
            models.Index(fields=["catalogue", "title_key", "id"], name="papers_title"),
            models.Index(
                fields=["catalogue", "venue", "title_key", "id"], name="papers_venue"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("papers:paper-detail", args=[self.catalogue.slug, self.slug])

    def clean(self) -> None:
        self.takeaway = self.takeaway.strip()
        self.abstract = self.abstract.strip()

    @property
    def authors(self) -> list[Authorship]:
        """Who wrote it, in order, each with the name as printed there.

        Costs a query unless the row comes from `for_page()`.
        """
        return list(self.authorships.all())

    @property
    def byline(self) -> str:
        """“Zhuang Liu et al.”; empty without authors. Needs `with_byline()`."""
        if not self.first_author:
            return ""
        alone = self.author_count == 1 and self.authors_complete
        return self.first_author if alone else f"{self.first_author} et al."

    @property
    def first_posted_label(self) -> str:
        """“January 2022” or “10 January 2022”; empty where it is not known."""
        posted = parse_posting_date(self.first_posted)
        if posted is None:
            return ""
        is_day = len(self.first_posted) == len("YYYY-MM-DD")
        return date_format(posted, "j F Y" if is_day else "F Y")

    @cached_property
    def takeaway_html(self) -> SafeString:
        """What to take away, as HTML without block elements."""
        return render_inline(self.takeaway)
