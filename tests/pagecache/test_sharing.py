"""Several who ask at once have one reading, which began after each of them asked."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep

import pytest

from superfast.pagecache.sharing import Shared


class Source:
    """Something that changes; its first reading takes until it is let go."""

    def __init__(self):
        self.value = "old"
        self.readings = 0
        self.error = None
        self.is_reading, self.may_end = Event(), Event()

    def __call__(self):
        self.readings += 1
        found, error = self.value, self.error
        if self.readings == 1:
            self.is_reading.set()
            assert self.may_end.wait(10)
        if error:
            raise error
        return found


@pytest.fixture
def source():
    return Source()


def wait_for(condition):
    end = monotonic() + 10
    while not condition():
        assert monotonic() < end
        sleep(0.001)


def ask_while_one_is_read(source, others=3, error=None):
    """The answers of the first, whose reading is under way, and of those who ask meanwhile."""
    asked = []
    shared = Shared(source)

    def ask():
        asked.append(True)
        return shared()

    with ThreadPoolExecutor(others + 1) as pool:
        first = pool.submit(shared)
        assert source.is_reading.wait(10)
        source.value, source.error = "new", error
        rest = [pool.submit(ask) for _ in range(others)]
        wait_for(lambda: len(asked) == others)
        sleep(0.05)  # they wait
        source.may_end.set()
    return first, rest


def test_who_asks_while_one_reads_has_the_next_reading_with_all_who_wait(source):
    first, rest = ask_while_one_is_read(source)
    assert first.result() == "old"
    assert [each.result() for each in rest] == ["new"] * 3
    assert source.readings == 2


def test_who_asks_alone_reads_each_time(source):
    source.may_end.set()
    shared = Shared(source)
    assert shared() == "old"
    source.value = "new"
    assert shared() == "new"
    assert source.readings == 2


def test_an_error_is_not_told_to_who_asked_after_it_began(source):
    source.error = OSError("away")
    first, rest = ask_while_one_is_read(source)
    assert isinstance(first.exception(), OSError)
    assert [each.result() for each in rest] == ["new"] * 3
    assert source.readings == 2


def test_an_error_is_told_once_to_all_who_waited(source):
    first, rest = ask_while_one_is_read(source, error=OSError("away"))
    assert first.result() == "old"
    assert [type(each.exception()) for each in rest] == [OSError] * 3
    assert source.readings == 2
