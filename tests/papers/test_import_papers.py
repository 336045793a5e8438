"""An import from the file to its undoing, at the terminal and through its services."""

from datetime import timedelta
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from papers.importing import batches, undoing
from papers.importing.applying import Application
from papers.importing.batches import (
    apply_batch,
    cancel_batch,
    create_batch,
    read_batch,
    start_applying,
    tick,
)
from papers.importing.decoding import NotTextError, decode
from papers.importing.undoing import start_undoing, undo_batch, undo_wanted
from papers.models import Author, ImportBatch, ImportRow, Paper, PaperRevision
from papers.services import update_paper
from tests.papers.factories import (
    make_catalogue,
    make_editor,
    make_mention,
    make_paper,
    make_topic,
)

pytestmark = pytest.mark.django_db

BIB = """
@inproceedings{new, title = {Entirely New}, author = {Doe, Ann}, year = 2022,
  booktitle = {CVPR 2022}}
@inproceedings{known, title = {Well Known}, author = {Roe, Bob}, year = 2022,
  booktitle = {CVPR 2022}, doi = {10.1145/1.2}, pages = {1--9}}
@misc{broken, author = {Doe, Ann}, year = 2022}
"""


def known(**overrides):
    return make_paper(
        title="Well known", cite_key="known", authors=["Bob Roe"], **overrides
    )


def look(text=BIB, **options):
    data = text if isinstance(text, bytes) else text.encode()
    batch = create_batch(catalogue=make_catalogue(), by=None, data=data, **options)
    read_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def bring(text=BIB, **options):
    batch = look(text, **options)
    start_applying(batch, by=None)
    batch.refresh_from_db()
    return batch


def outcomes(batch):
    return list(batch.rows.values_list("key", "outcome"))


def run(path, *options):
    out, err = StringIO(), StringIO()
    call_command(
        "import_papers",
        str(path),
        "--catalogue",
        "2022",
        *options,
        stdout=out,
        stderr=err,
    )
    return out.getvalue()


def test_a_dry_run_at_the_terminal_writes_no_row_at_all(tmp_path):
    known()
    path = tmp_path / "some.bib"
    path.write_text(BIB)
    before = list(Paper.objects.values())

    out = run(path, "--dry-run")

    assert "line 2\tnew\tnew\tA new paper." in out
    assert "line 4\tknown\tchanged" in out
    assert "doi: '' → '10.1145/1.2'" in out
    assert "line 6\tbroken\tbroken\tIt has no title." in out
    assert "3 entries: 1 new, 1 changed, 0 same, 0 doubtful, 1 broken." in out
    assert list(Paper.objects.values()) == before
    assert Author.objects.count() == 1
    assert not ImportBatch.objects.exists()
    assert not PaperRevision.objects.exists()


def test_an_import_at_the_terminal_is_recorded(tmp_path):
    known()
    path = tmp_path / "some.bib"
    path.write_text(BIB)

    out = run(path)

    batch = ImportBatch.objects.get()
    assert f"Applied as import {batch.pk}." in out
    assert Paper.objects.get(cite_key="known").doi == "10.1145/1.2"
    assert Paper.objects.get(cite_key="new").publish_at is None
    assert "2 same" in run(path)


