import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from superfast.search import index
from superfast.search.find import find
from tests.search.factories import NOW, make_data


def migrate(target: str) -> None:
    call_command("migrate", "search", target, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_migrations_go_back_to_nothing_and_forward_to_a_search_that_finds():
    (latest,) = (
        name for app, name in MigrationLoader(connection).graph.leaf_nodes("search")
    )
    try:
        for target in ("zero", latest, "0001", latest, "zero"):
            migrate(target)
        tables = connection.introspection.table_names()
        assert not [table for table in tables if table.startswith("search_")]
    finally:
        migrate(latest)
    index.put([make_data(key="it", title="Whales", body="of the North")])
    assert [hit.key for hit in find('whale "the north"', at=NOW).hits] == ["it"]
    index.put([make_data(key="it", title="Sharks")])
    assert find("whale", at=NOW).total == 0
