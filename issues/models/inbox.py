"""What editors came across during the week."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from issues.models.issues import Issue
from superfast.common.text import CleanCharField


class InboxItemQuerySet(models.QuerySet["InboxItem"]):
    def waiting(self) -> "InboxItemQuerySet":
        """Those that no issue has taken; they come back when their issue is deleted."""
        return self.filter(Q(used_in=None) | Q(used_in__trashed_at__isnull=False))


class InboxItem(models.Model):
    """An address put aside for an issue to come, shared by everybody at the desk."""

    url = models.CharField(max_length=2000)
    title = CleanCharField(max_length=500, blank=True)
    section = CleanCharField(max_length=200, blank=True)
    take = CleanCharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    used_in = models.ForeignKey(
        Issue,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="inbox_items",
    )

    objects = InboxItemQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            # The inbox: what waits, newest first.
            models.Index(
                name="issues_inbox_waiting",
                fields=["-created_at", "-id"],
                condition=models.Q(used_in=None),
            ),
        )

    def __str__(self) -> str:
        return self.title or self.url
