"""Statements that Django writes once, for the few that every guess needs.

Django takes longer to write a query than the database takes to answer it. What is
asked once a page may stay so; guesses come by the thousand in the same minute.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

_Row = TypeVar("_Row")


class Question(threading.local, Generic[_Row]):
    """A queryset with holes: written once in each thread, asked with other values.

    Args:
        build: makes the queryset from values named like the examples.
        examples: for each hole a value that stands nowhere else in the statement.
    """

    def __init__(
        self, build: Callable[..., models.QuerySet[Any, Any]], **examples: Any
    ) -> None:
        self._build = build
        self._examples = examples
        self._connection: BaseDatabaseWrapper | None = None

    def ask(self, **values: Any) -> list[_Row]:
        """What the queryset would return for these values. Cost: one query."""
        connection = connections[DEFAULT_DB_ALIAS]
        if self._connection is not connection:
            self._write(connection)
        self._parameters = tuple(
            _adapted(values[hole], connection) if hole else given
            for hole, given in self._holes
        )
        # A queryset keeps what it has read; what it reads by may be used again.
        queryset: Any = self._queryset
        return list(queryset._iterable_class(queryset))

    def _write(self, connection: BaseDatabaseWrapper) -> None:
        self._queryset = self._build(**self._examples)
        query = self._queryset.query
        compiler: Any = query.get_compiler(connection=connection)
        statement, given = compiler.as_sql()
        names = {
            _adapted(example, connection): name
            for name, example in self._examples.items()
        }
        self._holes = [(names.get(value), value) for value in given]
        compiler.as_sql = lambda *_, **__: (statement, self._parameters)
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]  # it has written
        self._connection = connection


def insert(row: models.Model) -> None:
    """Stores a new row as `save(force_insert=True)` would, and gives it its key.

    Raises: IntegrityError. Cost: one query; no signal is sent.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    returns_key = connection.features.can_return_columns_from_insert
    model = type(row)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in _stored_fields(model)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert_statement(model, connection.vendor, returns_key), values)
        row.pk = cursor.fetchone()[0] if returns_key else cursor.lastrowid
    row._state.adding = False
    row._state.db = connection.alias


@cache
def _stored_fields(model: type[models.Model]) -> Sequence[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _insert_statement(
    model: type[models.Model], _vendor: str, returns_key: bool
) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    names = [quote(field.column) for field in _stored_fields(model)]
    # Names of our own tables and columns; whatever was sent is a parameter.
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} "  # noqa: S608
        f"({', '.join(names)}) VALUES ({', '.join('%s' for _ in names)})"
    )
    key = quote(str(model._meta.pk.column))
    return f"{statement} RETURNING {key}" if returns_key else statement


def _adapted(value: Any, connection: BaseDatabaseWrapper) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
