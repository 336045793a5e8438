"""`make protections` finds what protects, and sees what is missed and what is not."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.permissions.protections import ROOT, find_all
from tests.permissions.unnoticed import UNNOTICED

# As many as there are of each kind, or a few less: a pattern that finds nothing any more shows.
AT_LEAST = {
    "visibility": 66, "decorator": 62, "question": 54, "guard": 33,
    "rows": 30, "address": 29, "rule": 27, "action": 13,
}  # fmt: skip


def test_protections_of_every_kind_are_found():
    found = Counter(place.kind for place in find_all())

    assert {*found} == {*AT_LEAST}
    assert not {kind: n for kind, n in found.items() if n < AT_LEAST[kind]}


def test_every_reason_is_given_for_one_that_is_there():
    known = {str(place) for place in find_all()}
    named = {each for reason in UNNOTICED.values() for each in reason.doubled_by}

    assert {*UNNOTICED} <= known
    assert named <= known


@pytest.mark.slow
def test_what_is_gone_is_missed_by_who_asks_and_by_nobody_else():
    asked = "tests/common/test_fetching.py::test_an_address_that_is_not_of_the_public_web_is_refused"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "tests.permissions.removing", asked],
        cwd=ROOT,
        env=os.environ | {"ONLY": r"addresses\.py|DraftLink\.is_open", "SHARD": ""},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert "2 protections (2 rule): 1 noticed, 0 doubled by others, 1 not noticed" in (
        done.stdout
    )
    assert "NOT NOTICED: issues/models/sharing.py DraftLink.is_open" in done.stdout
    assert done.returncode == 1
