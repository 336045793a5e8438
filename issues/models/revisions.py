"""What editors saved of an issue."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from issues.models.issues import Issue
from superfast.common.text import CleanCharField, CleanTextField


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
