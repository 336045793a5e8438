"""Who wrote papers."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from papers.fields import fold_key
from superfast.common.text import CleanCharField


class Author(models.Model):
    """Somebody, or some body, who writes papers.

    Found by `key`, so that an accent never splits a person in two; people who
    share a name are told apart by `homonym`. What a paper prints stands on its
    `Authorship`.
    """

    name = CleanCharField(max_length=200, help_text="As the author publishes it.")
    homonym = models.PositiveSmallIntegerField(
        "number",
        default=1,
        validators=[MinValueValidator(1)],
        help_text="Tells people of the same name apart: 1 for the first, 2 for the next.",
    )
    is_corporate = models.BooleanField(
        "is an organisation",
        default=False,
        help_text="A team or a company, not a person.",
    )
    # Both follow from name and number when the row is stored.
    key = models.CharField(max_length=255, blank=True, editable=False)
    slug = models.SlugField(
        max_length=270, unique=True, allow_unicode=True, blank=True, editable=False
    )

    class Meta:
        ordering = ("key", "homonym")
        constraints = (
            models.UniqueConstraint(
                name="papers_author_name_once",
                fields=("key", "homonym"),
                violation_error_message=(
                    "There is an author of this name already, accents and case apart: use "
                    "that one, or give this one the next number."
                ),
            ),
            models.CheckConstraint(
                name="papers_author_key_required",
                condition=~Q(key=""),
                violation_error_message="A name needs at least one letter or digit.",
            ),
            models.CheckConstraint(
                name="papers_author_number_from_one",
                condition=Q(homonym__gte=1),
                violation_error_message="The first of a name has the number 1.",
            ),
        )

    def __str__(self) -> str:
        return self.name if self.homonym == 1 else f"{self.name} ({self.homonym})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.derive()

    def derive(self) -> None:
        """Sets key and slug. No two pairs of key and number share a slug."""
        self.key = fold_key(self.name, 255)
        number = "" if self.homonym == 1 else f"--{self.homonym}"
        self.slug = self.key.replace(" ", "-") + number

    def validate_constraints(self, exclude: Any = None) -> None:
        # Forms leave out what they do not show, and with it the rules about it.
        super().validate_constraints(exclude=set(exclude or ()) - {"key", "homonym"})


class Authorship(models.Model):
    """One author's place on one paper."""

    paper = models.ForeignKey(
        "papers.Paper", on_delete=models.CASCADE, related_name="authorships"
    )
    author = models.ForeignKey(
        Author, on_delete=models.PROTECT, related_name="authorships"
    )
    position = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    credited_as = CleanCharField(
        max_length=200,
        blank=True,
        help_text="The name as this paper prints it, where that differs.",
    )

    class Meta:
        ordering = ("paper", "position")
        constraints = (
            models.UniqueConstraint(
                name="papers_authorship_position_once",
                fields=("paper", "position"),
                violation_error_message="Two authors of a paper can't have the same place.",
            ),
            models.UniqueConstraint(
                name="papers_authorship_author_once",
                fields=("paper", "author"),
                violation_error_message="This author is on the paper already.",
            ),
            models.CheckConstraint(
                name="papers_authorship_position_from_one",
                condition=Q(position__gte=1),
                violation_error_message="The first author has the place 1.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as the paper prints it."""
        return self.credited_as or self.author.name
