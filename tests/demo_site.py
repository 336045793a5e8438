"""The demonstration site for tests of other things: loaded once by each process, then put back.

Loading it takes some twenty seconds of a processor, putting it back a tenth of one.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import override_settings


@dataclass(frozen=True)
class KeptDemo:
    """Every row of a site into which the demonstration was loaded, and the folder of its files."""

    rows: Any
    media: Path

    def put_back(self, media: Any) -> None:
        """The database holds these rows and no others, and the folder these files too.

        Not within a transaction.
        """
        _put_back[connection.vendor](self.rows)
        ContentType.objects.clear_cache()
        copytree(self.media, media, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def kept_demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> KeptDemo:
    media = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media):
        call_command("load_demo", verbosity=0)
        kept = KeptDemo(_keep[connection.vendor](), media)
        _empty()
    return kept


@pytest.fixture
def demo(kept_demo: KeptDemo, transactional_db: None, settings: Any) -> None:
    """The demonstration site for one test, which may commit what it likes."""
    kept_demo.put_back(settings.MEDIA_ROOT)


@pytest.fixture(scope="module")
def demo_for_all(kept_demo: KeptDemo, django_db_blocker: Any) -> Iterator[KeptDemo]:
    """The rows of the demonstration for all tests of a file, each undone with its test.

    Files are for the test to put where it wants them.
    """
    with django_db_blocker.unblock():
        _put_back[connection.vendor](kept_demo.rows)
        ContentType.objects.clear_cache()
    yield kept_demo
    with django_db_blocker.unblock():
        _empty()


def _empty() -> None:
    # As after any test: the numbers of rows go on.
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


def _keep_sqlite() -> sqlite3.Connection:
    kept = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(kept)
    return kept


def _put_back_sqlite(rows: sqlite3.Connection) -> None:
    connection.ensure_connection()
    rows.backup(connection.connection)


def _tables() -> list[str]:
    return connection.introspection.django_table_names(
        only_existing=True, include_views=False
    )


def _keep_postgres() -> dict[str, bytes]:
    rows = {}
    with connection.cursor() as cursor:
        for table in _tables():
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                rows[table] = b"".join(copy)
    return rows


def _put_back_postgres(rows: dict[str, bytes]) -> None:
    # What refers to another row is checked at the end.
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), [*rows]):
            cursor.execute(statement)
        for table, data in rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(data)
        models = [*apps.get_models(include_auto_created=True)]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


_keep: dict[str, Callable[[], Any]] = {
    "sqlite": _keep_sqlite,
    "postgresql": _keep_postgres,
}
_put_back: dict[str, Callable[[Any], None]] = {
    "sqlite": _put_back_sqlite,
    "postgresql": _put_back_postgres,
}
