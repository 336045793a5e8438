"""How politely other sites are asked, whoever of us asks."""

from threading import Thread

import pytest
from django.core.cache import cache

from superfast.common import checking
from superfast.common.checking import LinkState, ask_all


class Address:
    """A stand-in for a row."""

    def __init__(self, site):
        self.site, self.state = site, LinkState.OK


class Clock:
    """Time that passes when somebody waits; what the cache holds ends by it."""

    def __init__(self, monkeypatch):
        self.now, self.kept = 1000.0, {}
        monkeypatch.setattr(checking, "cache", self)
        monkeypatch.setattr(checking, "time", self)

    def monotonic(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds

    def get(self, key):
        value, until = self.kept.get(key, (None, 0))
        return value if until > self.now else None

    def set(self, key, value, seconds):
        self.kept[key] = value, self.now + seconds

    def add(self, key, value, seconds):
        is_free = self.get(key) is None
        if is_free:
            self.set(key, value, seconds)
        return is_free


def run(clock, asked, *sites, end=None, takes=1.0):
    def ask(address):
        asked.append((address.site, clock.now))
        clock.wait(takes)

    return ask_all(
        [Address(site) for site in sites],
        ask=ask, store=lambda address: None, pause=clock.wait, end=end,
    )  # fmt: skip


def test_a_host_is_asked_again_after_the_pause_and_no_later(monkeypatch):
    clock, asked = Clock(monkeypatch), []
    run(clock, asked, "a.example", "a.example", "b.example")

    times = [at for site, at in asked if site == "a.example"]
    assert times[1] - (times[0] + 1) == checking.PAUSE_SECONDS


def test_another_run_asks_a_host_only_after_the_pause(monkeypatch):
    clock, asked = Clock(monkeypatch), []
    run(clock, asked, "a.example")
    run(clock, asked, "b.example", "a.example")

    (_, first), (_, second) = (each for each in asked if each[0] == "a.example")
    assert second - (first + 1) >= checking.PAUSE_SECONDS


def test_a_host_that_somebody_died_over_is_free_again(monkeypatch):
    clock, asked = Clock(monkeypatch), []

    def die(address):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask_all(
            [Address("a.example")],
            ask=die, store=lambda address: None, pause=clock.wait,
        )  # fmt: skip
    assert str(run(clock, asked, "a.example")) == "1 ok"
    assert clock.now < 1000 + 15


def test_who_waits_for_a_host_stops_when_time_is_up(monkeypatch):
    clock, asked = Clock(monkeypatch), []
    run(clock, asked, "a.example")
    report = run(clock, asked, "a.example", end=clock.now + 1)

    assert (len(asked), report.checked, report.left) == (1, 0, 1)


def test_two_at_once_never_ask_one_host_together(monkeypatch):
    monkeypatch.setattr(checking, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(checking, "_LOOK_SECONDS", 0.005)
    cache.clear()
    inside, most = [], []

    def ask(address):
        inside.append(address)
        most.append(len(inside))
        checking.time.sleep(0.01)
        inside.remove(address)

    def work():
        ask_all(
            [Address("a.example") for _ in range(4)],
            ask=ask, store=lambda address: None, pause=checking.time.sleep,
        )  # fmt: skip

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(most) == 12
    assert max(most) == 1
