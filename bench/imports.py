"""What it takes to read, apply and undo an import, and how long others wait meanwhile.

One file whose papers are all new, then one that changes every paper of the first. Each
step is done as the desk's worker does it, beside a player who guesses without end.
"""

import argparse
import json
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from bench import scratch


def measure(make: scratch.Make, *, entries: int, beside: int) -> list[dict[str, Any]]:
    """A row for each step."""
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(make(data))
        env = scratch.environment(database, data, scratch.free_port())
        counts = (str(entries), str(beside))
        printed = scratch.python("-m", "bench.importing", *counts, env=env)
        rows: list[dict[str, Any]] = json.loads(printed.splitlines()[-1])
        return rows


def report(name: str, entries: int, rows: Sequence[dict[str, Any]]) -> None:
    print(f"\n{name}, {entries:,} entries")
    print(
        "| step | elapsed, s | processor, s | statements | memory, MB |"
        " transaction, s | slowest guess, s | guesses refused |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        print(
            f"| {row['step']} | {row['elapsed']:.1f} | {row['processor']:.1f} |"
            f" {row['statements']:,} | {row['memory_mb']:.0f} | {row['held']:.1f} |"
            f" {row['guess']:.1f} | {row['refused']} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=7_000)
    parser.add_argument(
        "--beside", type=int, default=0, help="papers that are there before"
    )
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    for name, make in scratch.databases(asked.only):
        rows = measure(make, entries=asked.entries, beside=asked.beside)
        report(name, asked.entries, rows)


if __name__ == "__main__":
    main()
