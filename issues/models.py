"""Issues of the newsletter: what readers see, what editors saved, what follows from it."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from markdownx.models import MarkdownxField

from papers.models import Paper
from quiz.models import Quiz
from superfast.common.ownership import Owned
from superfast.common.publishing import Publishable, PublishableQuerySet
from superfast.common.text import CleanCharField, CleanTextField

RESERVED_SLUGS = {"preview", "feed"}


def refuse_reserved(slug: str) -> None:
    """Raises: ValidationError for a slug that would hide another address."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            f"“{slug}” is taken by another page: choose another slug."
        )


class MarkdownField(MarkdownxField, CleanTextField):  # type: ignore[misc]  # untyped package
    """Markdown as typed, but for what no feed can carry; edited with markdownx's field."""


class ImageQuerySet(models.QuerySet["Image"]):
    def published(self, at: datetime | None = None) -> "ImageQuerySet":
        """Pictures that stand in something readers see at that moment."""
        shown = Issue.objects.published(at)
        return self.filter(
            Q(pk__in=shown.values("cover"))
            | Q(
                pk__in=Issue.pictures.through.objects.filter(issue__in=shown).values(
                    "image"
                )
            )
        )


class Image(Owned):
    """A picture, re-encoded and named by us."""

    name = models.CharField(max_length=60, unique=True, editable=False)
    file = models.FileField(upload_to="pictures/", editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    size_bytes = models.PositiveBigIntegerField(editable=False)
    checksum = models.CharField(max_length=64, editable=False)
    alt = CleanCharField(
        "alternative text",
        max_length=500,
        help_text="What the picture shows, for who can't see it.",
    )
    caption = CleanCharField(max_length=500, blank=True)
    credit = CleanCharField(max_length=200, blank=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "picture"
        constraints = (
            models.CheckConstraint(
                name="issues_image_alt_required",
                condition=~Q(alt=""),
                violation_error_message="Say what the picture shows.",
            ),
        )

    def __str__(self) -> str:
        return self.alt

    @property
    def src(self) -> str:
        """The picture's public address."""
        return reverse("picture", args=[self.name])

    @property
    def markdown(self) -> str:
        """What to write in a text to show the picture."""
        alt = self.alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return f"![{alt}]({self.src})"


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


class Revision(models.Model):
    """The text as somebody saved it."""

    class Kind(models.TextChoices):
        AUTOSAVE = "autosave", "Autosave"
        SAVE = "save", "Save"
        PUBLISH = "publish", "Publish"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="revisions")
    kind = models.CharField(max_length=10, choices=Kind)
    title = CleanCharField(max_length=200)
    dek = CleanCharField(max_length=300, blank=True)
    body = CleanTextField(blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-saved_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="issues_revision_kind_known",
                condition=Q(kind__in=("autosave", "save", "publish")),
                violation_error_message="A revision is an autosave, a save or a publication.",
            ),
        )
        indexes = (
            # The history of one issue, newest first.
            models.Index(fields=["issue", "-saved_at"], name="issues_revision_history"),
        )

    def __str__(self) -> str:
        return (
            f"{self.title} ({self.get_kind_display()}, {self.saved_at:%Y-%m-%d %H:%M})"
        )


class Section(models.Model):
    """A part of a published issue below one of its headings: the unit of search."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="sections")
    anchor = models.CharField(max_length=220)
    title = models.CharField(max_length=1000)
    emoji = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("issue", "position")
        constraints = (
            models.UniqueConstraint(
                name="issues_section_anchor_once",
                fields=("issue", "anchor"),
                violation_error_message="Two sections of an issue can't share an anchor.",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Link(models.Model):
    """An address that a published issue refers to."""

    url = models.CharField(max_length=2000, unique=True)
    site = models.CharField(max_length=255)

    class Meta:
        ordering = ("site", "url")

    def __str__(self) -> str:
        return self.url


class LinkUse(models.Model):
    """Where a link stands, and under which words."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="link_uses")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="uses")
    text = models.CharField(max_length=1000)
    anchor = models.CharField(max_length=220, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("issue", "position")
        constraints = (
            models.UniqueConstraint(
                name="issues_linkuse_position_once",
                fields=("issue", "position"),
                violation_error_message="Two links of an issue can't share a position.",
            ),
        )

    def __str__(self) -> str:
        return self.text


class PaperMention(models.Model):
    """A paper in a published issue, with the take written for it there."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="mentions")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="mentions")
    take = models.TextField(blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("issue", "position")
        constraints = (
            models.UniqueConstraint(
                name="issues_papermention_paper_once",
                fields=("issue", "paper"),
                violation_error_message="An issue mentions a paper once.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper} in {self.issue}"
