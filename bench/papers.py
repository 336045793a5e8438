"""How long the catalogue's pages take, beside the bare query, and what an export takes.

In one process, through everything that a request passes, with nothing kept.
"""

import argparse
import json
from contextlib import ExitStack
from typing import Any

from bench import scratch

AIM_MS = 100


def measure(make: scratch.Make, *, papers: int, times: int) -> None:
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(make(data))
        env = scratch.environment(database, data, scratch.free_port())
        asked = ("-m", "bench.cataloguing", str(papers), str(times))
        printed = scratch.python(*asked, env=env)
        report(database.name, papers, json.loads(printed.splitlines()[-1]))


def report(name: str, papers: int, found: dict[str, Any]) -> None:
    print(
        f"\n{name}, {papers:,} papers (written in {found['filling']:.0f} s): milliseconds"
    )
    print("| page | median | p99 | processor | the bare query |")
    print("|---|--:|--:|--:|--:|")
    for row in found["pages"]:
        bare = "" if row["bare"] is None else f"{row['bare']:.1f}"
        print(
            f"| {row['page']} | {row['median']:.1f} | {row['p99']:.1f} |"
            f" {row['cpu']:.1f} | {bare} |",
            flush=True,
        )
    for file in found["files"]:
        print(
            f"Export .{file['format']}: {file['bytes'] / 1e6:.1f} MB in"
            f" {file['took'] / 1000:.1f} s; memory grew by {file['grew_kb'] / 1024:.1f} MB."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=100, help="of each page")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    print(f"{asked.papers:,} papers; aim: {AIM_MS} ms at p99")
    for _, make in scratch.databases(asked.only):
        measure(make, papers=asked.papers, times=asked.times)


if __name__ == "__main__":
    main()
