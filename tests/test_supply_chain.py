"""What the site is made of, and what is known of it."""

import json
import re
from pathlib import Path

import pytest

from deploy.inventory import LOCK, UNKNOWN, licence_of, locked, main
from tests.audit.vulnerabilities import CLEAN, KNOWN, NOT_REACHED, judge

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# What may be served to others beside code of ours, by the words that packages use.
WELCOME = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Mozilla|MPL|Unlicense|LGPL-3"
)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_locked_package_is_one_version_with_its_digests(lock):
    text = lock.read_text()
    packages = locked(text)
    lines = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]

    assert len(lines) >= 40
    assert all("==" in line for line in lines)
    assert {name for name, (_, digests) in packages.items() if not digests} == set()
    assert "://" not in text


def test_every_package_of_production_has_a_licence_that_we_may_serve():
    licences = {name: licence_of(name) for name in locked(LOCK.read_text())}

    assert {name for name, said in licences.items() if said == UNKNOWN} == set()
    assert {n: said for n, said in licences.items() if not WELCOME.search(said)} == {}


def test_the_bill_of_materials_names_each_package_with_digests_and_licence(tmp_path):
    main(str(tmp_path / "sbom.json"))
    bill = json.loads((tmp_path / "sbom.json").read_text())
    packages = locked(LOCK.read_text())

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = {each["name"]: each for each in bill["components"]}
    assert {n: each["version"] for n, each in found.items()} == {
        name: version for name, (version, _) in packages.items()
    }
    for name, each in found.items():
        assert {h["content"] for h in each["hashes"]} == {*packages[name][1]}
        assert each["purl"] == f"pkg:pypi/{name}@{each['version']}"
        assert each["licenses"]


CLEAN_ROW = {"name": "a", "version": "1", "vulns": []}
BAD_ROW = {"name": "b", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
SKIPPED_ROW = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (None, NOT_REACHED),
        ([], NOT_REACHED),
        ([SKIPPED_ROW], NOT_REACHED),
        ([CLEAN_ROW, SKIPPED_ROW], NOT_REACHED),
        ([CLEAN_ROW], CLEAN),
        ([CLEAN_ROW, BAD_ROW], KNOWN),
        ([BAD_ROW, SKIPPED_ROW], KNOWN),
    ],
)
def test_what_was_not_looked_up_is_not_taken_for_clean(rows, status):
    assert judge(rows)[0] == status


def test_a_known_vulnerability_is_named_with_what_mends_it():
    assert judge([BAD_ROW])[1] == ["b 1: X-1, mended in 2"]
