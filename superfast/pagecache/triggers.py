"""The database's own triggers: whoever writes to what readers see, the stamp grows.

In the writer's transaction, so that the change and the stamp are seen together or not
at all; whichever way the row was written: a form, `update()`, a cascade, plain SQL.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from superfast.common.text import digest_of
from superfast.pagecache.models import Stamp
from superfast.pagecache.watched import column_of, watched_models

PREFIX = "pagecache_"
MAX_NAME = 63  # of PostgreSQL
_EVERY = ("insert", "update", "delete")

# One row, made where it is missing.
_BUMP_SQLITE = """
CREATE TRIGGER "{name}" AFTER {event} ON "{table}" BEGIN
  INSERT INTO {stamp} (id, value, changed_at)
  VALUES (1, 1, CAST(strftime('%s', 'now') AS INTEGER))
  ON CONFLICT (id) DO UPDATE
  SET value = value + 1, changed_at = excluded.changed_at;
END
"""

# Any row that no other transaction holds: writers do not wait for each other.
_BUMP_POSTGRESQL = """
CREATE OR REPLACE FUNCTION pagecache_bump() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_ bigint := floor(extract(epoch FROM clock_timestamp()));
BEGIN
  UPDATE {stamp} SET value = value + 1, changed_at = now_ WHERE id = (
    SELECT id FROM {stamp} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
  );
  IF NOT FOUND THEN
    INSERT INTO {stamp} (value, changed_at) VALUES (1, now_);
  END IF;
  RETURN NULL;
END $$
"""
_TRIGGER_POSTGRESQL = """
CREATE TRIGGER "{name}" AFTER {event} ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION pagecache_bump()
"""

_INSTALLED = {
    "sqlite": """
        SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s
    """,
    "postgresql": """
        SELECT tgname, tgrelid::regclass::text FROM pg_trigger
         WHERE NOT tgisinternal AND tgname LIKE %s
    """,
}
_DROP = {
    "sqlite": 'DROP TRIGGER "{name}"',
    "postgresql": 'DROP TRIGGER "{name}" ON "{table}"',
}


def install(connection: BaseDatabaseWrapper, *, by_column: bool = True) -> None:
    """Every watched table has its triggers, and no other has.

    Without `by_column` none of them names a column, and some fire for nothing. Tables that
    are not there, as while an old state is migrated to, are left out.
    Cost: two queries where nothing is to be done.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        stamp = Stamp._meta.db_table
        wanted = dict(_wanted(tables, by_column)) if stamp in tables else {}
        cursor.execute(_INSTALLED[connection.vendor], [f"{PREFIX}%"])
        installed = {name: table.strip('"') for name, table in cursor.fetchall()}
        for name in installed.keys() - wanted.keys():
            drop = _DROP[connection.vendor]
            cursor.execute(drop.format(name=name, table=installed[name]))
        missing = {name: wanted[name] for name in wanted.keys() - installed.keys()}
        for statement in _statements(connection.vendor, stamp, missing.items()):
            cursor.execute(statement)


def _wanted(tables: set[str], by_column: bool) -> Iterator[tuple[str, tuple[str, str]]]:
    """Name, event and table of every trigger."""
    for model in watched_models():
        table = model._meta.db_table
        if table in tables:
            for event in _events(model) if by_column else _EVERY:
                yield _name(table, event), (event, table)


def _name(table: str, event: str) -> str:
    """Another name for another event, however long: `install` goes by names."""
    name = "_".join([f"{PREFIX}{table}", *event.replace(",", "").split()])
    if len(name) <= MAX_NAME:
        return name
    digest = digest_of(name)[:8]
    return f"{name[: MAX_NAME - len(digest) - 1]}_{digest}"


def _events(model: type[models.Model]) -> Sequence[str]:
    """The writes that matter, in SQL."""
    names = settings.PUBLIC_COLUMNS.get(model._meta.label)
    unseen = settings.UNSEEN_COLUMNS.get(model._meta.label)
    if names is not None:
        return _update_of(model, names), "delete"
    if unseen is not None:
        fields = {field.name for field in model._meta.local_concrete_fields}
        return "insert", _update_of(model, sorted(fields - {*unseen})), "delete"
    return _EVERY


def _update_of(model: type[models.Model], names: Iterable[str]) -> str:
    return f"update of {', '.join(column_of(model, name) for name in names)}"


def _statements(
    vendor: str, stamp: str, missing: Iterable[tuple[str, tuple[str, str]]]
) -> Iterator[str]:
    missing = list(missing)
    if missing and vendor == "postgresql":
        yield _BUMP_POSTGRESQL.format(stamp=stamp)
    for name, (event, table) in missing:
        trigger = _TRIGGER_POSTGRESQL if vendor == "postgresql" else _BUMP_SQLITE
        yield trigger.format(name=name, event=event, table=table, stamp=stamp)
