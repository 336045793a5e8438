"""A site with something of everything, and a way to empty it."""

import pytest
from django.apps import apps
from django.db import connection

from superfast.accounts.models import User
from superfast.pages.models import Page
from superfast.portability.tables import LEFT_OUT, TABLES


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _no_renditions(monkeypatch):
    """They are no part of an export, and encoding takes time."""
    monkeypatch.setattr("issues.renditions.enqueue", lambda *args: None)


@pytest.fixture
def empty(settings, tmp_path):
    """Makes this an empty site with other files; people and standing pages stay."""

    def empty_site():
        connection.check_constraints()
        models = [table.model for table in TABLES]
        models += [apps.get_model(label) for label in LEFT_OUT]
        models += [
            field.remote_field.through
            for model in models
            for field in model._meta.many_to_many
        ]
        keep = {User, Page, User.groups.through, User.user_permissions.through}
        for model in dict.fromkeys(models):
            if model not in keep and model._meta.label != "pagecache.Stamp":
                model._base_manager.all()._raw_delete("default")
        connection.check_constraints()
        settings.MEDIA_ROOT = tmp_path / f"media-{len(list(tmp_path.iterdir()))}"

    return empty_site


def content(folder):
    """Every file of an export."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
