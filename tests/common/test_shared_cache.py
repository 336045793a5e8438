"""The processes of one machine count together."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache as default_cache
from django.utils import timezone

from superfast.common import shared_cache
from superfast.common.shared_cache import SharedFileCache


@pytest.fixture
def cache(tmp_path):
    options = {"OPTIONS": {"MAX_ENTRIES": 20}}
    return SharedFileCache(str(tmp_path / "new" / "cache.sqlite3"), options)


def later(**span):
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def test_the_site_counts_in_a_cache_that_its_workers_share():
    assert isinstance(default_cache._connections["default"], SharedFileCache)
    assert settings.CACHES["default"]["LOCATION"].startswith(str(settings.DATA_DIR))


@pytest.mark.parametrize("value", [0, 7, "text", b"bytes", 1.5, True, None, {"a": [1]}])
def test_what_was_set_is_got_back_as_it_was(cache, value):
    cache.set("key", value)

    assert cache.get("key", "nothing") == value
    assert type(cache.get("key", "nothing")) is type(value)


def test_what_is_over_is_not_there(cache):
    cache.set("key", 1, 60)
    cache.set("always", 1, None)
    with later(seconds=61):
        assert cache.get("key") is None
        assert not cache.touch("key")
        assert cache.add("key", 2, 60)
        assert cache.get("always") == 1
    cache.set("never", 1, 0)
    assert cache.get("never", "nothing") == "nothing"


def test_only_the_first_is_added(cache):
    assert cache.add("key", 1)
    assert not cache.add("key", 2)
    assert cache.get("key") == 1
    assert cache.delete("key")
    assert not cache.delete("key")
    assert cache.get("key") is None


def test_counting_needs_a_number_that_is_there(cache):
    with pytest.raises(ValueError, match="not found"):
        cache.incr("key")
    cache.set("key", 1, 60)
    assert (cache.incr("key"), cache.incr("key", 3), cache.decr("key")) == (2, 5, 4)
    with later(seconds=61), pytest.raises(ValueError, match="not found"):
        cache.incr("key")


def test_threads_lose_no_count(cache):
    cache.set("key", 0)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: cache.incr("key"), range(200)))

    assert cache.get("key") == 200


def test_of_many_threads_one_adds(cache):
    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(lambda number: cache.add("key", number), range(64)))

    assert added.count(True) == 1


def test_another_process_sees_the_same(cache):
    cache.set("key", 1)
    code = (
        "import django.conf, sys; django.conf.settings.configure(); "
        "from superfast.common.shared_cache import SharedFileCache; "
        "sys.exit(SharedFileCache(sys.argv[1], {}).incr('key', 5))"
    )
    done = subprocess.run([sys.executable, "-c", code, cache._path], check=False)

    assert (done.returncode, cache.get("key")) == (6, 6)


def test_the_file_stays_as_small_as_it_was_told(cache, monkeypatch):
    monkeypatch.setattr(shared_cache, "WRITES_BETWEEN_CULLS", 10)
    cache.set("always", 1, None)
    for number in range(99):
        cache.set(f"key-{number}", number, 60 + number)

    kept = [number for number in range(99) if cache.get(f"key-{number}") is not None]
    assert kept == [*range(80, 99)]  # with the one that is never over, twenty
    assert cache.get("always") == 1
    with later(hours=1):
        for number in range(10):
            cache.set(f"new-{number}", number, 60)
        rows = cache._connection().execute("SELECT count(*) FROM entry").fetchone()
    assert rows == (11,)


def test_clearing_leaves_nothing(cache):
    cache.set_many({"a": 1, "b": 2})
    cache.clear()

    assert cache.get_many(["a", "b"]) == {}
