"""A cache in Redis: shared where it is there, forgiven where it is not."""

import logging
import os
import socket

import pytest

from superfast.common.redis_cache import ForgivingRedisCache

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


def is_there() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(autouse=True)
def nothing_went_wrong_before(monkeypatch):
    monkeypatch.setattr(ForgivingRedisCache, "_away_until", 0.0)


@pytest.fixture
def away():
    """A cache at an address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        yield ForgivingRedisCache(
            f"redis://127.0.0.1:{port}/0", {"OPTIONS": {"socket_connect_timeout": 1}}
        )


def test_it_keeps_and_counts(request):
    if not is_there():
        pytest.skip("no Redis answers at 127.0.0.1:6379")
    cache = ForgivingRedisCache(REDIS, {"KEY_PREFIX": request.node.name})
    cache.delete("number")

    assert cache.add("number", 1, 10)
    assert not cache.add("number", 5, 10)
    assert cache.incr("number") == 2
    assert cache.get("number") == 2
    cache.delete("number")
    assert cache.get("number", "none") == "none"


def test_without_redis_it_answers_as_an_empty_cache_and_says_so_once(away, caplog):
    assert away.get("a", "default") == "default"
    assert away.add("a", 1)
    assert away.set("a", 1) is None
    assert away.incr("a") == 1
    assert away.get_many(["a"]) == {}
    assert not away.has_key("a")
    assert away.get_or_set("a", b"made") == b"made"
    assert not away.delete("a")

    errors = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(errors) == 1


def test_after_a_while_redis_is_asked_again(away, caplog, monkeypatch):
    away.get("a")
    monkeypatch.setattr(ForgivingRedisCache, "_away_until", 0.0)
    away.get("a")

    assert len(caplog.records) == 2
