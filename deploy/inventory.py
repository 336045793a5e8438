"""What the site is made of: `inventory.py OUT.json` writes a bill of materials (CycloneDX).

Every package that requirements/production.txt locks, with its version, the digests that
it may have, and its licence as the installed package says. Prints the licences, too.
"""

import re
import sys
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import cast

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LOCK = Path(__file__).parent.parent / "requirements/production.txt"
NAME = "superfast-ai"
UNKNOWN = "not said"
# Of packages that say it in the text of a file alone, read by a person.
BY_HAND = {"async-timeout": "Apache-2.0", "pyrage": "MIT", "tzdata": "Apache-2.0"}

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: OSI Approved :: "


def locked(text: str) -> dict[str, tuple[str, list[str]]]:
    """Name of each package → its version and the SHA-256 of its files."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            name = pin[1].lower()
            found[name] = (pin[2], [])
        if name and (digest := _HASH.search(line)):
            found[name][1].append(digest[1])
    return found


def licence_of(name: str) -> str:
    """What the installed package says: its expression, its classifiers, or a short text."""
    try:
        said = cast(Message, metadata(name))
    except PackageNotFoundError:  # locked for another platform or Python
        return BY_HAND.get(name, UNKNOWN)
    if expression := said.get("License-Expression"):
        return str(expression)
    named = [
        str(line).removeprefix(_CLASSIFIER)
        for line in said.get_all("Classifier", [])
        if str(line).startswith(_CLASSIFIER)
    ]
    if named:
        return " OR ".join(sorted(named))
    text = str(said.get("License") or "").strip()
    return text.splitlines()[0][:80] if text else BY_HAND.get(name, UNKNOWN)


def bill_of_materials(packages: dict[str, tuple[str, list[str]]]) -> Bom:
    """Each package as a component. Cost: reads the metadata of each."""
    bom = Bom()
    bom.metadata.component = Component(name=NAME, type=ComponentType.APPLICATION)
    for name, (version, digests) in sorted(packages.items()):
        bom.components.add(
            Component(
                name=name,
                version=version,
                type=ComponentType.LIBRARY,
                purl=PackageURL("pypi", name=name, version=version),
                bom_ref=f"{name}=={version}",
                hashes=[
                    HashType(alg=HashAlgorithm.SHA_256, content=d) for d in digests
                ],
                licenses=[DisjunctiveLicense(name=licence_of(name))],
            )
        )
    bom.register_dependency(bom.metadata.component, bom.components)
    return bom


def main(target: str) -> None:
    packages = locked(LOCK.read_text(encoding="utf-8"))
    JsonV1Dot6(bill_of_materials(packages)).output_to_file(
        target, allow_overwrite=True, indent=1
    )
    for name, (version, _) in sorted(packages.items()):
        print(f"{name} {version}: {licence_of(name)}")
    print(f"{len(packages)} packages in {target}")


if __name__ == "__main__":
    main(sys.argv[1])
