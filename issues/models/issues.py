"""An issue of the newsletter: what readers see."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CharField, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, JSONObject

from issues.models.fields import MarkdownField
from issues.models.pictures import Image
from issues.models.texts import Text
from papers.models import Paper
from quiz.models import Quiz
from superfast.common.json_rows import JsonList, read_moment
from superfast.common.ownership import Owned
from superfast.common.paths import path_to
from superfast.common.publishing import Publishable, PublishableQuerySet
from superfast.common.text import CleanCharField
from superfast.redirects.models import Addressed

RESERVED_SLUGS = {"preview", "feed"}
LONGEST_TEXT = 500_000  # characters
LONGEST_SLUG = 80


def refuse_reserved(slug: str) -> None:
    """Raises: ValidationError for a slug that would hide another address."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            f"“{slug}” is taken by another page: choose another slug."
        )


class IssueQuerySet(PublishableQuerySet["Issue"]):
    def newest_first(self) -> "IssueQuerySet":
        return self.order_by("-publish_at", "-pk")

    def older_than(self, issue: "Issue") -> "IssueQuerySet":
        """What follows a published issue where the newest comes first."""
        # The first bound is where an index begins; alone it keeps issues of the same moment.
        return self.filter(
            Q(publish_at__lt=issue.publish_at) | Q(pk__lt=issue.pk),
            publish_at__lte=issue.publish_at,
        )

    def for_list(self) -> "IssueQuerySet":
        """With what a list shows and without the text. Cost: none of its own."""
        return self.select_related("cover").without_text().newest_first()

    def without_text(self) -> "IssueQuerySet":
        """Neither the text nor what is made of it is read: rows of a few hundred bytes."""
        return self.defer("body", "blocks", "finished")

    def for_page(self, at: datetime | None = None) -> "IssueQuerySet":
        """With all that a page shows of the row itself; the quiz without its key."""
        return (
            self.with_neighbours(at)
            .with_errata()
            .select_related("cover", "quiz")
            .only(
                *("slug", "title", "dek", "publish_at", "withdrawn_at"),
                *("text_changed_at", "reading_minutes", "finished"),
                *("quiz__slug", "quiz__title", "quiz__number"),
                *("cover__name", "cover__width", "cover__height", "cover__alt"),
                *("cover__caption", "cover__credit", "cover__renditions"),
            )
        )

    def with_errata(self) -> "IssueQuerySet":
        """Each with its dated notes to readers, for `Issue.notes`. Cost: no further query."""
        relation: Any = Issue._meta.get_field("errata")
        told = JSONObject(note="note", made_at=Cast("made_at", CharField()))
        # Grouped by what all have in common: one row, and none where there is nothing.
        notes = (
            relation.related_model.objects.filter(issue=OuterRef("pk"))
            .order_by()
            .values("issue")
            .annotate(told=JsonList(told))
        )
        return self.annotate(errata_told=Subquery(notes.values("told")))

    def unpublished_changes(self) -> "IssueQuerySet":
        """Dated issues of which editors have saved a newer text than readers (will) see."""
        return self.exclude(publish_at=None).exclude(
            working_revision=F("published_revision")
        )

    def trashed(self) -> "IssueQuerySet":
        """Deleted ones that can still be restored, the latest first."""
        return self.exclude(trashed_at=None).order_by("-trashed_at", "-pk")

    def with_neighbours(self, at: datetime | None = None) -> "IssueQuerySet":
        """Each with the issues published before and after it: `previous`, `next`.

        Of each `slug` and `title`; None at the ends. Cost: two indexed subqueries,
        no further query.
        """
        moment, pk = OuterRef("publish_at"), OuterRef("pk")
        # First the bound at which the index is entered, alone: not each of the others is read.
        before = (
            Issue.objects.filter(publish_at__lte=moment)
            .filter(Q(publish_at__lt=moment) | Q(pk__lt=pk))
            .published(at)
            .order_by("-publish_at", "-pk")
        )
        after = (
            Issue.objects.filter(publish_at__gte=moment)
            .filter(Q(publish_at__gt=moment) | Q(pk__gt=pk))
            .published(at)
            .order_by("publish_at", "pk")
        )
        told = JSONObject(slug="slug", title="title")
        return self.annotate(
            previous=Subquery(before.values(told=told)[:1]),
            next=Subquery(after.values(told=told)[:1]),
        )


_IssueManager = models.Manager.from_queryset(IssueQuerySet)


