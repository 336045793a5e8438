"""A large import writes what as many small ones would, in batches and by fewer questions."""

import json
import re
from functools import partial
from threading import Thread

import pytest
from django.db import connection, transaction

from papers import history
from papers.importing import batches, storing, undoing
from papers.importing.batches import (
    apply_batch,
    cancel_batch,
    create_batch,
    read_batch,
    start_applying,
    tick,
)
from papers.importing.undoing import undo_batch
from papers.matching import batched_list
from papers.models import (
    Author,
    Authorship,
    ImportBatch,
    ImportRow,
    Paper,
    PaperRevision,
    Topic,
)
from papers.services import refresh_search, update_paper
from superfast.common.text import digest_of
from superfast.search.models import Document, Spelling
from tests.papers.factories import make_catalogue, make_editor, make_paper

pytestmark = pytest.mark.django_db


def title_of(slug):
    """No two are alike."""
    return digest_of(slug)


def entry(slug, **values):
    """A row of a table of ours, which says everything."""
    return {
        "slug": slug,
        "key": slug,
        "title": title_of(slug),
        "year": 2022,
        "authors": ["Ann Doe"],
        **values,
    }


ENTRIES = [
    entry(
        "one", authors=["Ann Doe", "Ólafur van der Berg", "{A Team}"], topics=["Vision"]
    ),
    entry("two", authors=["Ann Doe", "Ann Doe"], abstract="Seldom found words."),
    entry("known-1", doi="10.1145/1", authors=["Bob Roe", "Olafur van der Berg"]),
    entry("three", topics=["Vision", "A new one"], venue="CVPR", arxiv_id="2201.00002"),
    entry("known-2", is_highlight=True, takeaway=""),
    entry("four", authors=["bob roe"], is_highlight=True, takeaway="*Read* it."),
    entry("known-3", topics=["Speech", "Vision"], takeaway="Better.", authors=[]),
    entry("five", authors=["Ann Doe"], code_url="https://code.example/5"),
    # The last of the new ones: what is refused has had a position, too.
    entry("taken", arxiv_id="2201.00001"),
    entry("known-4", pages="1--9", arxiv_id="2201.00003"),
]
REFUSED = ["known-2", "taken"]
BROUGHT = [each["key"] for each in ENTRIES if each["key"] != "known-2"]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(storing, "batched_list", partial(batched_list, size=4))


def begin():
    for number in (1, 2, 3, 4):
        make_paper(
            slug=f"known-{number}",
            title=title_of(f"known-{number}"),
            authors=["Bob Roe"],
            topics=["vision", "speech"],
        )


def look(entries):
    batch = create_batch(
        catalogue=make_catalogue(),
        by=None,
        data=json.dumps(entries).encode(),
        new_topics=True,
    )
    read_batch(batch.pk)
    return batch


def written():
    """All that readers, editors and search know, without keys and times."""
    named = re.compile(r"import \d+")
    papers = Paper.objects.order_by("slug")
    columns = [
        column.name
        for column in Paper._meta.concrete_fields
        if column.name not in ("id", "catalogue", "created_at", "updated_at", "sources")
    ]
    about = Document.objects.order_by("title").values_list(
        *("kind", "url", "title", "names", "body", "keywords", "context", "topics"),
        *("publish_at", "dated_on", "group"),
    )
    return {
        "papers": list(papers.values_list(*columns)),
        "sources": [
            named.sub("import", json.dumps(sources, sort_keys=True))
            for sources in papers.values_list("sources", flat=True)
        ],
        "authors": list(
            Author.objects.order_by("slug").values_list(
                "slug", "name", "homonym", "is_corporate", "match_key", "family"
            )
        ),
        "authorships": list(
            Authorship.objects.order_by("paper__slug", "position").values_list(
                "paper__slug", "position", "author__slug", "credited_as"
            )
        ),
        "topics": list(
            papers.order_by("slug", "topics__slug").values_list("slug", "topics__slug")
        ),
        "revisions": list(
            PaperRevision.objects.order_by("paper__slug", "pk").values_list(
                "paper__slug", "verb", "created_by", "merged_from", "data"
            )
        ),
        "documents": list(about),
        "found": found_by_words(),
        "spellings": set(Spelling.objects.values_list("form", "word")),
    }


