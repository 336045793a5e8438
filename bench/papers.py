"""How long the catalogue's lists take, beside the bare questions, and what its files take.

In one process, through everything that a request passes, with nothing kept.
"""

import argparse
import json
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from bench import scratch

AIM_MS = 100
FILES = ("csv", "bib", "json", "ris")
SIZES = {"SQLite": (272, 100_000), "PostgreSQL": (272, 100_000, 1_000_000)}


def measure(
    make: scratch.Make, *, papers: int, times: int, files: Sequence[str]
) -> None:
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(make(data))
        env = scratch.environment(database, data, scratch.free_port())
        middle = scratch.python("-m", "bench.catalogue", str(papers), env=env).strip()
        counts = (str(papers), middle, str(times))
        printed = scratch.python("-m", "bench.cataloguing", *counts, *files, env=env)
        report(database.name, papers, json.loads(printed.splitlines()[-1]))


def report(name: str, papers: int, found: dict[str, Any]) -> None:
    print(f"\n{name}, {papers:,} papers: milliseconds")
    print(
        "| list | median | p99 | processor: site | database |"
        " bare: 24 keys in order | bare: count by topic |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for row in found["pages"]:
        print(
            f"| {row['page']} | {row['median']:.1f} | {row['p99']:.1f} |"
            f" {row['site']:.1f} | {row['database']:.1f} |"
            f" {row['bare_list']:.1f} | {row['bare_facet']:.1f} |"
        )
    loop = found["loop"]
    print(f"| a loop that asks nothing | {loop['median']:.1f} | {loop['p99']:.1f} |")
    reached = sum(row["p99"] < AIM_MS for row in found["pages"])
    print(f"p99 below {AIM_MS} ms: {reached} of {len(found['pages'])} lists.")
    for file in found["files"]:
        print(
            f"Export .{file['format']}: {file['bytes'] / 1e6:.1f} MB in"
            f" {file['took'] / 1000:.1f} s; memory grew by {file['grew_kb'] / 1024:.1f} MB.",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, nargs="+", help="the sizes, each a table")
    parser.add_argument("--times", type=int, default=100, help="of each list")
    parser.add_argument(
        "--files",
        nargs="*",
        choices=FILES,
        default=FILES[:2],
        help="what is exported: a million papers take minutes each",
    )
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    for name, make in scratch.databases(asked.only):
        for papers in asked.papers or SIZES[name]:
            measure(make, papers=papers, times=asked.times, files=asked.files)


if __name__ == "__main__":
    main()
