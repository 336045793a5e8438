"""Pages a second: from the cache, without it, and as 304, beside a bare Django view.

All by the same processes in one run, taking turns: the ratios say more than the
figures. With `--archive` the same pages once more, of 10,000 issues and a million papers.
"""

import argparse
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen

from bench import scratch
from bench.scratch import HOST

ISSUE = "/issues/2023-01-11/"
GROWING = (ISSUE, "/", "/issues/", "/papers/2022/")
CONNECTIONS = 8
ISSUES, PAPERS = 10_000, 1_000_000

_RATE = re.compile(r"Requests/sec:\s+([0-9.]+)")
_ERRORS = re.compile(r"Non-2xx or 3xx responses: \d+|Socket errors: .*")


class Case(NamedTuple):
    """What is asked for, and the share of the bare view's rate that it should reach."""

    name: str
    path: str
    headers: tuple[str, ...] = ()
    aim: float | None = None


def ask(port: int, case: Case, seconds: int) -> float:
    """Answers a second."""
    headers = [part for header in case.headers for part in ("-H", header)]
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"),
            *headers,
            f"http://{HOST}:{port}{case.path}",
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    if wrong := _ERRORS.search(done.stdout):
        raise SystemExit(f"{case.path}: {wrong[0]}")
    rate = _RATE.search(done.stdout)
    if rate is None:
        raise SystemExit(done.stdout)
    return float(rate[1])


def rates(
    port: int, cases: list[Case], *, rounds: int, seconds: int
) -> dict[str, list[float]]:
    """Each case in each round, in an order that changes."""
    for case in cases:
        ask(port, case, 1)
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for number in range(rounds):
        for case in cases if number % 2 == 0 else cases[::-1]:
            found[case.name].append(ask(port, case, seconds))
    return found


def shares(found: dict[str, list[float]], case: Case, of: Case) -> list[float]:
    """Each round's rate as a share of what another case reached in that round."""
    return [a / b for a, b in zip(found[case.name], found[of.name], strict=True)]


def report(title: str, cases: list[Case], found: dict[str, list[float]]) -> None:
    print(f"\n{title}")
    print("| page | a second | of the bare view | aim |")
    print("|---|--:|--:|--:|")
    for case in cases:
        pairs = shares(found, case, of=cases[0])
        ratio = f"{median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})"
        aim = "" if case.aim is None else f"{case.aim:.1f}"
        print(f"| {case.name} | {median(found[case.name]):,.0f} | {ratio} | {aim} |")


def page_cases(port: int) -> list[Case]:
    with urlopen(f"http://{HOST}:{port}{ISSUE}", timeout=60) as answer:  # ours
        etag = answer.headers["ETag"]
    brotli = ("Accept-Encoding: br",)
    return [
        Case("bare view, 30 KB", "/bare/"),
        Case("issue, kept", ISSUE, aim=0.8),
        Case("issue, kept, brotli", ISSUE, brotli, aim=0.8),
        Case("issue, 304", ISSUE, (f"If-None-Match: {etag}",), aim=1.0),
        Case("issue, not kept", f"/cold{ISSUE}", aim=0.1),
        Case("front page, kept", "/", aim=0.8),
    ]


def archive_cases(_port: int) -> list[Case]:
    bare = Case("bare view, 30 KB", "/bare/")
    return [bare, *(Case(f"{path}, not kept", f"/cold{path}") for path in GROWING)]


Run = tuple[str, list[Case], dict[str, list[float]]]


def measure(
    make: scratch.Make, *, rounds: int, seconds: int, archive: bool
) -> Iterator[Run]:
    """What was asked, in which archive, and each case's rounds."""
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(make(data))
        port = scratch.free_port()
        env = {
            **scratch.environment(database, data, port),
            "DJANGO_SETTINGS_MODULE": "bench.pages_settings",
        }
        scratch.python("-m", "bench.archive", "prepare", env=env)

        def run(title: str, cases: Callable[[int], list[Case]]) -> Run:
            # Each with a server of its own: SQLite reads what it knows of its tables
            # when a connection is opened.
            with scratch.served("bench.pages_app:application", port, env):
                asked = cases(port)
                return title, asked, rates(port, asked, rounds=rounds, seconds=seconds)

        yield run("the demonstration's nine issues", page_cases)
        if archive:
            yield run("the demonstration's nine issues", archive_cases)
            scratch.python("-m", "bench.archive", "fill", env=env)
            yield run(f"{ISSUES:,} issues and {PAPERS:,} papers", archive_cases)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each round")
    parser.add_argument("--archive", action="store_true", help="also a large archive")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed (Debian: apt-get install wrk).")
    print(f"{asked.rounds} rounds of {asked.seconds} s, {os.cpu_count()} processors")
    for name, make in scratch.databases(asked.only):
        runs = measure(
            make, rounds=asked.rounds, seconds=asked.seconds, archive=asked.archive
        )
        for title, cases, found in runs:
            report(f"{name}, {title}", cases, found)


if __name__ == "__main__":
    main()
