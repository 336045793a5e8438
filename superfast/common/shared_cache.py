"""A cache that the processes of one machine share: one SQLite file, and no server.

Django's cache in memory is each process's own, so that two workers count apart; its
cache of files lists a folder at each write, and its cache in the database writes where
what is cached here (digests of networks) may not stand. This one takes some
50 millionths of a second for what a guess asks. Nothing in it is worth keeping: the
file is not synced, and may be deleted whenever nothing runs.
"""

import pickle  # nosec B403
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_TABLE = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=OFF;
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value, expires REAL) WITHOUT ROWID;
"""
_PUT = (
    "INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE "
    "SET value = excluded.value, expires = excluded.expires"
)
_ADD = f"{_PUT} WHERE entry.expires <= ?"
_GET = "SELECT value FROM entry WHERE key = ? AND (expires IS NULL OR expires > ?)"
_NOT_OVER = "key = ? AND (expires IS NULL OR expires > ?)"
# Every so many writes of a connection, what has expired is deleted.
WRITES_BETWEEN_CULLS = 2_000
LOCK_SECONDS = 5

# SQLite keeps these as they are; counting is done in place. A bool would come back as 1.
_PLAIN = (int, float, str)


class SharedFileCache(BaseCache):
    """Django's cache interface over the file that `LOCATION` names.

    Where the file can't be written, reading finds nothing and writing raises
    sqlite3.OperationalError: a limit that isn't kept should not be taken for one.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = location
        self._local = threading.local()

    def add(
        self,
        key: str,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        row = self._row(key, value, timeout, version)
        return self._write(_ADD, [*row, time.time()]) == 1

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        name = self.make_key(key, version)
        row = self._connection().execute(_GET, [name, time.time()]).fetchone()
        return default if row is None else _unpacked(row[0])

    def set(
        self,
        key: str,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._write(_PUT, self._row(key, value, timeout, version))

    def touch(
        self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        statement = f"UPDATE entry SET expires = ? WHERE {_NOT_OVER}"  # noqa: S608  # our own words
        key = self.make_key(key, version)
        values = [self.get_backend_timeout(timeout), key, time.time()]
        return self._write(statement, values) == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        key = self.make_key(key, version)
        return self._write("DELETE FROM entry WHERE key = ?", [key]) == 1

    def clear(self) -> None:
        self._write("DELETE FROM entry", [])

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """The number, one more or `delta`, whoever counts at the same time.

        Raises: ValueError where nothing is stored, as Django's caches do.
        """
        statement = (
            f"UPDATE entry SET value = value + ? WHERE {_NOT_OVER} RETURNING value"  # noqa: S608
        )
        name = self.make_key(key, version)
        values = [delta, name, time.time()]
        found = self._connection().execute(statement, values).fetchall()
        if not found:
            raise ValueError(f"Key '{key}' not found")
        return int(found[0][0])

    def close(self, **kwargs: Any) -> None:
        """Keeps the connection: opening it is most of what an answer would cost."""

    def _row(
        self, key: str, value: Any, timeout: Any, version: int | None
    ) -> list[Any]:
        packed = value if type(value) in _PLAIN else pickle.dumps(value)
        name = self.make_key(key, version)
        return [name, packed, self.get_backend_timeout(timeout)]

    def _write(self, statement: str, values: list[Any]) -> int:
        connection = self._connection()
        changed = connection.execute(statement, values).rowcount
        self._local.writes += 1
        if self._local.writes % WRITES_BETWEEN_CULLS == 0:
            self._cull(connection)
        return changed

    def _cull(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM entry WHERE expires <= ?", [time.time()])
        (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
        if count > self._max_entries:
            # Those that would be over first.
            connection.execute(
                "DELETE FROM entry WHERE key IN (SELECT key FROM entry "
                "WHERE expires IS NOT NULL ORDER BY expires LIMIT ?)",
                [count - self._max_entries],
            )

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path, timeout=LOCK_SECONDS, isolation_level=None
            )
            connection.executescript(_TABLE)
            self._local.connection, self._local.writes = connection, 0
        return connection


def _unpacked(value: Any) -> Any:
    # The file is ours, as the code beside it: what was packed here is unpacked here.
    return pickle.loads(value) if isinstance(value, bytes) else value  # noqa: S301  # nosec B301
