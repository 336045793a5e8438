"""Files that are handed in while the disk is full, and other errors of the disk's."""

import errno
import sqlite3
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import RequestFactory
from django.urls import reverse

from tests.factories import make_editor

# Django keeps what is smaller in memory.
LARGE = b"x" * 3_000_000


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def no_folder(*args, **kwargs):
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


def handed_in():
    file = SimpleUploadedFile("large.png", LARGE)
    return RequestFactory().post("/", {"upload": file, "alt": "x"})


def test_a_large_file_comes_as_a_temporary_one():
    request = handed_in()

    with request.FILES["upload"] as file:
        assert file.size == len(LARGE)
        assert file.temporary_file_path().startswith(tempfile.gettempdir())


@pytest.mark.parametrize(
    ("step", "fails"),
    [
        ("new_file", no_folder),
        ("receive_data_chunk", full),
        ("file_complete", full),
    ],
)
def test_what_there_is_no_room_for_is_read_to_the_end(monkeypatch, step, fails):
    monkeypatch.setattr(TemporaryFileUploadHandler, step, fails)
    request = handed_in()

    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is looked at
        _ = request.POST

    assert caught.value.errno == errno.ENOSPC
    assert len(request.environ["wsgi.input"]) == 0


@pytest.mark.django_db
def test_the_desk_says_that_there_is_no_room(client, monkeypatch):
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    client.force_login(make_editor())
    client.raise_request_exception = False

    response = client.post(
        reverse("admin:issues_image_add"),
        {"upload": SimpleUploadedFile("large.png", LARGE), "alt": "x"},
    )

    assert response.status_code == 507
    assert "There is no room" in response.text
    assert "could not be stored" in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "Retry-After" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "full"), 507),
        (OSError(errno.EDQUOT, "full"), 507),
        (OSError(errno.EACCES, "forbidden"), 500),
        (sqlite3.OperationalError("disk I/O error"), 503),
    ],
)
def test_an_error_of_the_disk_has_its_own_page(client, monkeypatch, error, status):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("superfast.pages.views.Issue.objects.published", fail)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == status
    assert f">{status}<" in response.text
    assert ("Retry-After" in response.headers) is (status == 503)


@pytest.mark.django_db
def test_a_form_that_says_it_is_too_large_is_refused_unread(client, settings):
    response = client.generic(
        "POST", reverse("admin:login"), b"--x--",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(settings.UPLOAD_MAX_BYTES + 1),
    )  # fmt: skip

    assert response.status_code == 400
    assert "Go back and try again." in response.text
    assert len(response.wsgi_request.environ["wsgi.input"]) == len(b"--x--")
