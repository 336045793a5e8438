"""The stamp: a number that grows with every change of what readers see."""

from django.db import models


class Stamp(models.Model):
    """A part of the stamp, which is the sum of all rows.

    PostgreSQL gives each of several simultaneous writers a row of its own, so that
    none waits for another; SQLite, which has one writer at a time, has one row.
    Written by triggers alone: see `superfast.pagecache.triggers`.
    """

    value = models.BigIntegerField(default=0)
    changed_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