@pytest.mark.parametrize(
    ("catalogue", "content", "sentence"),
    [
        ("1999", "x", "no catalogue"),
        ("2022", "", "nothing in it"),
        ("2022", "words and words", "No entries were found"),
    ],
)
def test_what_can_t_be_imported_is_said_in_a_sentence(
    tmp_path, catalogue, content, sentence
):
    make_catalogue()
    path = tmp_path / "some.txt"
    path.write_text(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("import_papers", str(path), "--catalogue", catalogue)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_papers", "/nowhere", "--catalogue", "2022")


def test_a_picture_is_no_text():
    with pytest.raises(NotTextError):
        decode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")


def test_each_field_shows_what_is_and_what_would_be():
    known()

    row = look().rows.get(key="known")

    assert row.changes == {
        "doi": ["", "10.1145/1.2"],
        "pages": ["", "1–9"],
        "venue": ["", "CVPR 2022"],
        "kind": ["", "proceedings"],
    }


def test_an_unticked_row_is_not_applied():
    known()
    batch = look()
    new = batch.rows.get(key="new")
    tick(batch, [new.place])

    start_applying(batch, by=None)

    assert Paper.objects.get(cite_key="known").doi == ""
    assert Paper.objects.filter(cite_key="new").exists()


def test_a_broken_row_can_t_be_ticked():
    batch = look()
    tick(batch, [row.place for row in batch.rows.all()])

    assert not batch.rows.get(key="broken").ticked


def test_applying_twice_changes_nothing():
    batch = bring()
    before = list(Paper.objects.values())

    start_applying(batch, by=None)

    assert list(Paper.objects.values()) == before


def test_a_paper_changed_since_the_dry_run_is_refused():
    paper = known()
    batch = look()
    update_paper(paper=paper, doi="10.1145/9.9")

    start_applying(batch, by=None)

    row = batch.rows.get(key="known")
    assert row.fate == ImportRow.Fate.REFUSED
    assert "since the dry run" in row.note
    assert batch.rows.get(key="new").fate == ImportRow.Fate.APPLIED


def test_an_id_taken_meanwhile_refuses_one_row_and_stops_no_other():
    batch = look(
        "@misc{a, title={One A}, author={Doe, A}, eprint={2201.00001}, year=2022}\n"
        "@misc{b, title={Two B}, author={Roe, B}, eprint={2201.00002}, year=2022}\n"
    )
    make_paper(arxiv_id="2201.00001")

    start_applying(batch, by=None)

    assert batch.rows.get(key="a").fate == ImportRow.Fate.REFUSED
    assert "arXiv id" in batch.rows.get(key="a").note
    assert batch.rows.get(key="b").fate == ImportRow.Fate.APPLIED


def test_an_undone_import_leaves_things_as_they_were():
    paper = known()
    before = Paper.objects.values(*FIELDS).get(pk=paper.pk)
    batch = bring()

    undo_batch(batch=batch, by=make_editor())

    assert Paper.objects.values(*FIELDS).get() == before
    assert set(batch.rows.exclude(fate="").values_list("fate", flat=True)) == {"undone"}
    assert batch.state == ImportBatch.State.UNDONE
    with pytest.raises(ValidationError):
        undo_batch(batch=batch, by=None)


def test_an_undone_doubt_takes_its_own_paper_back_and_leaves_the_other():
    other = known(doi="10.1145/other")
    batch = look()
    row = batch.rows.get(key="known")
    assert (row.outcome, row.paper, bool(row.changes)) == ("doubtful", other, True)
    tick(batch, [row.place])
    start_applying(batch, by=None)
    assert Paper.objects.count() == 2

    batch.refresh_from_db()
    undo_batch(batch=batch, by=None)

    row.refresh_from_db()
    assert (row.fate, row.note) == ("undone", "")
    assert Paper.objects.get() == other
    assert [each.name for each in other.authors] == ["Bob Roe"]


FIELDS = ("title", "doi", "pages", "venue", "kind", "slug", "cite_key")


def test_undoing_is_refused_where_an_editor_has_changed_the_paper():
    paper = known()
    batch = bring()
    paper.refresh_from_db()
    update_paper(paper=paper, award="Best paper")
    named = Paper.objects.get(cite_key="new")
    named.publish_at = timezone.now()
    named.save()
    make_mention(named)

    undo_batch(batch=batch, by=None)

    notes = dict(batch.rows.values_list("key", "note"))
    assert "changed the paper since" in notes["known"]
    assert "An issue names" in notes["new"]
    assert Paper.objects.get(cite_key="known").doi == "10.1145/1.2"
    assert Paper.objects.filter(cite_key="new").exists()


def many(monkeypatch, most=1):
    """An applied import of more rows than a request takes back."""
    monkeypatch.setattr(undoing, "INLINE_ROWS", most)
    entries = (
        f"@misc{{k{n}, title = {{Number {n} of many}}, year = 2022}}" for n in range(5)
    )
    batch = create_batch(
        catalogue=make_catalogue(), by=None, data="\n".join(entries).encode()
    )
    read_batch(batch.pk)
    start_applying(batch, by=None)
    batch.refresh_from_db()
    assert Paper.objects.count() == 5
    return batch


def test_a_large_import_is_undone_by_a_worker_once(monkeypatch, settings):
    settings.TASKS_INLINE = False
    batch, editor = many(monkeypatch), make_editor()
    make_mention(Paper.objects.get(cite_key="k1"))
    start_undoing(batch, by=editor)
    batch.refresh_from_db()
    assert batch.is_running
    assert Paper.objects.count() == 5
    with pytest.raises(ValidationError, match="Only an import"):
        start_undoing(batch, by=editor)

    undo_wanted(batch.pk, editor.pk)
    undo_wanted(batch.pk, editor.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.is_running) == (ImportBatch.State.UNDONE, False)
    assert [paper.cite_key for paper in Paper.objects.all()] == ["k1"]
    assert "An issue names" in batch.rows.get(key="k1").note


def test_an_undo_that_no_worker_has_begun_can_be_cancelled(monkeypatch, settings):
    settings.TASKS_INLINE = False
    batch, editor = many(monkeypatch), make_editor()
    start_undoing(batch, by=editor)
    cancel_batch(batch)
    undo_wanted(batch.pk, editor.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.is_running) == (ImportBatch.State.APPLIED, False)
    assert Paper.objects.count() == 5


def test_an_undo_that_stops_at_an_error_of_ours_leaves_all_and_can_be_asked_again(
    monkeypatch, settings
):
    settings.TASKS_INLINE = False
    batch, editor = many(monkeypatch), make_editor()
    start_undoing(batch, by=editor)
    with monkeypatch.context() as broken:
        broken.setattr(undoing, "_take_back", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            undo_wanted(batch.pk, editor.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.is_running) == (ImportBatch.State.APPLIED, False)
    assert Paper.objects.count() == 5
    monkeypatch.setattr(undoing, "INLINE_ROWS", 5)
    start_undoing(batch, by=editor)
    assert not Paper.objects.exists()


def test_undoing_asks_the_database_for_many_papers_together(
    monkeypatch, django_assert_max_num_queries
):
    batch = many(monkeypatch, most=5)
    with django_assert_max_num_queries(48):
        start_undoing(batch, by=make_editor())
    assert not Paper.objects.exists()


def test_a_reading_can_be_cancelled():
    batch = create_batch(catalogue=make_catalogue(), by=None, data=BIB.encode())
    cancel_batch(batch)
    read_batch(batch.pk)
    batch.refresh_from_db()

    assert batch.state == ImportBatch.State.CANCELLED
    assert not batch.rows.exists()


def test_who_reads_stops_when_asked_to():
    batch = create_batch(catalogue=make_catalogue(), by=None, data=BIB.encode())
    ImportBatch.objects.filter(pk=batch.pk).update(cancel_requested=True)

    read_batch(batch.pk)

    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.CANCELLED


def test_a_killed_workers_import_is_taken_up_once_more():
    batch = create_batch(catalogue=make_catalogue(), by=None, data=BIB.encode())
    row = ImportBatch.objects.filter(pk=batch.pk)
    long_ago = timezone.now() - timedelta(hours=1)

    row.update(state="reading", attempts=1, heartbeat_at=timezone.now())
    read_batch(batch.pk)  # somebody is at it
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.READING

    row.update(heartbeat_at=long_ago)
    read_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.READY

    row.update(state="reading", attempts=2, heartbeat_at=long_ago)
    read_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.FAILED
    assert "ended twice" in batch.error


def test_who_presses_apply_twice_applies_once():
    batch = look()
    long_ago = timezone.now() - timedelta(hours=1)
    row = ImportBatch.objects.filter(pk=batch.pk)
    row.update(state="applying", attempts=1, heartbeat_at=long_ago)

    start_applying(batch, by=None)  # a worker is at it, or will be

    assert row.get().state == ImportBatch.State.APPLYING
    assert not Paper.objects.exists()

    apply_batch(batch.pk)  # the worker; or another, after that one was killed
    apply_batch(batch.pk)

    assert row.get().state == ImportBatch.State.APPLIED
    assert [paper.cite_key for paper in Paper.objects.all()] == ["new", "known"]
    assert batch.rows.get(key="new").fate == ImportRow.Fate.APPLIED


@pytest.mark.django_db(transaction=True)
def test_two_workers_apply_an_import_once_and_it_can_be_undone(monkeypatch):
    batch = look()
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    is_writing, may_end, broken, applied = Event(), Event(), [], []

    def apply_slowly(application):
        made = store(application)
        applied.append(made)
        is_writing.set()
        may_end.wait(5)
        return made

    def work():
        try:
            apply_batch(batch.pk)
        except Exception as error:  # noqa: BLE001  # shown by the assertion below
            broken.append(error)
        finally:
            connections.close_all()

    store = Application.store
    monkeypatch.setattr(Application, "store", apply_slowly)
    first, second = Thread(target=work), Thread(target=work)
    first.start()
    assert is_writing.wait(5)
    second.start()
    if connection.features.has_select_for_update_skip_locked:
        with pytest.raises(ValidationError, match="undo it"):
            cancel_batch(batch)
    may_end.set()
    first.join()
    second.join()

    assert broken == []
    assert len(applied) == 1
    batch.refresh_from_db()
    undo_batch(batch=batch, by=None)
    assert not Paper.objects.exists()
    assert not batch.rows.filter(fate=ImportRow.Fate.REFUSED).exists()


def test_an_import_that_no_worker_has_begun_is_not_applied_after_all():
    batch = look()
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")

    cancel_batch(batch)
    assert batch.state == ImportBatch.State.READY
    apply_batch(batch.pk)

    assert not Paper.objects.exists()


def test_an_import_that_is_being_written_can_t_be_cancelled():
    batch = bring()

    with pytest.raises(ValidationError, match="undo it"):
        cancel_batch(batch)

    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED


def test_an_error_of_ours_ends_an_import_and_leaves_the_catalogue_alone(monkeypatch):
    batch = look()

    def stumble(*args, **kwargs):
        Paper.objects.update(title="Half done")
        raise KeyError("x")

    paper = known()
    monkeypatch.setattr(Application, "store", stumble)
    with pytest.raises(KeyError):
        start_applying(batch, by=None)

    batch.refresh_from_db()
    paper.refresh_from_db()
    assert (batch.state, paper.title) == (ImportBatch.State.FAILED, "Well known")
    assert "KeyError" in batch.error


def test_a_large_import_is_applied_by_a_worker_asked_once(monkeypatch):
    batch = look()
    asked = []
    monkeypatch.setattr(batches, "enqueue", lambda *args, **kwargs: asked.append(args))
    monkeypatch.setattr(batches, "INLINE_BYTES", 10)

    start_applying(batch, by=None)
    start_applying(batch, by=None)

    assert asked == [("papers.importing.batches.apply_batch", batch.pk)]
    assert not Paper.objects.exists()


def test_a_large_file_waits_for_a_worker(monkeypatch):
    asked = []
    monkeypatch.setattr(batches, "enqueue", lambda *args, **kwargs: asked.append(args))
    batch = create_batch(catalogue=make_catalogue(), by=None, data=BIB.encode() * 1000)

    batches.start_reading(batch)

    assert asked == [("papers.importing.batches.read_batch", batch.pk)]


def test_an_entry_from_elsewhere_takes_nothing_away():
    make_topic("vision")
    paper = known(
        venue="CVPR 2022", doi="10.1145/1.2", topics=["vision"], takeaway="Ours."
    )
    batch = bring(
        "@inproceedings{x, title={WELL {KNOWN}}, author={B. Roe}, year=2022, "
        "doi={10.1145/1.2}, keywords={robots, cats}}"
    )

    assert outcomes(batch) == [("x", "same")]
    paper.refresh_from_db()
    assert paper.takeaway == "Ours."


def test_a_table_of_ours_empties_what_it_leaves_empty():
    paper = known(award="Best paper")
    text = (
        "slug,title,year,authors,award,topics\n"
        f"{paper.slug},Well known,2022,Bob Roe,,New one\n"
    )

    batch = bring(text, new_topics=True)

    paper.refresh_from_db()
    assert batch.rows.get().changes["award"] == ["Best paper", ""]
    assert paper.award == ""
    assert [topic.name for topic in paper.topics.all()] == ["New one"]
    assert outcomes(look(text)) == [("", "same")]


@pytest.mark.parametrize(
    "text",
    [
        "TY  - CPAPER\nAU  - Doe, Ann\nTI  - From RIS\nPY  - 2022\nER  - \n",
        '[{"id":"a","type":"paper-conference","title":"From CSL","author":'
        '[{"family":"Doe","given":"Ann"}],"issued":{"date-parts":[[2022]]}}]',
        "Title;Author;Year\nFrom a table;Ann Doe;2022\n",
        '{"papers": [{"title": "From JSON", "year": 2022, "authors": ["Ann Doe"]}]}',
    ],
)
def test_other_formats_are_told_from_the_text(text):
    batch = bring(text)

    paper = Paper.objects.get()
    assert [row.outcome for row in batch.rows.all()] == ["new"]
    assert [row.name for row in paper.authors] == ["Ann Doe"]
    assert paper.year == 2022
    assert not bring(text).rows.filter(fate="applied").exists()


def test_ids_that_can_t_be_fetched_ask_for_bibtex():
    make_paper(arxiv_id="2201.00001", title="We have it")
    batch = look("2201.00001\nhttps://doi.org/10.1145/1.2\n2213.00001 2201.00002\n")

    assert [row.outcome for row in batch.rows.all()] == [
        "same",
        "doubtful",
        "broken",
        "doubtful",
    ]
    assert "Paste its BibTeX" in batch.rows.get(place=1).sentence


def test_broken_json_is_one_broken_entry_with_its_line():
    batch = look('[{"title": "x",\n"year": }]')

    assert [(row.outcome, row.sentence) for row in batch.rows.all()] == [
        ("broken", "This is no JSON from line 2 on.")
    ]
