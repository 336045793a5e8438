"""In which list papers stand, and what they are about."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

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
_CATALOGUE_ORDER = ("position", "-year", "pk")


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


class CatalogueQuerySet(models.QuerySet["Catalogue"]):
    def open(self, at: datetime | None = None) -> "CatalogueQuerySet":
        """Catalogues in which readers find something, each with its `paper_count`.

        It counts guests, too: `guest_count` says how many come from other lists.
        One whose papers are all drafts is still being made, and shown to nobody.
        """
        guests = Placement.objects.filter(
            published_q(at, "paper__"), catalogue=OuterRef("pk")
        )
        counted_guests = guests.order_by().values("catalogue").annotate(n=Count("pk"))
        names: dict[str, Any] = {
            "guest_count": Coalesce(Subquery(counted_guests.values("n")), 0),
            "paper_count": Count("papers", filter=published_q(at, "papers__"))
            + F("guest_count"),
        }
        # Said again: Django drops a model's own order where rows are grouped.
        counted = self.annotate(**names).order_by(*_CATALOGUE_ORDER)
        shown: CatalogueQuerySet = counted.filter(paper_count__gt=0)
        return shown


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

    # Set by open().
    paper_count: int
    guest_count: int

    class Meta:
        ordering = _CATALOGUE_ORDER
        constraints = (not_reserved("papers_catalogue_slug_not_reserved"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("papers:paper-list", args=[self.slug])


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
