"""Questions that Django writes once, for the few that every guess needs.

Django takes longer to write a query than the database takes to answer it. What is
asked once a page may stay so; guesses come by the thousand in the same minute.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


class Question:
    """A queryset of values with holes: written once, asked with other values.

    Args:
        build: makes the queryset from values named like the examples.
        examples: for each hole a value that stands nowhere else in the statement.
    """

    def __init__(
        self, build: Callable[..., models.QuerySet[Any, Any]], **examples: Any
    ) -> None:
        self._build = build
        self._examples = examples
        self._statement = ""
        self._holes: list[tuple[str | None, Any]] = []

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows, as the database's driver returns them. Cost: one query."""
        if not self._statement:
            self._write()
        adapted = {name: adapt(value) for name, value in values.items()}
        given = [adapted[hole] if hole else value for hole, value in self._holes]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self._statement, given)
            return list(cursor.fetchall())

    def _write(self) -> None:
        query = self._build(**self._examples).query
        statement, given = query.sql_with_params()
        names = {adapt(example): name for name, example in self._examples.items()}
        self._holes = [(names.get(value), value) for value in given]
        self._statement = statement


def adapt(value: Any) -> Any:
    """The value as the database's driver takes it."""
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value
