"""Known vulnerabilities of what is locked: `vulnerabilities.py FILE...`.

Ends with 0 where each package was looked up and none is known, 1 where one is known,
3 where the database was not reached: for all packages or for some. pip-audit itself
ends with 0 where it has looked up nothing.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CLEAN, KNOWN, NOT_REACHED = 0, 1, 3
SECONDS = 300


def ask(locked: str) -> list[dict[str, Any]] | None:
    """What pip-audit says of each package; None where it gave no answer."""
    command = [
        *(str(Path(sys.executable).with_name("pip-audit")), "--requirement", locked),
        *(
            "--no-deps",
            "--disable-pip",
            "--progress-spinner",
            "off",
            "--format",
            "json",
        ),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, OSError):
        return None
    return found


def judge(dependencies: list[dict[str, Any]] | None) -> tuple[int, list[str]]:
    """How to end, and lines for a person."""
    if not dependencies:
        return NOT_REACHED, ["nothing was looked up"]
    lines = [
        f"{each['name']} {each['version']}: {found['id']}, mended in "
        f"{', '.join(found.get('fix_versions', [])) or 'no version yet'}"
        for each in dependencies
        for found in each.get("vulns", [])
    ]
    skipped = [each["name"] for each in dependencies if "skip_reason" in each]
    if skipped:
        lines.append(f"{len(skipped)} of {len(dependencies)} could not be looked up")
    if any("vulns" in each and each["vulns"] for each in dependencies):
        return KNOWN, lines
    if skipped:
        return NOT_REACHED, lines
    return CLEAN, [f"{len(dependencies)} looked up, nothing known"]


def main(files: list[str]) -> int:
    statuses = set()
    for locked in files:
        status, lines = judge(ask(locked))
        statuses.add(status)
        for line in lines:
            print(f"{locked}: {line}")
    if NOT_REACHED in statuses:
        print(
            "!!! NOT AUDITED: the database of known vulnerabilities was not reached.",
            file=sys.stderr,
        )
    return KNOWN if KNOWN in statuses else max(statuses, default=NOT_REACHED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
