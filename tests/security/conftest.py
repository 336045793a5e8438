"""Who sends what nobody means to type."""

import logging

import pytest

from tests.permissions.world import World
from tests.security.forms import Asker


@pytest.fixture
def asker(settings):
    # One that each process has to itself, as it is emptied with every request.
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    logging.disable(logging.CRITICAL)
    yield Asker(World())
    logging.disable(logging.NOTSET)
