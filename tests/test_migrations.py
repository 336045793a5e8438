"""While a new version takes over, the version before it works on the same tables.

So a migration adds: what the older code does not name has to have a value of the
database's own, and nothing that it reads may go. What is no longer used goes one
version later, and is named in `GOES` with the version that stopped using it.
"""

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

# Those of before the first release: nobody has run a version without them.
FIRST = {
    "accounts": "0002",
    "issues": "0007",
    "pagecache": "0001",
    "pages": "0001",
    "papers": "0009",
    "quiz": "0002",
    "redirects": "0001",
    "search": "0003",
}
# (app, migration): the version from which on nothing uses what it takes away.
GOES: dict[tuple[str, str], str] = {}

_TAKES_AWAY = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def complaint(operation):
    """What the version before would stumble over; empty where it goes on."""
    name = type(operation).__name__
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        found = (complaint(inner) for inner in operation.database_operations)
        return next(filter(None, found), "")
    if isinstance(operation, _TAKES_AWAY):
        return f"{name} takes away what the version before reads"
    if isinstance(operation, migrations.AddField):
        field = operation.field
        is_column = not field.many_to_many and not getattr(field, "generated", False)
        if is_column and not field.null and not field.has_db_default():
            return f"{operation.name} has no value where the version before adds a row: db_default"
    if isinstance(operation, migrations.AddConstraint | migrations.AlterUniqueTogether):
        return f"{name} may refuse what the version before writes"
    return ""


def ours():
    """The migrations of our own apps, without those of before the first release."""
    known = MigrationLoader(None).disk_migrations
    return {
        (app, name): migration
        for (app, name), migration in known.items()
        if apps.get_app_config(app).name.partition(".")[0]
        in {"issues", "papers", "quiz", "superfast"}
        and name[:4] > FIRST.get(app, "0000")
        and not (migration.initial or name.startswith("0001"))
    }


def test_every_app_of_ours_is_looked_at():
    known = MigrationLoader(None).disk_migrations
    names = {(app, name[:4]) for app, name in known}

    assert set(FIRST.items()) <= names


def test_migrations_leave_the_version_before_at_work():
    complaints = [
        f"{app}.{name}: {said}"
        for (app, name), migration in ours().items()
        for operation in migration.operations
        if (app, name) not in GOES and (said := complaint(operation))
    ]

    assert not complaints


@pytest.mark.parametrize(
    ("operation", "is_fine"),
    [
        (migrations.AddField("a", "b", models.TextField(null=True)), True),
        (migrations.AddField("a", "b", models.TextField(db_default="")), True),
        (migrations.AddField("a", "b", models.TextField(default="")), False),
        (migrations.AddField("a", "b", models.ManyToManyField("c.D")), True),
        (migrations.RemoveField("a", "b"), False),
        (migrations.RenameField("a", "b", "c"), False),
        (migrations.RenameModel("a", "b"), False),
        (migrations.DeleteModel("a"), False),
        (migrations.CreateModel("a", []), True),
        (
            migrations.AddConstraint(
                "a", models.UniqueConstraint(fields=["b"], name="c")
            ),
            False,
        ),
        (
            migrations.SeparateDatabaseAndState([migrations.RemoveField("a", "b")]),
            False,
        ),
        (
            migrations.SeparateDatabaseAndState(
                state_operations=[migrations.RemoveField("a", "b")]
            ),
            True,
        ),
    ],
)
def test_what_takes_away_is_found(operation, is_fine):
    assert (complaint(operation) == "") is is_fine
