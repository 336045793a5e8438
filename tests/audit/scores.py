"""Lighthouse for five kinds of page: `scores.py ADDRESS`.

Accessibility, best practices and search must be 100; bytes, requests and layout shift
must be within their limits. The performance score swings with the machine: it is the
best of three, printed, and fails nothing.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.audit.pages import FIVE
from tests.browser.conftest import FLAGS, find_browser

LIGHTHOUSE = Path(__file__).parent / "node_modules/lighthouse/cli/index.js"
MUST_BE_100 = ("accessibility", "best-practices", "seo")
# A page is asked for as often for its performance, and again where no answer came.
RUNS = int(os.environ.get("AUDIT_RUNS", "3"))
TRIES = 3
# Kilobytes with pictures, requests, and the share of the screen that moves.
MAX_KB, MAX_REQUESTS, MAX_SHIFT = 200, 16, 0.02


class NoReportError(Exception):
    """Lighthouse ended without a report of the page."""


def ask(address: str, *categories: str) -> dict[str, Any]:
    """Lighthouse's report; on a busy machine it misses a page's start now and then."""
    for _ in range(TRIES - 1):
        try:
            return ask_once(address, *categories)
        except (subprocess.SubprocessError, NoReportError) as error:
            print(f"{address} once more: {error}", file=sys.stderr)
    return ask_once(address, *categories)


def ask_once(address: str, *categories: str) -> dict[str, Any]:
    """The report, as a phone sees the page. Raises: SubprocessError, NoReportError."""
    flags = " ".join(("--headless=new", *FLAGS))
    done = subprocess.run(
        [
            *("node", str(LIGHTHOUSE), address, "--quiet", "--output=json"),
            f"--only-categories={','.join(categories)}",
            f"--chrome-flags={flags}",
        ],
        env={**os.environ, "CHROME_PATH": find_browser() or ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    if error := report.get("runtimeError"):
        raise NoReportError(error["message"])
    return report


def score(report: dict[str, Any], category: str) -> int:
    return round(100 * (report["categories"][category]["score"] or 0))


def weight(report: dict[str, Any]) -> tuple[float, int, float]:
    """Kilobytes on the wire, requests, layout shift."""
    items = report["audits"]["network-requests"]["details"]["items"]
    shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
    return sum(item["transferSize"] for item in items) / 1000, len(items), shift


def complaints(report: dict[str, Any], category: str) -> list[str]:
    """What cost the category its points."""
    audits = report["audits"]
    parts = report["categories"][category]["auditRefs"]
    lost = [audits[x["id"]] for x in parts if x["weight"]]
    return [x["title"] for x in lost if x["score"] is not None and x["score"] < 1]


def main(origin: str) -> int:
    wrong: list[str] = []
    print("| page | performance | accessibility | practices | search | KB | requests | shift |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for kind, path in FIVE.items():
        first = ask(f"{origin}{path}", "performance", *MUST_BE_100)
        runs = [first] + [
            ask(f"{origin}{path}", "performance") for _ in range(RUNS - 1)
        ]
        best = max(score(run, "performance") for run in runs)
        scores = [score(first, name) for name in MUST_BE_100]
        size, requests, shift = weight(first)
        print(
            f"| {kind} | {best} | {' | '.join(map(str, scores))} "
            f"| {size:.0f} | {requests} | {shift:.3f} |",
            flush=True,
        )
        for name, reached in zip(MUST_BE_100, scores, strict=True):
            if reached < 100:
                wrong += [f"{kind}: {name}: {x}" for x in complaints(first, name)]
        if size > MAX_KB or requests > MAX_REQUESTS or shift > MAX_SHIFT:
            wrong.append(f"{kind}: {size:.0f} KB, {requests} requests, shift {shift}")
    print("\n".join(wrong) or "All within their limits.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
