"""An issue of the newsletter: what readers see."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from issues.models.fields import MarkdownField
from issues.models.pictures import Image
from papers.models import Paper
from quiz.models import Quiz
from superfast.common.ownership import Owned
from superfast.common.publishing import Publishable, PublishableQuerySet
from superfast.common.text import CleanCharField

RESERVED_SLUGS = {"preview", "feed"}


def refuse_reserved(slug: str) -> None:
    """Raises: ValidationError for a slug that would hide another address."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            f"“{slug}” is taken by another page: choose another slug."
        )


class IssueQuerySet(PublishableQuerySet["Issue"]):
    def newest_first(self) -> "IssueQuerySet":
        return self.order_by("-publish_at", "-pk")

    def for_list(self) -> "IssueQuerySet":
        """With what a list shows and without the text. Cost: none of its own."""
        return self.select_related("cover").defer("body", "blocks").newest_first()

    def for_page(self, at: datetime | None = None) -> "IssueQuerySet":
        """With all that a page shows of the row itself; the quiz without its key."""
        return (
            self.with_neighbours(at)
            .select_related("cover", "quiz", "published_revision")
            .defer("body", "quiz__lie", "published_revision__body")
        )

    def with_neighbours(self, at: datetime | None = None) -> "IssueQuerySet":
        """Each with slug and title of the issues published before and after it.

        Annotates `previous_slug`, `previous_title`, `next_slug`, `next_title`
        (None at the ends). Cost: four indexed subqueries, no further query.
        """
        others = Issue.objects.published(at)
        same = Q(publish_at=OuterRef("publish_at"))
        before = others.filter(
            Q(publish_at__lt=OuterRef("publish_at")) | (same & Q(pk__lt=OuterRef("pk")))
        ).order_by("-publish_at", "-pk")
        after = others.filter(
            Q(publish_at__gt=OuterRef("publish_at")) | (same & Q(pk__gt=OuterRef("pk")))
        ).order_by("publish_at", "pk")
        return self.annotate(
            previous_slug=Subquery(before.values("slug")[:1]),
            previous_title=Subquery(before.values("title")[:1]),
            next_slug=Subquery(after.values("slug")[:1]),
            next_title=Subquery(after.values("title")[:1]),
        )


class Issue(Publishable, Owned):
    """One number of the newsletter: the text, and what is derived from it when saved."""

    title = CleanCharField(max_length=200)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        validators=[refuse_reserved],
        help_text="The last part of the address. A date reads well: 2023-01-11.",
    )
    dek = CleanCharField(
        max_length=300,
        blank=True,
        help_text="One sentence that says what is in it; lists, feeds and previews show it.",
    )
    body = MarkdownField(blank=True, max_length=500_000)
    cover = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="covered_issues",
    )
    quiz = models.OneToOneField(
        Quiz,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issue",
        help_text="It stands where the text says “::: quiz”.",
    )
    uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="What feeds know the issue by, whatever becomes of its address.",
    )
    published_revision = models.ForeignKey(
        "Revision",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    # Derived by services.derive() from the text that readers see.
    blocks = models.JSONField(default=list, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    pictures = models.ManyToManyField(Image, editable=False, related_name="issues")
    papers = models.ManyToManyField(
        Paper, through="PaperMention", related_name="issues"
    )

    objects = IssueQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ("-publish_at", "-pk")
        permissions = (("publish_issue", "Can publish and withdraw issues"),)
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="issues_issue_published_has_text",
                condition=Q(publish_at=None)
                | (~Q(title="") & ~Q(dek="") & ~Q(body="")),
                violation_error_message="A published issue needs a title, a dek and a text.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("issues:issue-detail", args=[self.slug])

    @property
    def first_published_at(self) -> datetime:
        """When readers first saw it. Raises: ValueError for a draft."""
        if self.publish_at is None:
            raise ValueError("A draft has no date.")
        return self.publish_at

    @property
    def changed_at(self) -> datetime:
        """When the text that readers see was last saved; never before it was out."""
        saved_at = self.published_revision.saved_at if self.published_revision else None
        return max(saved_at or self.first_published_at, self.first_published_at)
