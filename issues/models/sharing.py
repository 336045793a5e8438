"""Links by which somebody without an account reads a draft."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from issues.models.issues import Issue
from issues.models.revisions import Revision
from superfast.common.text import CleanCharField


class DraftLink(models.Model):
    """A way to one draft for whoever holds its token, of which we keep the digest alone."""

    issue = models.ForeignKey(
        Issue, on_delete=models.CASCADE, related_name="draft_links"
    )
    # Without one it follows what was saved last.
    revision = models.ForeignKey(
        Revision,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="draft_links",
    )
    label = CleanCharField("for whom", max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="issues_draftlink_expires_later",
                condition=models.Q(expires_at__gt=models.F("created_at")),
                violation_error_message="A link expires after it was made.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.issue} for {self.label}"

    def is_open(self, at: datetime | None = None) -> bool:
        """Whether it leads to the draft at that moment."""
        return self.revoked_at is None and self.expires_at > (at or timezone.now())
