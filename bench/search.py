"""How long a search takes, beside the database's own full text asked without us.

Documents of words drawn by Zipf's law, so that some are rare and some stand
everywhere. `--sections 100000 --papers 1000000` is the aim's size and takes long to write.
"""

import argparse
import json
from contextlib import ExitStack
from typing import Any

from bench import scratch

AIM_MS = 100


def measure(
    make: scratch.Make, *, sections: int, papers: int, times: int
) -> list[dict[str, Any]]:
    """A row for each kind of question."""
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(make(data))
        env = scratch.environment(database, data, scratch.free_port())
        counts = map(str, (sections, papers, times))
        printed = scratch.python("-m", "bench.searching", *counts, env=env)
        rows: list[dict[str, Any]] = json.loads(printed.splitlines()[-1])
        return rows


def report(name: str, rows: list[dict[str, Any]]) -> None:
    print(f"\n{name}: milliseconds")
    print("| words | found | median | p99 | slowest | the database alone, median |")
    print("|---|--:|--:|--:|--:|--:|")
    for row in rows:
        print(
            f"| {row['words']} | {row['found']} | {row['median']:.1f} | "
            f"{row['p99']:.1f} | {row['slowest']:.1f} | {row['raw']:.1f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sections", type=int, default=100_000)
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=200, help="of each question")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    print(
        f"{asked.sections:,} sections, {asked.papers:,} papers; aim: {AIM_MS} ms at p99"
    )
    for name, make in scratch.databases(asked.only):
        rows = measure(
            make, sections=asked.sections, papers=asked.papers, times=asked.times
        )
        report(name, rows)


if __name__ == "__main__":
    main()
