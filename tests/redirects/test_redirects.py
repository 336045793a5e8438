"""Former addresses, and those that editors list."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from superfast.redirects.models import Redirect, note_move
from superfast.redirects.services import import_redirects
from tests.factories import make_editor, make_writer
from tests.issues.factories import make_draft, make_issue, make_scheduled
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

IMPORT = "/admin/redirects/redirect/import/"


def rename(thing, slug):
    thing.slug = slug
    thing.save()


def target(client, path):
    response = client.get(path)
    assert response.status_code == 301, path
    return response.headers["Location"]


def test_an_issue_is_found_from_every_address_that_it_had(client):
    issue = make_issue(slug="one")
    rename(issue, "two")
    rename(issue, "three")

    assert target(client, "/issues/one/") == "/issues/three/"
    assert target(client, "/issues/two/") == "/issues/three/"
    assert client.get("/issues/three/").status_code == 200


def test_a_quiz_is_found_from_its_former_address(client):
    quiz = make_quiz(slug="one")
    rename(quiz, "two")

    assert target(client, "/quiz/one/") == "/quiz/two/"


def test_an_address_that_is_taken_back_leads_nowhere_else(client):
    issue = make_issue(slug="one")
    rename(issue, "two")
    rename(issue, "one")

    assert client.get("/issues/one/").status_code == 200
    assert target(client, "/issues/two/") == "/issues/one/"


def test_another_issue_at_a_former_address_goes_before(client):
    issue = make_issue(slug="one")
    rename(issue, "two")
    make_issue(slug="one", title="The new one")

    assert "The new one" in client.get("/issues/one/").text


@pytest.mark.parametrize("make", [make_draft, make_scheduled])
def test_what_readers_never_saw_leaves_no_address_behind(client, make):
    rename(make(slug="secret"), "other")

    assert client.get("/issues/secret/").status_code == 404
    assert not Redirect.objects.exists()


def test_a_save_that_moves_nothing_leaves_no_redirect():
    issue = make_issue()
    issue.title = "Another title"
    issue.save()

    assert not Redirect.objects.exists()


def test_what_was_asked_is_asked_there_too(client):
    Redirect.objects.create(old_path="/old/", target="/issues/")
    Redirect.objects.create(old_path="/gone/", target="https://a.example/?x=1")

    assert target(client, "/old/?page=1") == "/issues/?page=1"
    assert target(client, "/gone/?page=1") == "https://a.example/?x=1"


def test_only_what_is_not_there_is_redirected(client):
    Redirect.objects.create(old_path="/about/", target="/issues/")

    assert client.get("/about/").status_code == 200
    assert client.post("/nothing/").status_code in {403, 404}


@pytest.mark.parametrize(
    ("old_path", "new"),
    [
        ("old", "/new/"),
        ("//evil.example/", "/new/"),
        ("/a b/", "/new/"),
        ("/a?b", "/new/"),
        ("/", "/new/"),
        ("/admin/x/", "/new/"),
        ("/old/", "new"),
        ("/old/", "//evil.example/"),
        ("/old/", "javascript:alert(1)"),
        ("/old/", "https://"),
        ("/old/", "https://[evil/"),
        ("/old/", "/\\evil.example/"),
        ("/old/", ""),
    ],
)
def test_what_is_no_address_is_refused(old_path, new):
    with pytest.raises(ValidationError):
        Redirect(old_path=old_path, target=new).full_clean()


def test_circles_are_refused(client):
    Redirect.objects.create(old_path="/a/", target="/b/")
    Redirect.objects.create(old_path="/b/", target="/c/")

    with pytest.raises(ValidationError, match="circle"):
        Redirect(old_path="/c/", target="/a/").full_clean()
    with pytest.raises(ValidationError):
        Redirect(old_path="/d/", target="/d/").full_clean()
    with pytest.raises(IntegrityError):
        Redirect.objects.create(old_path="/d/", target="/d/")


def test_a_circle_that_was_written_past_the_form_leads_nowhere(client):
    Redirect.objects.create(old_path="/a/", target="/b/")
    Redirect.objects.create(old_path="/b/", target="/a/")

    assert client.get("/a/").status_code == 404


def test_a_chain_is_followed_to_its_end(client):
    Redirect.objects.create(old_path="/a/", target="/b/")
    Redirect.objects.create(old_path="/b/", target="/issues/")

    assert target(client, "/a/") == "/issues/"


def test_a_move_to_itself_is_none():
    note_move("/a/", "/a/")

    assert not Redirect.objects.exists()


def test_a_file_of_redirects_is_stored_whole():
    text = "old,new\n/one/,/issues/\n\n/two/,https://a.example/\n"

    assert len(import_redirects(text)) == 2
    assert import_redirects("/one/,/papers/") == {"/one/": ["/issues/", "/papers/"]}
    assert Redirect.objects.get(old_path="/one/").target == "/papers/"


@pytest.mark.parametrize(
    "line", ["/three/", "/three/,/a/,/b/", "three,/a/", "/three/,/one/\n/one/,/three/"]
)
def test_a_file_with_a_wrong_line_is_stored_not_at_all(line):
    with pytest.raises(ValidationError, match="Line"):
        import_redirects(f"/zero/,/issues/\n{line}\n")

    assert not Redirect.objects.exists()


def test_editors_import_redirects_at_the_desk(client):
    client.force_login(make_editor())
    assert client.get(IMPORT).status_code == 200

    file = SimpleUploadedFile("r.csv", "\ufeff/one/,/issues/\n".encode())
    response = client.post(IMPORT, {"file": file}, follow=True)

    assert "1 redirect stored." in response.text
    assert Redirect.objects.get().target == "/issues/"


@pytest.mark.parametrize(
    "data", [{}, {"text": "nonsense"}, {"file": SimpleUploadedFile("r", b"\xff\xfe")}]
)
def test_a_wrong_file_is_refused_with_a_sentence(client, data):
    client.force_login(make_editor())
    response = client.post(IMPORT, data)

    assert response.status_code == 422
    assert "errorlist" in response.text
    assert not Redirect.objects.exists()


def test_writers_import_nothing(client):
    client.force_login(make_writer())

    assert client.get(IMPORT).status_code == 403
    assert client.post(IMPORT, {"text": "/a/,/b/"}).status_code == 403


def test_strangers_are_sent_to_the_door(client):
    assert client.get(IMPORT).status_code == 302


def test_a_file_that_is_to_be_cleared_is_none(client):
    client.force_login(make_editor())
    response = client.post(IMPORT, {"file-clear": "on"})

    assert "Choose a file or type its lines." in response.text
    client.post(IMPORT, {"file-clear": "on", "text": "/a/,/papers/"})
    assert Redirect.objects.get().old_path == "/a/"


def test_lines_that_end_in_any_way_are_read():
    assert len(import_redirects("/a/,/papers/\r/b/,/issues/\r\n/c/,/quiz/\n")) == 3


def test_a_cell_that_is_too_long_is_refused_with_a_sentence(client):
    client.force_login(make_editor())
    response = client.post(IMPORT, {"text": f"/a/,/{'x' * 200_000}"})

    assert response.status_code == 422
    assert "This is no CSV" in response.text
