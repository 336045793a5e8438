"""The figures of the readers' site in one table: speed, weight and search, with what stands beside each.

Pages beside a bare view, a large archive beside the demonstration's, search beside the
database's own full text, weights beside their limits. The aims are those of docs/performance.md.
`--archive`, `--sections 100000 --papers 1000000` measure the sizes aimed at, and take an hour.
"""

import argparse
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen

from bench import pages, scratch, search
from bench.scratch import HOST

KILO = 1_000


class Figure(NamedTuple):
    """A line of the table; `beside` is what `measured` is compared with."""

    what: str
    measured: str
    beside: str
    ratio: float
    aim: str
    is_reached: bool


def speed(make: scratch.Make, asked: argparse.Namespace) -> Iterator[Figure]:
    """Pages a second, beside the bare view or beside the same page of a small archive."""
    small: dict[str, float] = {}
    runs = pages.measure(
        make, rounds=asked.rounds, seconds=asked.seconds, archive=asked.archive
    )
    for title, cases, found in runs:
        bare = found[cases[0].name]
        for case in cases[1:]:
            rate = median(found[case.name])
            of_bare = median(pages.shares(found, case, of=cases[0]))
            if case.aim is not None:
                yield Figure(
                    f"{case.name}, of the bare view",
                    f"{rate:,.0f}/s",
                    f"{median(bare):,.0f}/s",
                    of_bare,
                    f"≥ {case.aim}",
                    of_bare >= case.aim,
                )
            elif case.name not in small:
                small[case.name] = of_bare
            else:
                kept = of_bare / small[case.name]
                yield Figure(
                    f"{case.name}: {title}",
                    f"{of_bare:.3f} of bare",
                    f"{small[case.name]:.3f} of bare",
                    kept,
                    "≥ 0.8, noise",
                    kept >= 0.8,
                )


def searches(make: scratch.Make, asked: argparse.Namespace) -> Iterator[Figure]:
    """The 99th percentile of each kind of question, beside the database alone."""
    rows = search.measure(
        make, sections=asked.sections, papers=asked.papers, times=asked.times
    )
    for row in rows:
        yield Figure(
            f"search, {row['words']}: p99",
            f"{row['p99']:.1f} ms",
            f"{row['raw']:.1f} ms",
            row["p99"] / max(row["raw"], 0.01),
            f"≤ {search.AIM_MS} ms",
            row["p99"] <= search.AIM_MS,
        )


def weights() -> Iterator[Figure]:
    """What a browser is sent for the demonstration's newest issue, in brotli."""
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(scratch.sqlite(data))
        port = scratch.free_port()
        env = scratch.environment(database, data, port)
        scratch.python("-m", "bench.archive", "prepare", env=env)
        stack.enter_context(scratch.served("superfast.wsgi:application", port, env))
        html, text = _sent(port, pages.ISSUE)
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
        scripts = re.findall(r'<script[^>]+src="([^"]+)"', text)
        faces = re.findall(r'<link rel="preload" href="([^"]+)" as="font"', text)
        css, js, fonts = (
            sum(_sent(port, path)[0] for path in found)
            for found in (styles, scripts, faces)
        )
        requests = 1 + len(styles) + len(scripts) + len(faces)
    for what, size, limit in (
        ("an issue, without fonts", html + css + js, 25),
        ("an issue, with fonts", html + css + js + fonts, 60),
        ("scripts of it", js, 10),
        ("what is read first: HTML and styles", html + css, 14),
    ):
        yield Figure(
            what,
            f"{size / KILO:.1f} KB",
            f"{limit} KB",
            size / (limit * KILO),
            f"≤ {limit} KB",
            size <= limit * KILO,
        )
    yield Figure("requests", str(requests), "6", requests / 6, "≤ 6", requests <= 6)


def _sent(port: int, path: str) -> tuple[int, str]:
    """How many bytes go over the wire in brotli, and the text, if it is one."""
    with urlopen(f"http://{HOST}:{port}{path}", timeout=60) as answer:  # ours
        text = answer.read().decode(errors="replace")
    connection = HTTPConnection(HOST, port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "br"})
    size = len(connection.getresponse().read())
    connection.close()
    return size, text


def show(title: str, figures: Iterator[Figure]) -> None:
    print(f"\n{title}")
    print("| what | measured | beside | ratio | aim | reached |")
    print("|---|--:|--:|--:|--:|---|")
    for figure in figures:
        print(
            f"| {figure.what} | {figure.measured} | {figure.beside} |"
            f" {figure.ratio:.2f} | {figure.aim} | {'yes' if figure.is_reached else 'NO'} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each round")
    parser.add_argument("--archive", action="store_true", help="also a large archive")
    parser.add_argument("--sections", type=int, default=10_000)
    parser.add_argument("--papers", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=200, help="of each search")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed (Debian: apt-get install wrk).")
    show("Weight", weights())
    for name, make in scratch.databases(asked.only):
        show(f"{name}, pages", speed(make, asked))
        title = (
            f"{name}, search in {asked.sections:,} sections and {asked.papers:,} papers"
        )
        show(title, searches(make, asked))


if __name__ == "__main__":
    main()
