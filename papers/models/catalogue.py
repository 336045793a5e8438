"""In which list papers stand, and what they are about."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from superfast.common import paging
from superfast.common.publishing import published_q
from superfast.common.text import CleanCharField, CleanTextField

# Addresses below /papers/ and below a catalogue that are, or will be, other pages.
RESERVED_SLUGS = (
    "all",
    "arxiv",
    "author",
    "authors",
    "doi",
    "export",
    "feed",
    "map",
    "saved",
)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def refuse_reserved(slug: str) -> None:
    """Raises: ValidationError for a slug that would hide another page."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            f"“{slug}” is the address of another page: choose another slug.",
            code="reserved",
        )


def not_reserved(name: str) -> models.CheckConstraint:
    """The same rule, for the database."""
    return models.CheckConstraint(
        name=name,
        condition=~Q(slug__in=RESERVED_SLUGS),
        violation_error_message="That slug is the address of another page: choose another.",
    )


# Counting stops here: a page's cost may not grow with the archive.
COUNTED_TO = 2_000


def count_label(count: int, *, is_more: bool = False) -> str:
    """A number as readers see it: “272”, or “2,000+” where counting stopped.

    It may have stopped before, for another reason.
    """
    if count > COUNTED_TO:
        return paging.count_label(COUNTED_TO, is_more=True)
    return paging.count_label(count, is_more=is_more)


class CountRows(Subquery):
    """How many rows a query gives; it may end in a slice, as `Count` may not."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


class CatalogueQuerySet(models.QuerySet["Catalogue"]):
    def open(self, at: datetime | None = None) -> "CatalogueQuerySet":
        """Catalogues in which readers find something; `has_guests` is set.

        One whose papers are all drafts is still being made, and shown to nobody.
        Cost: one paper of each is looked at.
        """
        own, guests = self._shown_in(at)
        known: CatalogueQuerySet = self.filter(Exists(own) | Exists(guests))
        names: dict[str, Any] = {"has_guests": Exists(guests)}
        with_guests: CatalogueQuerySet = known.annotate(**names)
        return with_guests

    def counted(self, at: datetime | None = None) -> "CatalogueQuerySet":
        """With `paper_count`: how many papers readers find, counted to `COUNTED_TO`."""
        own, guests = (CountRows(rows[: COUNTED_TO + 1]) for rows in self._shown_in(at))
        names: dict[str, Any] = {"paper_count": own + guests}
        counted: CatalogueQuerySet = self.annotate(**names)
        return counted

    def _shown_in(self, at: datetime | None) -> tuple[Any, Any]:
        """The papers of the catalogue that the outer query stands at, and its guests."""
        # By its name: papers know their catalogue, not the other way round.
        papers = Catalogue._meta.get_field("papers").related_model._default_manager
        own = papers.filter(published_q(at), catalogue=OuterRef("pk"))
        guests = Placement.objects.filter(
            published_q(at, "paper__"), catalogue=OuterRef("pk")
        ).exclude(paper__catalogue=OuterRef("pk"))
        return own.order_by().values("pk"), guests.order_by().values("pk")


class Catalogue(models.Model):
    """A list of papers under one title: a year's."""

    slug = models.SlugField(
        max_length=50,
        unique=True,
        validators=[refuse_reserved],
        help_text="The last part of the address.",
    )
    title = CleanCharField(
        max_length=200, help_text="Readers see it: “Papers of 2022”."
    )
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)]
    )
    intro = CleanTextField(blank=True, help_text="One or two sentences above the list.")
    position = models.PositiveIntegerField(
        default=0, help_text="Lower numbers come first in the list of catalogues."
    )

    objects = CatalogueQuerySet.as_manager()

    # Set by open(), and by counted().
    has_guests: bool
    paper_count: int

    class Meta:
        ordering = ("position", "-year", "pk")
        constraints = (not_reserved("papers_catalogue_slug_not_reserved"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("papers:paper-list", args=[self.slug])

    @property
    def paper_count_label(self) -> str:
        """How many papers it shows, as readers see it. Needs `counted()`."""
        return count_label(self.paper_count)


class Placement(models.Model):
    """A paper's place in a further catalogue; its address stays in its first."""

    catalogue = models.ForeignKey(
        Catalogue, on_delete=models.CASCADE, related_name="placements"
    )
    paper = models.ForeignKey(
        "papers.Paper", on_delete=models.CASCADE, related_name="placements"
    )
    position = models.PositiveIntegerField(
        default=0, help_text="Lower numbers come first in that catalogue."
    )

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                name="papers_placement_once",
                fields=("catalogue", "paper"),
                violation_error_message="The paper stands in this catalogue already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper} in {self.catalogue}"

    def clean(self) -> None:
        if self.paper_id and self.catalogue_id == self.paper.catalogue_id:
            raise ValidationError("The paper stands in this catalogue already.")


class Topic(models.Model):
    """What papers are about; a paper may have several."""

    slug = models.SlugField(max_length=80, unique=True)
    name = CleanCharField(max_length=100, unique=True)
    description = CleanTextField(blank=True, help_text="One sentence.")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