class IssueManager(_IssueManager):
    """Issues that nobody has deleted."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(trashed_at=None)


@dataclass(frozen=True, slots=True)
class Note:
    """A dated note to readers of a published issue."""

    note: str
    made_at: datetime


class Issue(Addressed, Publishable, Owned):
    """One number of the newsletter: the text, and what is derived from it when saved."""

    title = CleanCharField(max_length=200)
    slug = models.SlugField(
        max_length=LONGEST_SLUG,
        unique=True,
        validators=[refuse_reserved],
        help_text="The last part of the address. A date reads well: 2023-01-11.",
    )
    dek = CleanCharField(
        max_length=300,
        blank=True,
        help_text="One sentence that says what is in it; lists, feeds and previews show it.",
    )
    body = MarkdownField(blank=True, max_length=LONGEST_TEXT)
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
    # What editors saved last, set-aside texts apart; of a dated issue readers see the other.
    working_revision = models.ForeignKey(
        "Revision",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    text_changed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When readers were last given another text; a silent fix leaves it.",
    )
    # A deleted issue has no time, slug or quiz: nothing that is asked of those finds it.
    trashed_at = models.DateTimeField(null=True, editable=False)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    kept_in_trash = models.JSONField(null=True, editable=False)
    # Derived by services.derive() from the text that readers see.
    blocks = models.JSONField(default=list, editable=False)
    # By `issues.finished`: what the page shows of the blocks, and which components made it.
    finished = models.JSONField(null=True, editable=False)
    finished_by = models.CharField(max_length=32, blank=True, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    pictures = models.ManyToManyField(Image, editable=False, related_name="issues")
    papers = models.ManyToManyField(
        Paper, through="PaperMention", related_name="issues"
    )

    objects = IssueManager()
    with_trashed = IssueQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ("-publish_at", "-pk")
        base_manager_name = "with_trashed"
        # The first holds all that a count asks. Whole, an index of `trashed_at` would be
        # taken for the way to what is not in the trash: nearly all.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=("-publish_at", "-id", "withdrawn_at"),
                condition=Q(trashed_at=None),
                name="issues_issue_by_time",
            ),
            models.Index(
                fields=("-publish_at", "-quiz"),
                condition=Q(quiz__isnull=False),
                name="issues_issue_with_quiz",
            ),
            models.Index(
                fields=("-trashed_at",),
                condition=Q(trashed_at__isnull=False),
                name="issues_issue_trash",
            ),
            # The page cache asks for the last and the next: without it, every row is read.
            models.Index(
                fields=("withdrawn_at",),
                condition=Q(withdrawn_at__isnull=False),
                name="issues_issue_withdrawn",
            ),
        ]
        permissions = (("publish_issue", "Can publish and withdraw issues"),)
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="issues_issue_published_has_text",
                condition=Q(publish_at=None)
                | (~Q(title="") & ~Q(dek="") & ~Q(body="")),
                violation_error_message="A published issue needs a title, a dek and a text.",
            ),
            models.CheckConstraint(
                name="issues_issue_trashed_holds_nothing",
                condition=Q(trashed_at=None)
                | Q(publish_at=None, withdrawn_at=None, quiz=None),
                violation_error_message="A deleted issue has no time and no quiz.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("issues:issue-detail", self.slug)

    @property
    def first_published_at(self) -> datetime:
        """When readers first saw it. Raises: ValueError for a draft."""
        if self.publish_at is None:
            raise ValueError("A draft has no date.")
        return self.publish_at

    @property
    def day(self) -> str:
        """When readers first saw it, as its page says: “Wednesday, 11 January 2023”.

        Raises: ValueError for a draft.
        """
        return f"{self.first_published_at.astimezone(UTC):%A, %-d %B %Y}"

    @property
    def changed_at(self) -> datetime:
        """When the text that readers see was last changed; never before it was out."""
        return max(
            self.text_changed_at or self.first_published_at, self.first_published_at
        )

    @property
    def text(self) -> Text:
        """What is written in the row."""
        return Text.of(self)

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether editors have saved a newer text than the one that readers (will) see."""
        return (
            self.publish_at is not None
            and self.working_revision_id != self.published_revision_id
        )

    @property
    def notes(self) -> list[Note]:
        """Its dated notes to readers, from `with_errata`, oldest first."""
        rows = getattr(self, "errata_told", None) or []
        notes = [Note(row["note"], read_moment(row["made_at"])) for row in rows]
        return sorted(notes, key=lambda note: note.made_at)
