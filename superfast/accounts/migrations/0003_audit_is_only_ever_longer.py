"""The audit log refuses to be changed in the database itself, whatever way is taken to it."""

from django.db import migrations

TABLE = "accounts_auditentry"
SAID = "An audit entry is never changed."

_SQLITE = [
    f"""
    CREATE TRIGGER audit_no_{event} BEFORE {event} ON "{TABLE}"
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END
    """
    for event in ("update", "delete")
]
_POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    f"""
    CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON "{TABLE}"
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
]
_BACK = {
    "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
    "postgresql": [
        f'DROP TRIGGER audit_no_change ON "{TABLE}"',
        "DROP FUNCTION audit_refuse()",
    ],
}


def refuse(apps, schema_editor):
    made = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
    for statement in made[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in _BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions_and_audit")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
