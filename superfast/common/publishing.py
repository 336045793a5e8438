"""What *published* means: said here once, for rows and for queries alike.

A thing is a draft until it has `publish_at`, scheduled while that lies ahead,
published from that moment on, withdrawn from `withdrawn_at` on. No job runs:
time passing is part of the question.
"""

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Status(models.TextChoices):
    """Where a thing stands at a moment."""

    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


def status_q(status: Status, at: datetime | None = None, prefix: str = "") -> Q:
    """The condition of having a status at a moment (now, if none is given).

    Args:
        status: the status asked for.
        at: an aware datetime.
        prefix: path to the publishable model with its final `__`, for
            questions asked from another table (`"issue__"`).
    """
    at = at or timezone.now()

    def q(**lookups: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    withdrawn = q(withdrawn_at__lte=at)
    not_withdrawn = q(withdrawn_at=None) | q(withdrawn_at__gt=at)
    return {
        Status.DRAFT: q(publish_at=None),
        Status.SCHEDULED: q(publish_at__gt=at),
        Status.PUBLISHED: q(publish_at__lte=at) & not_withdrawn,
        Status.WITHDRAWN: withdrawn,
    }[status]


def published_q(at: datetime | None = None, prefix: str = "") -> Q:
    """The condition of being published at a moment; see `status_q`."""
    return status_q(Status.PUBLISHED, at, prefix)


_M = TypeVar("_M", bound=models.Model)


class PublishableQuerySet(models.QuerySet[_M]):
    """Questions about status; each takes the moment it is asked for."""

    def with_status(self, status: Status, at: datetime | None = None) -> Self:
        """Rows that have this status at that moment."""
        return self.filter(status_q(status, at))

    def published(self, at: datetime | None = None) -> Self:
        """Rows that everybody may see at that moment."""
        return self.with_status(Status.PUBLISHED, at)

    def scheduled(self, at: datetime | None = None) -> Self:
        """Rows whose time lies ahead of that moment."""
        return self.with_status(Status.SCHEDULED, at)

    def drafts(self) -> Self:
        """Rows without a time."""
        return self.with_status(Status.DRAFT)

    def withdrawn(self, at: datetime | None = None) -> Self:
        """Rows that were published and are no longer."""
        return self.with_status(Status.WITHDRAWN, at)


class Publishable(models.Model):
    """Something with a time from which, and a time until which, readers see it."""

    publish_at = models.DateTimeField(
        "publish at",
        null=True,
        blank=True,
        db_index=True,
        help_text="Readers see it from this time on (UTC). Empty: a draft.",
    )
    withdrawn_at = models.DateTimeField(
        "withdrawn at",
        null=True,
        blank=True,
        help_text="From this time on its address says that it was withdrawn.",
    )

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_withdrawn_after_publish",
                # A CHECK that comes out NULL passes: the first test is not idle.
                condition=Q(withdrawn_at=None)
                | Q(publish_at__isnull=False, publish_at__lte=F("withdrawn_at")),
                violation_error_message=(
                    "It can't be withdrawn before it is published: "
                    "give a later time, or none."
                ),
            ),
        )

    def status(self, at: datetime | None = None) -> Status:
        """Where this row stands at a moment (now, if none is given)."""
        at = at or timezone.now()
        if self.publish_at is None:
            return Status.DRAFT
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return Status.WITHDRAWN
        return Status.SCHEDULED if self.publish_at > at else Status.PUBLISHED

    def is_published(self, at: datetime | None = None) -> bool:
        """Whether everybody may see this row at that moment."""
        return self.status(at) is Status.PUBLISHED


def publish(row: Publishable, at: datetime | None = None) -> None:
    """Readers see the row from now on; what was withdrawn keeps its first date.

    Raises: ValidationError where the row is not fit to be stored.
    """
    at = at or timezone.now()
    if row.status(at) in {Status.DRAFT, Status.SCHEDULED}:
        row.publish_at = at
    row.withdrawn_at = None
    row.full_clean()
    row.save()


def withdraw(row: Publishable, at: datetime | None = None) -> None:
    """Readers no longer see the row; what is only scheduled becomes a draft again.

    Raises: ValidationError where readers do not see it anyway.
    """
    at = at or timezone.now()
    match row.status(at):
        case Status.PUBLISHED:
            row.withdrawn_at = at
        case Status.SCHEDULED:
            row.publish_at = row.withdrawn_at = None
        case _:
            raise ValidationError(
                "Only what is published or scheduled can be withdrawn."
            )
    row.full_clean()
    row.save()
