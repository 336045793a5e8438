"""Who wrote papers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from papers.fields import fold_key
from papers.names import PersonName, match_key, split_name
from superfast.common.moving import Moving
from superfast.common.publishing import published_q
from superfast.common.text import CleanCharField

# What a small integer of every database holds.
MOST_HOMONYMS = 32_767


class AuthorQuerySet(models.QuerySet["Author"]):
    """Questions about authors."""

    def at_address(self, slug: str) -> "AuthorQuerySet":
        """Whose readers look for at this slug now: one at most, who has a public paper.

        Somebody who had it before, or has another name like it.
        """
        known = Q(former_slugs__slug=slug) | Q(aliases__key=slug.replace("-", " "))
        seen = published_q(prefix="authorships__paper__")
        return self.filter(known, seen).order_by("pk").distinct()[:1]


class Author(Moving):
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
    # The parts of the name; without a family name they are told from the name itself.
    family = CleanCharField(
        "family name",
        max_length=200,
        blank=True,
        help_text="Only where the last word is not it: “Niebles Duque”.",
    )
    given = CleanCharField("given names", max_length=200, blank=True)
    particle = CleanCharField(
        max_length=60, blank=True, help_text="“van”, “de la”: before the family name."
    )
    suffix = CleanCharField(max_length=20, blank=True, help_text="“Jr.”, “III”.")
    # These follow from the name and the number when the row is stored.
    match_key = models.CharField(
        max_length=255, blank=True, editable=False, db_index=True
    )
    key = models.CharField(max_length=255, blank=True, editable=False)
    slug = models.SlugField(
        max_length=270, unique=True, allow_unicode=True, blank=True, editable=False
    )

    objects = AuthorQuerySet.as_manager()

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

    def moved_from(self, former: "Author") -> None:
        self.answer_at(former.slug)
        FormerSlug.objects.filter(slug=self.slug).delete()

    def get_absolute_url(self) -> str:
        return reverse("papers:author-detail", args=[self.slug])

    def answer_at(self, slug: str) -> None:
        """That slug, once no other author has it, leads to this one."""
        FormerSlug.objects.update_or_create(slug=slug, defaults={"author": self})

    def clean(self) -> None:
        self.derive()
        if (self.homonym or 0) > MOST_HOMONYMS:
            raise ValidationError({"homonym": f"{MOST_HOMONYMS:,} at most."})

    def derive(self) -> None:
        """Sets the keys and the slug. No two pairs of key and number share a slug."""
        self.key = fold_key(self.name, 255)
        self.match_key = self.key if self.is_corporate else match_key(self.parts)
        number = "" if self.homonym == 1 else f"--{self.homonym}"
        self.slug = self.key.replace(" ", "-") + number

    @property
    def parts(self) -> PersonName:
        """The parts of the name; an organisation's is one piece."""
        if self.is_corporate:
            return PersonName(self.name)
        if self.family:
            return PersonName(self.family, self.given, self.particle, self.suffix)
        return split_name(self.name)

    def validate_constraints(self, exclude: Any = None) -> None:
        # Forms leave out what they do not show, and with it the rules about it.
        asked = {"key", "homonym"}
        if (self.homonym or 0) > MOST_HOMONYMS:
            asked.remove("homonym")  # refused already; no database could compare it
        super().validate_constraints(exclude=set(exclude or ()) - asked)


class FormerSlug(models.Model):
    """A slug that an author had, and whose readers are led to them."""

    slug = models.SlugField(max_length=270, unique=True, allow_unicode=True)
    author = models.ForeignKey(
        Author, on_delete=models.CASCADE, related_name="former_slugs"
    )

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class AuthorAlias(models.Model):
    """Another name under which the same author publishes."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="aliases")
    name = CleanCharField(max_length=200)
    key = models.CharField(max_length=255, blank=True, editable=False)

    class Meta:
        ordering = ("key",)
        verbose_name_plural = "aliases"
        constraints = (
            models.UniqueConstraint(
                name="papers_authoralias_once",
                fields=("key",),
                violation_error_message="This name is an alias already.",
            ),
            models.CheckConstraint(
                name="papers_authoralias_key_required",
                condition=~Q(key=""),
                violation_error_message="A name needs at least one letter or digit.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.key = fold_key(self.name, 255)

    def validate_constraints(self, exclude: Any = None) -> None:
        # Forms leave out what they do not show, and with it the rules about it.
        super().validate_constraints(exclude=set(exclude or ()) - {"key"})


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

    @property
    def is_corporate(self) -> bool:
        """Whether an organisation, not a person, stands in this place."""
        return self.author.is_corporate

    @property
    def parts(self) -> PersonName:
        """The parts of the name as the paper prints it."""
        if not self.credited_as:
            return self.author.parts
        return (
            PersonName(self.credited_as)
            if self.is_corporate
            else split_name(self.credited_as)
        )
