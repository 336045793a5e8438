"""Takes every protection of the code away, one at a time, and says which test missed it.

`make protections` runs it: a plugin of pytest that runs the tests it is given once, noting
which protections each of them meets; then, for each protection, those tests again without
it, until one fails that passes with it. The table of all is printed, and the run fails where
a protection can be gone unnoticed and `UNNOTICED` names none that does the same.
"""

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.permissions.protections import (
    Protection,
    install,
    is_of_the_site,
)
from tests.permissions.unnoticed import UNNOTICED

BOARD = install()
# A pattern: only protections whose kind and place it finds are taken away.
ONLY = re.compile(os.environ.get("ONLY", ""))
# `1/2`: every other one, so that two processes share the work.
PART, PARTS = map(int, (os.environ.get("SHARD") or "1/1").split("/"))
NOWHERE = "NOBODY"
# What takes a server, and what empties the tables, and with them what migrations wrote.
_APART = {"transactional_db", "live_server", "browser"}
_met: dict[pytest.Item, set[int]] = {}
_took: dict[pytest.Item, float] = {}
_noticed_by: Counter[pytest.Item] = Counter()


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Tests that can be run again and again, in any order."""
    apart = [item for item in items if _is_apart(item)]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if item not in {*apart}]


def _is_apart(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    is_transactional = marker is not None and marker.kwargs.get("transaction")
    return bool(is_transactional or _APART & {*getattr(item, "fixturenames", ())})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    BOARD.touched.clear()
    BOARD.is_live = True
    began = time.perf_counter()
    try:
        return (yield)
    finally:
        BOARD.is_live = False
        _took.setdefault(item, time.perf_counter() - began)
        _met.setdefault(item, {*BOARD.touched})


def forget() -> None:
    """What the site wrote or reckoned once, it may have done without a protection."""
    modules = [each for name, each in sys.modules.items() if is_of_the_site(name)]
    for value in chain.from_iterable(vars(module).values() for module in modules):
        match type(value).__name__:
            case "Question":
                value._statement = None
            case "RowQuestion":
                value._connection = None
            case "_lru_cache_wrapper":
                value.cache_clear()


def fails(item: pytest.Item, without: frozenset[int] = frozenset()) -> bool:
    """Whether a test fails without some protections; what comes before and after it must not."""
    forget()
    # Up to its file, whose fixtures stay.
    item.session._setupstate.teardown_exact(item.parent)  # type: ignore[arg-type]  # asked for its chain
    BOARD.off = without
    try:
        # Nothing of it is torn down that the same test would need again.
        reports = runtestprotocol(item, nextitem=item, log=False)
    finally:
        BOARD.off = frozenset()
    for report in reports:
        if report.failed and report.when != "call":
            raise RuntimeError(f"{item.nodeid}: {report.longrepr}")
    return any(report.failed for report in reports)


def who_misses(
    number: int, items: list[pytest.Item], others: frozenset[int] = frozenset()
) -> pytest.Item | None:
    """A test that fails without a protection and passes with it, others being gone either way."""
    without = others | {number}
    meeting = [item for item in items if _met[item] & without]
    # The matrix before all others; then who is quick, and has missed something before.
    meeting.sort(
        key=lambda i: (
            "test_matrix" not in i.nodeid,
            _took[i] / (1 + _noticed_by[i]),
        )
    )
    for item in meeting:
        if fails(item, without) and not fails(item, others):
            _noticed_by[item] += 1
            return item
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    if session.testsfailed or session.config.option.collectonly or not session.items:
        return False
    said = session.config.get_terminal_writer()
    items = []
    for item in session.items:
        if not fails(item):
            items.append(item)
            continue
        session.testsfailed += 1
        said.line(f"FAILS WITH EVERY PROTECTION IN PLACE: {item.nodeid}", flush=True)
    said.line(f"{len(items)} tests run in {sum(_took.values()):.0f} s", flush=True)
    rows: list[tuple[Protection, str]] = []
    wanted = [
        (number, place)
        for number, place in enumerate(BOARD.found)
        if ONLY.search(f"{place.kind} {place}") and number % PARTS == PART - 1
    ]
    for number, place in wanted:
        missed = who_misses(number, items)
        told = _where(missed)
        if missed is None and str(place) in UNNOTICED:
            told = _doubled(number, str(place), items)
        rows.append((place, told))
        line = f"{len(rows)}/{len(wanted)} {place.kind} | {place} | {told}"
        said.line(line, flush=True)
    session._setupstate.teardown_exact(None)
    _report(session, rows)
    return True


def _where(item: pytest.Item | None) -> str:
    return item.nodeid.removeprefix("tests/") if item else NOWHERE


def _doubled(number: int, name: str, items: list[pytest.Item]) -> str:
    """Why nobody misses it, if that is true: somebody does where what doubles it is gone."""
    reason = UNNOTICED[name]
    others = [n for n, each in enumerate(BOARD.found) if str(each) in reason.doubled_by]
    missed = who_misses(number, items, frozenset(others) - {number})
    return f"{reason.why} (without both: {_where(missed)})" if missed else NOWHERE


def _report(session: pytest.Session, rows: list[tuple[Protection, str]]) -> None:
    said = session.config.get_terminal_writer()
    said.line("\n| kind | protection | noticed by |\n|---|---|---|")
    for place, told in rows:
        said.line(f"| {place.kind} | `{place}` | {told} |")
    open_ = [place for place, told in rows if told == NOWHERE]
    doubled = [place for place, told in rows if "(without both: " in told]
    # What stands there for nothing: it was noticed after all, or is no more.
    known = {str(place) for place in BOARD.found}
    tried = {str(place) for place, _ in rows} - {str(place) for place in doubled}
    stale = {name for name in UNNOTICED if name not in known or name in tried}
    kinds = ", ".join(
        f"{count} {kind}"
        for kind, count in Counter(place.kind for place, _ in rows).most_common()
    )
    said.line(
        f"\n{len(rows)} protections ({kinds}): {len(rows) - len(doubled) - len(open_)} "
        f"noticed, {len(doubled)} doubled by others, {len(open_)} not noticed"
    )
    for place in open_:
        said.line(f"NOT NOTICED: {place} (line {place.line})")
    for name in sorted(stale - {str(place) for place in open_}):
        said.line(f"NO LONGER TRUE: {name}")
    session.testsfailed += len(open_) + len(stale)
