"""Somebody at the desk, and a place for pictures."""

import pytest

from tests.factories import make_editor, make_user, make_writer


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def editor(client):
    client.user = make_editor()
    client.force_login(client.user)
    return client


@pytest.fixture
def writer(client):
    client.user = make_writer()
    client.force_login(client.user)
    return client


@pytest.fixture
def superuser(client):
    client.user = make_user(is_superuser=True)
    client.force_login(client.user)
    return client
