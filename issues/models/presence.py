"""Who has an issue open at the desk."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from issues.models.issues import Issue
from issues.models.revisions import Revision

# A form is heard of every 15 seconds; a sleeping tab of most browsers once a minute.
EXPIRES_AFTER = timedelta(seconds=75)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def alive(self, at: datetime | None = None) -> "PresenceQuerySet":
        """Forms heard of lately."""
        return self.filter(seen_at__gt=(at or timezone.now()) - EXPIRES_AFTER)


class Presence(models.Model):
    """A form that somebody has open, and the revision that it started from."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    tab = models.CharField(max_length=36)
    base = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, related_name="presences"
    )
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        ordering = ("user", "-seen_at")
        constraints = (
            models.UniqueConstraint(
                name="issues_presence_tab_once",
                fields=("issue", "user", "tab"),
                violation_error_message="A form is open once.",
            ),
        )
        indexes = (
            # Forms that nobody has heard of are removed.
            models.Index(fields=["seen_at"], name="issues_presence_expiry"),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.issue}"
