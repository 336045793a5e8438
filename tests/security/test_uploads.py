"""Hostile files: refused with a sentence or made safe; nothing of their names is kept."""

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from issues.models import Image
from tests.factories import make_editor
from tests.issues.factories import picture_bytes
from tests.security.files import FILES, NAMES, SCRIPT

ADDRESS = "admin:issues_image_upload"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


def send(client, content, name="x.png", kind="image/png"):
    file = SimpleUploadedFile("x.png", content, kind)
    file._name = name  # as typed: Django's own setter cuts paths off
    return client.post(reverse(ADDRESS), {"alt": "Alt", "upload": file})


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_there_are_enough_of_them():
    assert len(FILES) + len(NAMES) >= 90
    assert len({*FILES.values()}) >= 60


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_or_made_safe(desk, media, name):
    response = send(desk, FILES[name])

    assert response.status_code in {201, 422}
    if response.status_code == 422:
        assert response.json()["error"].endswith((".", "?"))
        assert not Image.objects.exists()
        assert files_in(media) == []
        return
    image = Image.objects.get()
    for path in files_in(media):
        kept = path.read_bytes()
        assert SCRIPT not in kept
        assert b"<?php" not in kept
        with PIL.Image.open(path) as picture:
            assert picture.format in {"WEBP", "GIF", "AVIF", "JPEG", "PNG"}
            assert not picture.getexif()
            assert "xmp" not in picture.info
            assert "icc_profile" not in picture.info
    sent = desk.get(reverse("admin:issues_image_file", args=[image.name]))
    assert sent.headers["Content-Type"] in {"image/webp", "image/gif"}
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    sent.getvalue()  # closes the file


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_files_name_is_kept(desk, media, name):
    response = send(desk, picture_bytes(), name, "text/html")

    assert response.status_code in {201, 422}
    for path in files_in(media):
        assert path.parent == media / "pictures"
        assert path.name.partition("-")[0].partition(".")[0].isalnum()
        assert path.suffix in {".webp", ".avif", ".jpg"}
        assert Image.objects.get().name.partition(".")[0] in path.name