def found_by_words():
    if connection.vendor == "postgresql":
        return list(Document.objects.order_by("title").values_list("vector", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, names, body, begun FROM search_fts ORDER BY title"
        )
        return cursor.fetchall()


def fates(*batches):
    rows = ImportRow.objects.filter(batch__in=batches).order_by("key")
    return list(rows.values_list("key", "fate", "note"))


def bring(parts):
    """What is written, and what each row says, once these are applied, and once undone."""
    begin()
    batches = [look(part) for part in parts]
    make_paper(slug="meanwhile", title="Meanwhile", arxiv_id="2201.00001")
    for batch in batches:
        start_applying(batch, by=None)
    told = [written(), fates(*batches)]
    for batch in reversed(batches):
        undo_batch(batch=batch, by=None)
    return [*told, written(), fates(*batches)]


def test_many_together_are_written_as_one_by_one():
    with transaction.atomic():
        together = bring([ENTRIES])
        transaction.set_rollback(True)
    single = bring([[each] for each in ENTRIES])

    for one, other in zip(together, single, strict=True):
        assert one == other
    assert [key for key, fate, _ in single[1] if fate == "refused"] == REFUSED
    assert {fate for _, fate, _ in single[3]} == {"refused", "undone"}


def test_a_new_topic_is_made_once_however_it_is_spelt():
    batch = look(
        [
            entry("one", topics=["Robots", "robots", "  Robots"]),
            entry("two", topics=["ROBOTS", "+", "++"]),
        ]
    )
    start_applying(batch, by=None)

    assert sorted(Topic.objects.values_list("name", flat=True)) == ["+", "++", "Robots"]
    for slug, names in (("one", ["Robots"]), ("two", ["+", "++", "Robots"])):
        topics = Paper.objects.get(slug=slug).topics.values_list("name", flat=True)
        assert sorted(topics) == names


def test_a_topic_whose_name_is_too_long_is_left_out_with_a_remark():
    batch = look([entry("one", topics=["T" * 101, "Good  enough\x00"])])
    row = batch.rows.get()
    assert f"topic “{'T' * 60}” left out: " in row.sentence
    assert "100 characters" in row.sentence
    start_applying(batch, by=None)

    topics = Paper.objects.get(slug="one").topics.all()
    assert [topic.name for topic in topics] == ["Good enough"]
    assert Topic.objects.count() == 1


def test_an_import_asks_the_database_for_many_papers_together(
    django_assert_max_num_queries,
):
    begin()
    many = look(
        [entry(f"many-{n}", authors=[f"Author {n}", "Ann Doe"]) for n in range(40)]
    )
    with django_assert_max_num_queries(200):
        start_applying(many, by=None)
    assert Paper.objects.filter(slug__startswith="many").count() == 40


def meanwhile(monkeypatch, do):
    """Something happens once rows are made ready, before they are stored."""
    atomic = transaction.atomic
    done = []

    def enter(*args, **kwargs):
        if not done:
            done.append(True)
            do()
        return atomic(*args, **kwargs)

    monkeypatch.setattr("papers.importing.batches.transaction.atomic", enter)


def asked_for(batch):
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    return batch


def test_what_is_changed_while_rows_are_made_ready_is_not_overwritten(monkeypatch):
    begin()
    batch = asked_for(look(ENTRIES))
    paper = Paper.objects.get(slug="known-1")
    meanwhile(monkeypatch, lambda: update_paper(paper=paper, doi="10.1145/other"))

    apply_batch(batch.pk)

    row = batch.rows.get(key="known-1")
    assert (row.fate, "since the dry run" in row.note) == ("refused", True)
    paper.refresh_from_db()
    assert paper.doi == "10.1145/other"
    assert batch.rows.get(key="one").fate == "applied"


def test_an_address_that_is_taken_while_rows_are_made_ready_is_numbered(monkeypatch):
    batch = asked_for(look([entry("one")]))
    meanwhile(monkeypatch, lambda: make_paper(slug="one", title="Another"))

    apply_batch(batch.pk)

    assert Paper.objects.filter(slug="one-2").exists()


def test_what_is_cancelled_and_unticked_while_rows_are_made_ready_is_not_applied(
    monkeypatch,
):
    batch = asked_for(look([entry("one"), entry("two", authors=["Bob Roe"])]))

    def think_again():
        cancel_batch(batch)
        tick(batch, [0])
        ImportBatch.objects.filter(pk=batch.pk).update(state="applying")

    meanwhile(monkeypatch, think_again)
    apply_batch(batch.pk)

    assert list(Paper.objects.values_list("slug", flat=True)) == ["one"]


@pytest.mark.django_db(transaction=True)
def test_what_is_ticked_while_rows_are_made_ready_is_locked_before_it_is_read(
    monkeypatch,
):
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite has one writer at a time")
    begin()
    batch = look([entry("known-1", pages="1"), entry("known-2", pages="2")])
    tick(batch, [0])
    free, ready = [], batches._Ready

    def look_for_free():
        with transaction.atomic():
            rows = Paper.objects.select_for_update(skip_locked=True)
            free.append(sorted(rows.values_list("slug", flat=True)))
        connection.close()

    def read(batch):
        other = Thread(target=look_for_free)
        other.start()
        other.join()
        made = ready(batch)
        tick(batch, [0, 1])
        return made

    monkeypatch.setattr(batches, "_Ready", read)
    apply_batch(asked_for(batch).pk)

    every = [f"known-{number}" for number in (1, 2, 3, 4)]
    assert free == [every, ["known-3", "known-4"]]
    assert {row.fate for row in batch.rows.all()} == {"applied"}


def test_an_undo_that_is_cancelled_before_it_is_written_takes_nothing_back(monkeypatch):
    batch = look([entry("one")])
    start_applying(batch, by=None)
    batch.refresh_from_db()
    asked = ImportBatch.objects.filter(pk=batch.pk)
    asked.update(cancel_requested=True)

    take = undoing._Ready

    def cancelled(batch):
        ready = take(batch)
        asked.update(cancel_requested=False)
        return ready

    monkeypatch.setattr(undoing, "_Ready", cancelled)
    undoing.undo_wanted(batch.pk, make_editor().pk)

    assert Paper.objects.count() == 1
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED


def test_what_is_written_from_memory_is_what_the_database_would_tell():
    begin()
    start_applying(look(ENTRIES), by=None)
    told = written()

    refresh_search(Paper.objects.all())

    assert written() == told
    for paper in history.rows(Paper.objects.filter(cite_key__in=BROUGHT)):
        assert paper.revisions.first().data == history.snapshot(paper)
        places = [row.position for row in paper.authors]
        assert places == list(range(1, len(places) + 1))
    assert len(told["revisions"]) > len(BROUGHT)
