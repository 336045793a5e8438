"""Text from elsewhere, at the desk: who may bring it, and what comes back."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from issues.importing.drafts import read_issue
from issues.models import Issue
from tests.factories import make_editor, make_user

pytestmark = pytest.mark.django_db

MARKDOWN = "/admin/issues/issue/markdown/"


def test_strangers_convert_nothing(client):
    response = client.post(MARKDOWN, {"html": "<p>x</p>"})

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_a_desk_without_permissions_converts_nothing(client):
    client.force_login(make_user())

    assert client.post(MARKDOWN, {"html": "<p>x</p>"}).status_code == 403


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_pasted_html_becomes_markdown(request, who):
    client = request.getfixturevalue(who)
    html = "<h1>A</h1><p style='display:none'>gone</p><p><b>b</b><script>x</script></p>"
    response = client.post(MARKDOWN, {"html": html})

    assert response.status_code == 200
    assert response.json() == {
        "markdown": "## A\n\n**b**\n",
        "left_out": ["Hidden in the original: gone"],
    }
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"html": " "}, 422), ({"html": "<div>" * 3_000}, 413)],
)
def test_what_cannot_be_converted_is_refused_with_a_sentence(editor, data, status):
    response = editor.post(MARKDOWN, data)

    assert response.status_code == status
    assert response.json()["error"].endswith(".")


def test_more_than_a_form_may_hold_is_refused(editor):
    assert editor.post(MARKDOWN, {"html": "x" * 6_000_000}).status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_refused(editor, method):
    assert getattr(editor, method)(MARKDOWN).status_code == 405


IMPORT = "/admin/issues/issue/import/"
TEXT = "Superfast AI 1/11/2023\n🗞 News\nA heading\nWords and (link).\nOdd one\n"


def test_only_who_writes_issues_sees_the_import(client):
    for ask in (client.get, client.post):
        assert ask(IMPORT).status_code == 302
    client.force_login(make_user())
    for ask in (client.get, client.post):
        assert ask(IMPORT).status_code == 403


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_a_text_is_read_then_stored_as_a_draft_of_ones_own(request, who):
    client = request.getfixturevalue(who)
    assert f'href="{IMPORT}"' in client.get("/admin/issues/issue/").text
    assert client.get(IMPORT).status_code == 200
    read = client.post(IMPORT, {"text": TEXT})

    assert read.status_code == 200
    assert "Nothing is stored yet" in read.text
    assert "Links to fill: 1" in read.text
    assert "“Odd one”" in read.text
    assert "11 January 2023" in read.text
    assert "1 November 2023" in read.text
    assert not Issue.objects.exists()
    data = {"text": TEXT, "_create": "1", "written_in": "plain"}
    refused = client.post(IMPORT, data)
    assert refused.status_code == 422
    assert not Issue.objects.exists()
    stored = client.post(IMPORT, {**data, "date_order": "dmy"})
    issue = Issue.objects.get()
    assert stored.headers["Location"] == f"/admin/issues/issue/{issue.pk}/change/"
    assert (issue.slug, issue.created_by, issue.publish_at) == (
        "2023-11-01",
        client.user,
        None,
    )
    assert client.get(stored.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("content", "name", "encoding", "words"),
    [
        ("Tïtle\nWörds.".encode(), "a.txt", "UTF-8", "Wörds."),
        ("Tïtle\nWörds.".encode("utf-8-sig"), "a.txt", "UTF-8", "Wörds."),
        ("Tïtle\nWörds.".encode("utf-16"), "a.txt", "UTF-16", "Wörds."),
        ("Title\nWords.".encode("utf-16-le"), "a.txt", "UTF-16", "Words."),
        ("Tïtle\nWörds “x”.".encode("cp1252"), "a.txt", "Windows-1252", "Wörds “x”."),
        (b"<h1>Title</h1><p>W<b>ords</b></p>", "a.html", "UTF-8", "W**ords**"),
        (b"---\ntitle: T\ndek: D\ntags: [a]\n---\n## A\n\nText.", "a.md", "UTF-8", "## A"),
    ],
)  # fmt: skip
def test_a_file_says_how_it_was_read(editor, content, name, encoding, words):
    response = editor.post(IMPORT, {"file": SimpleUploadedFile(name, content)})

    assert response.status_code == 200
    assert encoding in response.text
    assert words in html.unescape(response.text)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": " \n "},
        {"text": "x", "written_in": "doc"},
        {"text": "x", "date_order": "zzz"},
        {"text": "x\n" * 6_000},
        {"text": "<div>" * 3_000},
        {"file": SimpleUploadedFile("a.docx", b"PK\x03\x04")},
        {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")},
        {"file": SimpleUploadedFile("a.txt", b"x" * 2_000_001)},
        {"file": SimpleUploadedFile("a.txt", b"")},
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_sentence(editor, data):
    response = editor.post(IMPORT, data)

    assert response.status_code == 422
    assert re.search(r'role="alert"><ul><li>[^<]+\.</li>', response.text)
    assert not Issue.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "T\n" + "(link) " * 5_000,
        "T\n" + "*a\na*\n" * 1_000,
        "T\n" + "3 Headlines and a Lie\n" * 500,
        "\x00\ufffe\ud7ff\n\x0b\x0c\n",
        "---\n" + "[" * 5_000 + "\n---\nText.",
        "---\na: &a [x]\nb: *a\n? [c]\n: d\n2023-99-99: 2023-99-99\n---\nText.",
        "+++\nbad toml\n+++\nText.",
        "---\n---\nText.",
        "---\ndate: 2023-99-99\n---\nText.",
        "T\n<script>alert(1)</script>\n",
    ],
)
def test_hostile_text_is_read_and_harmless(editor, text):
    response = editor.post(IMPORT, {"text": text, "_create": "1", "date_order": "mdy"})

    assert response.status_code in {302, 422}
    for issue in Issue.objects.all():
        assert (
            "<script>alert(1)"
            not in editor.get(f"/admin/issues/issue/{issue.pk}/preview/").text
        )


def test_fields_in_front_are_taken_and_those_without_a_place_are_listed():
    reading = read_issue(
        "+++\ntitle = 'T'\nsubtitle = 'D'\nslug = 'my-slug'\ndate = 2023-01-11\nodd = 'kept'\n+++\n"
        "## News\n\n[x](https://a.example)\n\n## 3 Headlines and a Lie\n\n1. [A](https://a.example/a)\n2. B\n3. C (link)\n4. D\n\nAfter.\n",
        name="x.md",
    )

    assert (reading.title, reading.dek, reading.slug, str(reading.dated)) == (
        "T",
        "D",
        "my-slug",
        "2023-01-11",
    )
    assert [(r.text, r.source_url) for r in reading.headlines] == [
        ("A", "https://a.example/a"), ("B", ""), ("C (link)", ""), ("D", ""),
    ]  # fmt: skip
    assert "## 3 Headlines and a Lie\n\n::: quiz\n:::\n\nAfter." in reading.body
    assert list(map(str, reading.remarks)) == [
        "The field “odd” has no place here: “kept”"
    ]


def test_the_command_makes_a_draft_and_says_what_it_could_not_decide(tmp_path, capsys):
    file = tmp_path / "week.txt"
    file.write_text(TEXT, encoding="utf-16")
    with pytest.raises(CommandError, match="--date-order"):
        call_command("import_issue", file)
    assert not Issue.objects.exists()
    user = make_editor()
    call_command("import_issue", file, "--date-order", "mdy", "--by", user.username)
    told = capsys.readouterr().out

    issue = Issue.objects.get()
    assert (issue.slug, issue.created_by) == ("2023-01-11", user)
    assert "Read as plain (UTF-16)" in told
    assert "“Odd one”" in told
    assert f"/admin/issues/issue/{issue.pk}/change/" in told


def test_the_command_refuses_with_a_sentence_and_stores_nothing(tmp_path):
    (tmp_path / "empty.txt").write_text("")
    good = tmp_path / "good.txt"
    good.write_text("T\nText.")
    for arguments in (
        [tmp_path / "none.txt"], [tmp_path], [tmp_path / "empty.txt"], [good, "--by", "nobody"], [good, "--format", "x"],
    ):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("import_issue", *arguments)
    call_command("import_issue", good, "--dry-run")
    assert not Issue.objects.exists()
