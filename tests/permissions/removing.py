"""Takes every protection of the code away, one at a time, and says which test missed it.

`make protections` runs it: a plugin of pytest that runs the tests it is given once, noting
which protections each of them meets; then, for each protection, those tests again without
it, until one fails. The table of all is printed, and the run fails where a protection can
be gone unnoticed for which `UNNOTICED` gives no reason.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.permissions.protections import Protection, install
from tests.permissions.unnoticed import UNNOTICED

BOARD = install()
# A pattern: only protections whose kind and place it finds are taken away.
ONLY = re.compile(os.environ.get("ONLY", ""))
_met: dict[str, set[int]] = {}
_took: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    BOARD.touched.clear()
    BOARD.is_live = True
    began = time.perf_counter()
    try:
        return (yield)
    finally:
        BOARD.is_live = False
        _took[item.nodeid] = time.perf_counter() - began
        _met.setdefault(item.nodeid, {*BOARD.touched})


def fails(item: pytest.Item) -> bool:
    """Whether a test fails now; what comes before and after it must not."""
    state = item.session._setupstate
    state.teardown_exact(item)
    # Nothing of it is torn down that the same test would need again.
    reports = runtestprotocol(item, nextitem=item, log=False)
    for report in reports:
        if report.failed and report.when != "call":
            raise RuntimeError(f"{item.nodeid}: {report.longrepr}")
    return any(report.failed for report in reports)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    if session.testsfailed or session.config.option.collectonly or not session.items:
        return False
    items = [*session.items]
    said = session.config.get_terminal_writer()
    failing = []
    for item in items:
        if fails(item):
            failing.append(item)
            said.line(f"FAILS WITH EVERY PROTECTION IN PLACE: {item.nodeid}")
    session.testsfailed += len(failing)
    items = [item for item in items if item not in failing]
    noticed: list[tuple[Protection, str]] = []
    for number, place in enumerate(BOARD.found):
        if not ONLY.search(f"{place.kind} {place}"):
            continue
        meeting = [item for item in items if number in _met[item.nodeid]]
        # The quickest first, but the matrix before all others.
        meeting.sort(key=lambda i: ("matrix" not in i.nodeid, _took[i.nodeid]))
        BOARD.off = number
        missed = next((i for i in meeting if fails(i)), None)
        BOARD.off = None
        where = missed.nodeid.removeprefix("tests/") if missed else ""
        noticed.append((place, where))
        said.line(f"{len(noticed)} {place.kind} | {place} | {where or 'NOBODY'}")
    session._setupstate.teardown_exact(None)
    _report(session, noticed)
    return True


def _report(session: pytest.Session, noticed: list[tuple[Protection, str]]) -> None:
    said = session.config.get_terminal_writer()
    said.line("\n| kind | protection | noticed by |\n|---|---|---|")
    silent = [place for place, where in noticed if not where]
    for place, where in noticed:
        told = where or UNNOTICED.get(str(place), "NOBODY")
        said.line(f"| {place.kind} | `{place}` | {told} |")
    open_ = [place for place in silent if str(place) not in UNNOTICED]
    stale = UNNOTICED.keys() - {str(place) for place in silent}
    kinds = Counter(place.kind for place, _ in noticed)
    said.line(
        f"\n{len(noticed)} protections ({dict(kinds)}): {len(noticed) - len(silent)} "
        f"noticed, {len(silent) - len(open_)} not noticed for a reason, "
        f"{len(open_)} not noticed"
    )
    for place in open_:
        said.line(f"NOT NOTICED: {place} (line {place.line})")
    if not ONLY.pattern:
        for name in sorted(stale):
            said.line(f"NO LONGER TRUE: {name}")
        session.testsfailed += len(stale)
    session.testsfailed += len(open_)
