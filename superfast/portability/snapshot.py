"""The database as it is at one moment, for as long as reading takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# On SQLite not Django's own, which takes the lock of a writer.
_BEGIN = {
    "sqlite": "BEGIN DEFERRED",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read within was so at one moment, and nobody is kept from writing.

    Within a transaction that began earlier it is what that sees.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
