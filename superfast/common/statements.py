"""Questions that Django writes once, for the few that every guess and every page needs.

Django takes longer to write a query than the database takes to answer it. What is
asked now and then may stay so; guesses come by the thousand in the same minute.

PostgreSQL in turn takes longer to plan them than to answer: it keeps their plans, for which
values have to reach it apart from the statement. Django's usual cursor writes them into it.
"""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connections,
    models,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

from superfast.common import drivers

_Row = TypeVar("_Row")
# A value that has a name, to be given when the statement is asked, or one that stays.
Hole = tuple[str | None, Any]

_MARK = re.compile("%[s%]")


class Statement:
    """A statement of ours that reads, in the form in which the database's driver takes it.

    Django's cursors look for each `%s` whenever it is asked, which for a long one takes
    longer than the answer. Drivers take values by number, and one with a name only once.

    Args:
        text: as Django writes it.
        holes: what each `%s` stands for.
    """

    def __init__(self, text: str, holes: Sequence[Hole] = ()) -> None:
        self._text = text
        self._given: list[Hole] = []
        self._places: list[int] = []
        for name, value in holes:
            known = [given for given, _ in self._given]
            if name is None or name not in known:
                self._given.append((name, value))
                self._places.append(len(self._given) - 1)
            else:
                self._places.append(known.index(name))
        sign = "$" if _is_postgres(connections[DEFAULT_DB_ALIAS]) else "?"
        numbers = (f"{sign}{place + 1}" for place in self._places)
        self._numbered = _MARK.sub(
            lambda mark: "%" if mark[0] == "%%" else next(numbers), text
        )

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """What it reads. Cost: one way to the database and back.

        It is asked again, over a new connection, where the old one turns out to be dead: so
        nobody need ask first whether it lives, as Django does for each request.
        """
        adapted = {name: adapt(value) for name, value in values.items()}
        given = [adapted[name] if name else value for name, value in self._given]
        connection: Any = connections[DEFAULT_DB_ALIAS]
        try:
            rows = self._read(connection, given)
        except (InterfaceError, OperationalError):
            is_closed = connection.connection is None
            if is_closed or connection.in_atomic_block or connection.is_usable():
                raise
            connection.close()
            rows = self._read(connection, given)
        connection.health_check_done = True
        return rows

    def _read(
        self, connection: BaseDatabaseWrapper, given: list[Any]
    ) -> list[tuple[Any, ...]]:
        if connection.execute_wrappers or connection.queries_logged:
            with planned_cursor() as cursor:
                cursor.execute(self._text, [given[place] for place in self._places])
                return list(cursor.fetchall())
        with connection.wrap_database_errors:
            return drivers.read(connection, self._numbered, given)


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
        self._statement: Statement | None = None

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows, as the database's driver returns them. Cost: one query."""
        if self._statement is None:
            query = self._build(**self._examples).query
            self._statement = _with_holes(*query.sql_with_params(), self._examples)
        return self._statement.rows(**values)


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
        self._values = values
        # A queryset keeps what it has read; what it reads by may be used again.
        queryset: Any = self._queryset
        return list(queryset._iterable_class(queryset))

    def _write(self, connection: BaseDatabaseWrapper) -> None:
        self._queryset = self._build(**self._examples)
        query = self._queryset.query
        compiler: Any = query.get_compiler(connection=connection)
        text, given = compiler.as_sql()
        statement = _with_holes(text, given, self._examples)
        compiler.execute_sql = lambda *_, **__: [statement.rows(**self._values)]
        selected = [column for column, _, _ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(selected)
        compiler.get_converters = lambda _: converters
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]  # it has written
        self._connection = connection


def _with_holes(text: str, given: Sequence[Any], examples: dict[str, Any]) -> Statement:
    """The statement, with a hole wherever an example stands in it."""
    names = {adapt(example): name for name, example in examples.items()}
    return Statement(
        text, [(names.get(value) if value.__hash__ else None, value) for value in given]
    )


def planned_cursor() -> CursorWrapper:
    """A cursor whose statements are planned by PostgreSQL once in a connection.

    Where they come often, that is, and with parameters of the same types. On SQLite it
    is the usual cursor.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if not _is_postgres(connection):
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
    if _is_postgres(connections[DEFAULT_DB_ALIAS]):
        return RawSQL("SELECT unnest(CAST(%s AS bigint[]))", (keys,))
    return RawSQL("SELECT value FROM json_each(%s)", (keys,))


def listed(keys: Iterable[int]) -> str:
    """Keys as the one value that `among` takes."""
    first, last = "{}" if _is_postgres(connections[DEFAULT_DB_ALIAS]) else "[]"
    return f"{first}{','.join(map(str, keys))}{last}"


def adapt(value: Any) -> Any:
    """The value as the database's driver takes it."""
    if isinstance(value, datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value)
    return value


def _is_postgres(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"
