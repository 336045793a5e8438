"""What every test may use."""

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as hypothesis_settings

from tests.demo_site import demo as demo
from tests.demo_site import demo_for_all as demo_for_all
from tests.demo_site import kept_demo as kept_demo

# A busy machine is slow, which is no property of the code.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

Operations = type(connection.ops)
_sql_flush = Operations.sql_flush


def _empty_sqlite(self, style, tables, **options):
    """Emptying the tables after a test is the one change that the audit log allows."""
    with self.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            " AND tbl_name = 'accounts_auditentry'"
        )
        triggers = dict(cursor.fetchall())
    return [
        *(f'DROP TRIGGER "{name}"' for name in triggers),
        *_sql_flush(self, style, tables, **options),
        *triggers.values(),
    ]


def _empty_postgres(self, style, tables, **options):
    """Rows are deleted where there are any: truncating some eighty tables takes seconds.

    The audit log, which nothing refers to, refuses to have a row deleted.
    """
    if options.get("reset_sequences"):
        return _sql_flush(self, style, tables, **options)
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(map(_HAS_ROWS.format, tables)))
        found = [table for (table,) in cursor.fetchall()]
    log = "accounts_auditentry"
    return [
        f'{"TRUNCATE" if name == log else "DELETE FROM"} "{name}"' for name in found
    ]


_HAS_ROWS = "SELECT '{0}' WHERE EXISTS (SELECT FROM \"{0}\")"
_EMPTY = {"sqlite": _empty_sqlite, "postgresql": _empty_postgres}
Operations.sql_flush = _EMPTY[connection.vendor]  # type: ignore[method-assign]

BROWSER_MISSING = "no browser"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """The test database, which on SQLite must be a file in WAL mode.

    Where it is not, tests of simultaneous writers would test something else.
    """
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            assert cursor.execute("PRAGMA database_list").fetchone()[2]


@pytest.fixture(autouse=True)
def _nothing_is_cached() -> None:
    """Guesses of one test are not those of the next test's network."""
    cache.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, so that what is broken is known soon."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly that nobody has looked at the site in a browser."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if BROWSER_MISSING in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_sep("!", "BROWSER TESTS SKIPPED", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(skipped)} browser tests did not run: no Chromium or Chrome was found and "
            "none could be downloaded. Install one, or name its path with CHROMIUM=...",
            red=True,
        )
