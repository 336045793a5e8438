"""What is no export is refused with a sentence, and nothing is left of it."""

import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from issues.models import Image, Issue, Link, Revision
from papers.models import Paper
from quiz.models import Quiz
from superfast.portability import files
from superfast.portability.exporting import export_site
from superfast.portability.files import ImportRefusedError
from superfast.portability.importing import import_site
from tests.issues.factories import make_image, make_issue
from tests.portability.conftest import content
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, empty):
    """An export of a small site, which is empty now."""
    image = make_image()
    make_issue(slug="one", cover=image, quiz=make_quiz(publish_at=False, slug="q"))
    export_site(tmp_path / "export")
    empty()
    return tmp_path / "export"


def refuse(folder, settings, match):
    """The sentence; neither rows nor files are there after it."""
    with pytest.raises(ImportRefusedError, match=match) as caught:
        import_site(folder)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    for model in (Issue, Image, Quiz, Paper, Link, Revision):
        assert not model._base_manager.exists()
    root = Path(settings.MEDIA_ROOT)
    assert not [path for path in root.rglob("*") if path.is_file()]
    return sentence


def change(folder, path, edit):
    data = json.loads((folder / path).read_text())
    answer = edit(data)
    (folder / path).write_text(json.dumps(data if answer is None else answer))


def test_a_site_with_something_in_it_is_not_written_over(folder):
    issue = make_issue(title="Mine")
    with pytest.raises(ImportRefusedError, match="This site is not empty"):
        import_site(folder)

    assert [*Issue.objects.all()] == [issue]


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_refused(folder, settings, version):
    change(folder, "superfast.json", lambda data: data.update(version=version))
    refuse(folder, settings, "reads version 1")


def test_what_is_no_export_is_refused(tmp_path, settings):
    (tmp_path / "x").mkdir()
    refuse(tmp_path / "x", settings, "superfast.json is missing")
    (tmp_path / "x" / "superfast.json").write_text("{}")
    refuse(tmp_path / "x", settings, "not that of an export")
    refuse(tmp_path / "nowhere", settings, "is no folder")


@pytest.mark.parametrize("text", ["{", "", "[1,", "NaN", "\x00", "[" * 100_000])
def test_broken_json_is_refused(folder, settings, text):
    (folder / "data/links.json").write_text(text)
    refuse(folder, settings, "data/links.json")


def test_text_of_another_encoding_is_refused(folder, settings):
    (folder / "data/links.json").write_bytes(b'["\xff"]')
    refuse(folder, settings, "no text in UTF-8")


@pytest.mark.parametrize("target", ["/etc/hostname", "../../secret"])
def test_links_are_refused(folder, settings, target):
    (folder / "issues/linked.md").symlink_to(target)
    refuse(folder, settings, "issues/linked.md is a link")


def test_a_linked_folder_is_refused(folder, settings, tmp_path):
    shutil.move(folder / "pictures", tmp_path / "elsewhere")
    (folder / "pictures").symlink_to(tmp_path / "elsewhere")
    refuse(folder, settings, "pictures is a link")


@pytest.mark.parametrize(
    "name", ["issues/a b.md", "pictures/x.webp", "evil.sh", "data/x.txt", "other/a.md"]
)
def test_files_that_no_export_holds_are_refused(folder, settings, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x")
    refuse(folder, settings, "is no file of an export")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", "a/../b.webp", ""]
)
def test_names_that_lead_elsewhere_are_refused(folder, settings, name):
    change(folder, "data/pictures.json", lambda rows: rows[0].update(name=name))
    refuse(folder, settings, "no name of a file|not a value|no export")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.md", 5, None])
def test_texts_that_lie_elsewhere_are_refused(folder, settings, path):
    change(folder, "superfast.json", lambda data: data["order"].update(issues=[path]))
    refuse(folder, settings, "do not name the same files")


def test_a_text_that_nobody_names_is_refused(folder, settings):
    (folder / "issues/two.md").write_text("---\n---\n")
    refuse(folder, settings, "do not name the same files")


def test_something_far_too_large_is_refused(folder, settings, monkeypatch):
    monkeypatch.setattr(files, "MAX_MARKDOWN_BYTES", 10)
    refuse(folder, settings, "issues/one.md is too large")


def test_a_picture_too_large_is_refused(folder, settings):
    settings.PICTURE_MAX_BYTES = 10
    refuse(folder, settings, "is too large")


