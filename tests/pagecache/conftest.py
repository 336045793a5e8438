import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from superfast.pagecache.application import PageCache
from tests.pagecache.browsers import Browser


class Site:
    """The site as a server process has it, and how often it was asked."""

    def __init__(self):
        self.handler = WSGIHandler()
        self.asked = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.handler(environ, start_response)


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def cache(site):
    return PageCache(site, max_bytes=10_000_000)


@pytest.fixture
def browser(cache):
    return Browser(cache)


@pytest.fixture(autouse=True)
def _one_connection():
    """As Django's own test client: the connection of a test outlives its requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
