"""How a statement in the form of the database's driver is asked, with as little beside it as can be.

psycopg's cursors let go of Python's lock some ten times for each question. Where several
threads have work, each time another takes it, and the one that asked waits to have it back:
that cost more than the questions. libpq asks a statement that is prepared in one call.
"""

import itertools
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import RawCursor
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

Row = tuple[Any, ...]
# No statement of that name; its plan was made for other columns.
_PREPARE_ANEW = {b"26000", b"0A000"}


def read(
    connection: BaseDatabaseWrapper, text: str, values: Sequence[Any]
) -> list[Row]:
    """What a statement with numbered values reads, by Django's connection of this thread.

    Raises: the driver's own errors. Cost: one way to the database and back, two when
    PostgreSQL plans it: once in each connection.
    """
    connection.ensure_connection()
    driver: Any = connection.connection
    if _kept.driver is not driver:
        # Not by way of Django's own cursor: it would replace a dead connection under our hands.
        _kept.reader = (
            _PostgresReader(driver)
            if connection.vendor == "postgresql"
            else _Reader(driver.cursor())
        )
        _kept.driver = driver
    rows: list[Row] = _kept.reader.read(text, values)
    return rows


class _Kept(threading.local):
    """For as long as the thread's connection: to make a cursor costs as much as a question."""

    driver: Any = None
    reader: Any = None


_kept = _Kept()


class _Reader:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def read(self, text: str, values: Sequence[Any]) -> list[Row]:
        self._cursor.execute(text, values)
        return list(self._cursor.fetchall())


class _PostgresReader(_Reader):
    """Keeps the names of the statements that it has prepared in its connection.

    They may be gone, or planned for a table that has changed: after a ROLLBACK the driver
    drops all that are prepared, its own and these. That is met when one is asked. Within a
    transaction it would be the transaction's end, so there the driver's cursor asks.
    """

    def __init__(self, driver: psycopg.Connection) -> None:
        super().__init__(RawCursor(driver))
        self._driver = driver
        self._libpq = driver.pgconn
        self._adapter = Transformer(driver)
        self._names: dict[tuple[str, Sequence[int]], bytes] = {}
        self._numbers = itertools.count()

    def read(self, text: str, values: Sequence[Any]) -> list[Row]:
        if not self._may_ask_itself():
            return super().read(text, values)
        adapter = self._adapter
        given: Any = adapter.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key = text, adapter.types or ()
        name = self._names.get(key) or self._prepare(*key)
        result = self._libpq.exec_prepared(name, given, adapter.formats)
        if result.error_field(DiagnosticField.SQLSTATE) in _PREPARE_ANEW:
            self._names.clear()
            name = self._prepare(*key)
            result = self._libpq.exec_prepared(name, given, adapter.formats)
        self._check(result)
        adapter.set_pgresult(result)
        return adapter.load_rows(0, result.ntuples, tuple)

    def _may_ask_itself(self) -> bool:
        """Whether each question stands by itself, and statements may be prepared at all."""
        return (
            self._driver.prepare_threshold is not None
            and self._driver.autocommit
            and self._libpq.transaction_status == TransactionStatus.IDLE
        )

    def _prepare(self, text: str, types: Sequence[int]) -> bytes:
        name = b"superfast_%d" % next(self._numbers)
        self._check(self._libpq.prepare(name, text.encode(), types))
        self._names[text, types] = name
        return name

    def _check(self, result: Any) -> None:
        if result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
            return
        if self._libpq.status != ConnStatus.OK:
            raise psycopg.OperationalError(result.get_error_message())
        raise psycopg.errors.error_from_result(result)
