from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from superfast.search import index, sources
from superfast.search.documents import Kind
from superfast.search.find import find
from superfast.search.models import Document
from tests.search.factories import NOW, make_data


@pytest.fixture(autouse=True)
def no_sources(monkeypatch):
    monkeypatch.setattr(sources, "_sources", {})


def whales():
    yield from (make_data(key=f"{n}", title="Whale") for n in range(3))


def rebuild() -> str:
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_everything_is_found_that_the_sources_tell_and_nothing_else(monkeypatch):
    monkeypatch.setattr(index, "BATCH", 2)
    sources.register(Kind.PAPER, whales)
    sources.register(Kind.PAGE, "tests.search.test_rebuild.no_documents")
    index.put([make_data(key=f"gone-{n}", title="Whale") for n in range(5)])
    index.put([make_data(title="Whale", kind=Kind.PAGE)])
    index.put([make_data(key="1", title="Shark")])
    index.put([make_data(kind=Kind.LINK, key="kept", title="Whale")])

    assert rebuild() == "Papers: 3\nPages: 0\n3 documents can be found.\n"

    hits = {(hit.kind.value, hit.key) for hit in find("whale", at=NOW).hits}
    # Links have no source here: nobody can tell that one is gone.
    assert hits == {("paper", "0"), ("paper", "1"), ("paper", "2"), ("link", "kept")}
    assert find("shark", at=NOW).total == 0


def no_documents():
    return []


@pytest.mark.django_db
def test_rebuilding_again_changes_nothing():
    sources.register(Kind.PAPER, whales)
    rebuild()
    first = list(Document.objects.values_list("pk", "key", "title"))
    rebuild()
    assert list(Document.objects.values_list("pk", "key", "title")) == first


@pytest.mark.django_db
def test_what_was_deleted_past_the_index_is_swept_away():
    sources.register(Kind.PAPER, whales)
    index.put([make_data(kind=Kind.PAGE, title="Whale")])
    Document.objects.all().delete()
    assert find("whale", at=NOW).total == 0
    rebuild()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_fts")
            assert cursor.fetchone() == (3,)
    assert find("whale", at=NOW).total == 3


def test_a_kind_has_one_source():
    sources.register(Kind.PAPER, whales)
    sources.register(Kind.PAPER, whales)
    with pytest.raises(ImproperlyConfigured, match="two sources for paper"):
        sources.register(Kind.PAPER, no_documents)
    assert sources.registered() == [Kind.PAPER]
