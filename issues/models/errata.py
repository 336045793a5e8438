"""What was wrong in an issue when it was published first."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from issues.models.issues import Issue
from issues.models.revisions import Revision
from superfast.common.text import CleanCharField


class Erratum(models.Model):
    """A dated note to readers that says what was put right in a published issue."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="errata")
    note = CleanCharField(max_length=500)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("made_at", "pk")
        verbose_name_plural = "errata"
        constraints = (
            models.CheckConstraint(
                name="issues_erratum_says_what",
                condition=~Q(note=""),
                violation_error_message="Say what was wrong and what is right.",
            ),
        )

    def __str__(self) -> str:
        return self.note
