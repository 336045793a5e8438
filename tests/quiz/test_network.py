"""A network is known to the cache alone, as a digest with a salt of the day."""

import pickle
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.serializers import serialize
from django.test import Client, RequestFactory
from django.utils import timezone

from quiz.network import is_flooding
from superfast.common.network import address_of, network_of
from tests.quiz.factories import make_quiz
from tests.quiz.player import play


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", ""),
        ("nonsense", ""),
        ("192.0.2.7:80", ""),
        ("1" * 5000, ""),
    ],
)
def test_a_network_is_an_address_or_a_home(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "198.51.100.5", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "198.51.100.5", "198.51.100.5"),
        (1, "203.0.113.9, 198.51.100.5", "198.51.100.5"),
        (2, "203.0.113.9, 198.51.100.5, 10.0.0.1", "198.51.100.5"),
        (2, "198.51.100.5", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, said, address):
    settings.PROXY_COUNT = proxies
    headers = {} if said is None else {"X-Forwarded-For": said}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")

    assert address_of(request) == address


def flood(address, number, at):
    return [
        is_flooding(address=address, player=f"{address}{n}", at=at)
        for n in range(number)
    ]


def test_thirty_guesses_are_no_flood():
    at = timezone.now()

    assert flood("192.0.2.1", 32, at) == [False] * 30 + [True] * 2
    assert flood("2001:db8::1", 30, at) == [False] * 30
    assert flood("2001:db8::2", 1, at) == [True]
    assert flood("2001:db8:0:1::1", 1, at) == [False]


def test_unknown_addresses_are_no_network():
    assert not any(flood("", 40, timezone.now()))


def test_without_a_cache_nothing_is_a_flood(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }

    assert not any(flood("192.0.2.1", 40, timezone.now()))


def cached():
    """What the cache's file holds, by its keys."""
    rows = cache._connection().execute("SELECT key, value FROM entry")
    return {key: _text(value) for key, value in rows}


def _text(value):
    # The cache is the test’s own.
    return repr(pickle.loads(value) if isinstance(value, bytes) else value)  # noqa: S301


def test_the_salt_of_each_day_is_another():
    at = timezone.now()
    flood("192.0.2.1", 1, at)
    today = {*cached()}
    flood("192.0.2.1", 1, at + timedelta(days=1))

    assert len({*cached()} - today) == 2  # a salt, and a place under another name


@pytest.mark.django_db
def test_no_address_is_kept_anywhere():
    client = Client(
        REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Telltale/1.0", HTTP_REFERER="x"
    )
    play(client, make_quiz())
    tables = [
        serialize("json", model.objects.all()).encode() for model in apps.get_models()
    ]
    digests = [key.split(".")[-2].encode() for key in cached() if "salt" not in key]

    assert len(digests) == 1
    for kept in (*tables, repr(cached()).encode()):
        assert b"203.0.113.77" not in kept
        assert b"Telltale" not in kept
    assert not [table for table in tables if digests[0] in table]
