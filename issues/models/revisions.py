"""What editors saved of an issue."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from issues.models.issues import Issue
from issues.models.pictures import Image
from issues.models.texts import Text
from quiz.models import Quiz
from superfast.common.text import CleanCharField, CleanTextField


class RevisionQuerySet(models.QuerySet["Revision"]):
    def in_line(self) -> "RevisionQuerySet":
        """Without those that were set aside: each began where the one before ended."""
        return self.exclude(kind=Revision.Kind.ASIDE)

    def for_history(self) -> "RevisionQuerySet":
        """Newest first, with who saved it and without the text. Cost: none of its own."""
        return self.select_related("saved_by").defer("body", "dek")


class Revision(models.Model):
    """The text as somebody saved it."""

    class Kind(models.TextChoices):
        AUTOSAVE = "autosave", "Autosave"
        SAVE = "save", "Save"
        PUBLISH = "publish", "Publish"
        # Written over a text that somebody else had saved meanwhile; never the newest.
        ASIDE = "aside", "Set aside"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="revisions")
    kind = models.CharField(max_length=10, choices=Kind)
    title = CleanCharField(max_length=200)
    slug = models.CharField(max_length=80, blank=True)
    dek = CleanCharField(max_length=300, blank=True)
    body = CleanTextField(blank=True)
    cover = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    quiz = models.ForeignKey(
        Quiz, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)
    # The form it was saved from: an answer that got lost is no conflict.
    tab = models.CharField(max_length=36, blank=True, editable=False)
    # When the first of the autosaves was made that this one has taken in.
    begun_at = models.DateTimeField(default=timezone.now)
    # Of title, dek and body, against the revision before.
    words_added = models.PositiveIntegerField(default=0)
    words_removed = models.PositiveIntegerField(default=0)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ("-saved_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="issues_revision_kind_known",
                condition=Q(kind__in=("autosave", "save", "publish", "aside")),
                violation_error_message="A revision is an autosave, a save, a publication, or set aside.",
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

    @property
    def text(self) -> Text:
        """What was written."""
        return Text.of(self)

    @property
    def author(self) -> str:
        """Who saved it, by name."""
        return name_of(self.saved_by)


def name_of(user: Any) -> str:
    """What colleagues call somebody at the desk."""
    if user is None:
        return "Somebody"
    return str(user.get_full_name() or user.get_username())
