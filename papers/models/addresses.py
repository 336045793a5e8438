"""Addresses at which papers stood before."""

from django.db import models


class FormerAddressQuerySet(models.QuerySet["FormerAddress"]):
    def at(self, catalogue: str, slug: str) -> "FormerAddressQuerySet":
        """Of this address: one at most."""
        return self.filter(catalogue_slug=catalogue, slug=slug)


class FormerAddress(models.Model):
    """An address that a paper had, and that still leads to it."""

    catalogue_slug = models.SlugField(max_length=50)
    slug = models.SlugField(max_length=100)
    paper = models.ForeignKey(
        "papers.Paper", on_delete=models.CASCADE, related_name="former_addresses"
    )

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="papers_formeraddress_once", fields=("catalogue_slug", "slug")
            ),
        )

    def __str__(self) -> str:
        return f"{self.catalogue_slug}/{self.slug}"
