from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CREATE = {
    # Self-contained, without triggers: the module itself writes it. `begun` holds the
    # words of title and names in letters that the stemmer does not know.
    "sqlite": [
        """
        CREATE VIRTUAL TABLE search_fts USING fts5(
            title, names, body, begun,
            tokenize = 'porter unicode61 remove_diacritics 2',
            prefix = '2 3'
        )
        """
    ],
    # English without stop words, as on SQLite. The words come folded from Python, so
    # no extension is needed.
    "postgresql": [
        "CREATE TEXT SEARCH DICTIONARY superfast_stem (TEMPLATE = snowball, Language = english)",
        "CREATE TEXT SEARCH CONFIGURATION superfast_english (COPY = pg_catalog.english)",
        """
        ALTER TEXT SEARCH CONFIGURATION superfast_english
            ALTER MAPPING REPLACE pg_catalog.english_stem WITH superfast_stem
        """,
        "CREATE INDEX search_document_vector ON search_document USING gin (vector)",
    ],
}

DROP = {
    "sqlite": ["DROP TABLE search_fts"],
    "postgresql": [
        "DROP INDEX search_document_vector",
        "DROP TEXT SEARCH CONFIGURATION superfast_english",
        "DROP TEXT SEARCH DICTIONARY superfast_stem",
    ],
}


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
