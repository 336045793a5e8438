"""Questions that Django writes once, for the few that every guess and every page needs.

Django takes longer to write a query than the database takes to answer it. What is
asked now and then may stay so; guesses come by the thousand in the same minute.

PostgreSQL in turn takes longer to plan them than to answer: it keeps their plans, for which
values have to reach it apart from the statement. Django's usual cursor writes them into it.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

_Row = TypeVar("_Row")


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
        with planned_cursor() as cursor:
            cursor.execute(self._statement, given)
            return list(cursor.fetchall())

    def _write(self) -> None:
        query = self._build(**self._examples).query
        statement, given = query.sql_with_params()
        names = {adapt(example): name for name, example in self._examples.items()}
        self._holes = [(names.get(value), value) for value in given]
        self._statement = statement


class RowQuestion(threading.local, Generic[_Row]):
    """As `Question`, for the queryset's own rows: models with what they select.

    Written once in each thread, for it is bound to the thread's connection.
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
        adapted = {name: adapt(value) for name, value in values.items()}
        self._given = [adapted[hole] if hole else given for hole, given in self._holes]
        # A queryset keeps what it has read; what it reads by may be used again.
        queryset: Any = self._queryset
        return list(queryset._iterable_class(queryset))

    def _write(self, connection: BaseDatabaseWrapper) -> None:
        self._queryset = self._build(**self._examples)
        query = self._queryset.query
        compiler: Any = query.get_compiler(connection=connection)
        statement, given = compiler.as_sql()
        names = {adapt(example): name for name, example in self._examples.items()}
        self._holes = [
            (names.get(value) if value.__hash__ else None, value) for value in given
        ]
        compiler.execute_sql = lambda *_, **__: [self._fetch(statement)]
        selected = [column for column, _, _ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(selected)
        compiler.get_converters = lambda _: converters
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]  # it has written
        self._connection = connection

    def _fetch(self, statement: str) -> list[tuple[Any, ...]]:
        with planned_cursor() as cursor:
            cursor.execute(statement, self._given)
            return list(cursor.fetchall())


def planned_cursor() -> CursorWrapper:
    """A cursor whose statements are planned by PostgreSQL once in a connection.

    Where they come often, that is, and with parameters of the same types. On SQLite it
    is the usual cursor.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    driver: Any = connection.connection
    usual, driver.cursor_factory = driver.cursor_factory, ServerBindingCursor
    try:
        return connection.cursor()
    finally:
        driver.cursor_factory = usual


def among(keys: str) -> RawSQL:
    """A subquery of keys, for `filter(pk__in=…)`: the same statement for any number of them.

    As so many parameters, a thousand take Django and the driver longer to write than
    the database to answer.

    Args:
        keys: from `listed`.
    """
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        return RawSQL("SELECT unnest(CAST(%s AS bigint[]))", (keys,))
    return RawSQL("SELECT value FROM json_each(%s)", (keys,))


def listed(keys: Iterable[int]) -> str:
    """Keys as the one value that `among` takes."""
    is_postgres = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    first, last = "{}" if is_postgres else "[]"
    return f"{first}{','.join(map(str, keys))}{last}"


def adapt(value: Any) -> Any:
    """The value as the database's driver takes it."""
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value
