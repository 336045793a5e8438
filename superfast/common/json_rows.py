"""Rows of another table within a query's own row, as JSON."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Aggregate, JSONField, Subquery


class JsonList(Aggregate):
    """Everything in one JSON array, in no order."""

    output_field = JSONField()

    def as_sqlite(self, *args: Any, **kwargs: Any) -> Any:
        return self.as_sql(*args, function="JSON_GROUP_ARRAY", **kwargs)

    def as_postgresql(self, *args: Any, **kwargs: Any) -> Any:
        return self.as_sql(*args, function="JSONB_AGG", **kwargs)


class JsonSubquery(Subquery):
    """JSON from a subquery within other JSON, where SQLite would take it for text."""

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "JSON((%(subquery)s))"
        return self.as_sql(compiler, connection, template=template, **extra)


def read_moment(value: str) -> datetime:
    """An aware datetime from what a database makes of one when cast to text."""
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
