"""What was done at the desk: written once, never changed."""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Rows that can be added and read, and nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Raises: TypeError, always."""
        raise TypeError("An audit entry is never changed.")

    def delete(self) -> NoReturn:
        """Raises: TypeError, always."""
        raise TypeError("An audit entry is never deleted.")


class AuditEntry(models.Model):
    """One action of one person, with what it changed.

    The person and the thing are copied as words and numbers, not referred to: an
    entry outlives both.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_key = models.BigIntegerField(null=True, editable=False)
    actor_name = models.CharField(max_length=150, blank=True, editable=False)
    action = models.CharField(max_length=60, editable=False)
    object_type = models.CharField(max_length=100, blank=True, editable=False)
    object_key = models.CharField(max_length=64, blank=True, editable=False)
    object_name = models.CharField(max_length=200, blank=True, editable=False)
    # Field name → [before, after].
    changes = models.JSONField(default=dict, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        indexes = (
            models.Index(fields=["-at", "-id"], name="accounts_audit_newest"),
            # What was done to one thing.
            models.Index(
                fields=["object_type", "object_key"], name="accounts_audit_of"
            ),
        )

    def __str__(self) -> str:
        return (
            f"{self.actor_name or 'somebody'}: {self.action} {self.object_name}".strip()
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An audit entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("An audit entry is never deleted.")