@pytest.mark.parametrize("damage", [b"<html>", b"", b"RIFFxxxxWEBP"])
def test_a_picture_that_is_another_is_refused(folder, settings, damage):
    (path,) = (folder / "pictures").iterdir()
    path.write_bytes(damage)
    refuse(folder, settings, "not the picture that was exported")


def test_what_is_no_picture_is_refused_whatever_its_row_says(folder, settings):
    from hashlib import sha256

    (path,) = (folder / "pictures").iterdir()
    path.write_bytes(b"<html>")
    change(
        folder,
        "data/pictures.json",
        lambda rows: rows[0].update(
            checksum=sha256(b"<html>").hexdigest(), size_bytes=6
        ),
    )
    refuse(folder, settings, "is no picture of an export")


@pytest.mark.parametrize(
    ("path", "edit", "match"),
    [
        ("data/quizzes.json", lambda rows: rows[0].pop("title"), "fields of version 1"),
        ("data/quizzes.json", lambda rows: rows[0].update(evil=1), "fields of version 1"),
        ("data/quizzes.json", lambda rows: {"a": 1}, "no list of rows"),
        ("data/quizzes.json", lambda rows: [*rows, 5], "no list of rows"),
        ("data/quizzes.json", lambda rows: [*rows, rows[0]], "is there twice"),
        ("data/quizzes.json", lambda rows: rows[0].update(title=5), "title is no text"),
        ("data/quizzes.json", lambda rows: rows[0].update(title="a\x00"), "title is no text"),
        ("data/quizzes.json", lambda rows: rows[0].update(title="\ud800"), "title is no text"),
        ("data/quizzes.json", lambda rows: rows[0].update(title="x" * 900), "title is not a value"),
        ("data/quizzes.json", lambda rows: rows[0].update(created_at="2023"), "created_at"),
        ("data/quizzes.json", lambda rows: rows[0].update(created_at="2023-01-01T00:00:00"), "created_at"),
        ("data/quizzes.json", lambda rows: rows[0].update(created_at=None), "database refused|created_at"),
        ("data/quizzes.json", lambda rows: rows[0].update(number=2**70), "number"),
        ("data/quizzes.json", lambda rows: rows[0].update(created_by="nobody"), "created_by"),
        ("data/quizzes.json", lambda rows: rows[0].update(lie="ffff"), "lie"),
        ("data/quizzes.json", lambda rows: rows[0].update(lie={}), "lie"),
        ("data/revisions.json", lambda rows: rows[0].update(kind="odd"), "kind"),
        ("data/tallies.json", lambda rows: [*rows, {"quiz": "q", "headline": None, "in_period": True, "key_version": 1, "count": -5}], "count|refused"),
    ],
)  # fmt: skip
def test_rows_that_can_not_be_are_refused(folder, settings, path, edit, match):
    def changed(rows):
        answer = edit(rows)
        return answer if isinstance(answer, list | dict) else None

    change(folder, path, changed)
    refuse(folder, settings, match)


@pytest.mark.parametrize(
    "text",
    ["", "no front", "---\nno end", "---\nno colon\n---\n", "---\nslug: oops\n---\n",
     "x---\n---\n", '---\nbody: "x"\n---\n', "---\n---\n"],
)  # fmt: skip
def test_front_matter_that_can_not_be_read_is_refused(folder, settings, text):
    (folder / "issues/one.md").write_text(text)
    refuse(folder, settings, "issues/one.md")


def test_what_the_database_refuses_leaves_nothing(folder, settings):
    change(folder, "data/headlines.json", lambda rows: rows[0].update(position=None))
    refuse(folder, settings, "database refused|position")


def test_an_error_in_the_middle_leaves_nothing(folder, settings, monkeypatch):
    def fail(issue):
        raise RuntimeError

    monkeypatch.setattr("superfast.portability.importing.derive", fail)
    with pytest.raises(RuntimeError):
        import_site(folder)

    assert not Issue.objects.exists()
    assert not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_hostile_text_stays_harmless(folder, client):
    path = folder / "issues/one.md"
    path.write_text(path.read_text() + "\n<script>alert(1)</script>\n")
    import_site(folder)

    assert "<script>alert" not in client.get("/issues/one/").text


def test_the_command_says_the_sentence(folder):
    (folder / "superfast.json").write_text("{}")
    with pytest.raises(CommandError, match="not that of an export"):
        call_command("import_site", str(folder))


def test_an_export_is_only_read(folder):
    before = content(folder)
    import_site(folder)

    assert content(folder) == before
