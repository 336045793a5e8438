"""Sustained guesses a second: the site, a bare Django view, and the database alone.

All three in one run, taking turns, so that what the machine does beside it hits
all alike; the ratios say more than the figures.
"""

import argparse
import itertools
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import clients as load
from bench import inserts, scratch
from bench.scratch import Database

CLIENTS = (1, 8, 32)
KINDS = ("inserts", "bare", "site")
MAX_SECONDS = 10.0
AIM = 0.8


@dataclass(slots=True)
class Cell:
    """The rounds of one kind with one number of clients."""

    rates: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)


Cells = dict[tuple[str, int], Cell]


class Stand:
    """Both servers over one database, and what is needed to send guesses to them."""

    def __init__(self, database: Database, data: Path, count: int) -> None:
        self.database = database
        self.ports = {"site": scratch.free_port(), "bare": scratch.free_port()}
        self.pids: dict[str, int] = {}
        self.env = scratch.environment(database, data, self.ports["site"])
        self.made: dict[str, Any] = json.loads(
            scratch.python("-m", "bench.prepare", str(count), env=self.env)
        )
        self.requests = {"site": self._site_requests(), "bare": self._bare_requests()}

    def serve(self, stack: ExitStack) -> None:
        applications = {
            "site": "superfast.wsgi:application",
            "bare": "bench.bare:application",
        }
        for kind, application in applications.items():
            env = {**self.env, "BENCH_QUIZ": str(self.made["quiz"])}
            server = scratch.served(application, self.ports[kind], env)
            self.pids[kind] = stack.enter_context(server)

    def _site_requests(self) -> Iterator[bytes]:
        for number, body in enumerate(self.made["bodies"]):
            yield load.post(self.made["path"], body.encode(), number=number)

    def _bare_requests(self) -> Iterator[bytes]:
        # As long as the site's own.
        token = self.made["bodies"][0]
        for headline in itertools.cycle(self.made["headlines"]):
            body = urlencode({"headline": headline, "token": token})
            yield load.post("/guess/", body.encode())

    def measure(self, kind: str, *, clients: int, seconds: float, cell: Cell) -> None:
        if kind == "inserts":
            rows = self.made["player"], self.made["guess"]
            cell.rates.append(
                inserts.measure(self.database, *rows, clients=clients, seconds=seconds)
            )
            return
        before = self.stored()
        spent = scratch.processor_seconds(self.pids[kind])
        run = load.drive(
            self.ports[kind], self.requests[kind], clients=clients, seconds=seconds
        )
        spent = scratch.processor_seconds(self.pids[kind]) - spent
        if set(run.statuses) != {303}:
            raise SystemExit(f"Answers other than 303: {run.statuses}")
        if self.stored() - before != run.statuses[303]:
            raise SystemExit("Not every guess was stored once and counted.")
        cell.rates.append(run.rate)
        cell.slowest.append(run.quantile(0.99))
        cell.costs.append(1000 * spent / len(run.took))

    def stored(self) -> int:
        question = "SELECT count(*) FROM quiz_guess WHERE counted"
        if self.database.is_postgres:
            with psycopg.connect(self.database.url) as connection:
                return int(connection.execute(question).fetchone()[0])  # type: ignore[index]
        with inserts.connect(self.database) as connection:
            return int(connection.execute(question).fetchone()[0])


def measure(make: scratch.Make, *, rounds: int, seconds: float, count: int) -> Cells:
    """Every kind with every number of clients, in turns."""
    cells: Cells = {(kind, n): Cell() for n in CLIENTS for kind in KINDS}
    with ExitStack() as stack:
        data = stack.enter_context(scratch.folder())
        database = stack.enter_context(make(data))
        stand = Stand(database, data, count)
        stand.serve(stack)
        for kind in ("site", "bare"):  # both have read their code and connected
            stand.measure(kind, clients=32, seconds=1.0, cell=Cell())
        for number in range(rounds):
            for n in CLIENTS:
                kinds = KINDS if number % 2 == 0 else KINDS[::-1]
                for kind in kinds:
                    stand.measure(kind, clients=n, seconds=seconds, cell=cells[kind, n])
        report(database.name, cells)
    return cells


HEAD = (
    "clients",
    "INSERT alone",
    "bare view",
    "the site",
    "site / INSERT",
    "site / bare view",
    "p99 bare",
    "p99 site",
    "CPU bare",
    "CPU site",
)


def report(name: str, cells: Cells) -> None:
    print(f"\n{name}: guesses a second; CPU is the server's own, a guess")
    print(f"| {' | '.join(HEAD)} |")
    print(f"|{'--:|' * len(HEAD)}")
    for n in CLIENTS:
        alone, bare, site = (cells[kind, n] for kind in KINDS)
        pairs = [a / b for a, b in zip(site.rates, bare.rates, strict=True)]
        row = (
            f"{n}",
            f"{alone.rate:,.0f}",
            f"{bare.rate:,.0f}",
            f"{site.rate:,.0f}",
            f"{site.rate / alone.rate:.2f}",
            f"{median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})",
            f"{median(bare.slowest):.0f} ms",
            f"{median(site.slowest):.0f} ms",
            f"{median(bare.costs):.2f} ms",
            f"{median(site.costs):.2f} ms",
        )
        print(f"| {' | '.join(row)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.5, help="of each round")
    parser.add_argument(
        "--guesses", type=int, default=60_000, help="at most, a database"
    )
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    seconds = min(asked.seconds, MAX_SECONDS)
    makes = scratch.databases(asked.only)
    print(
        f"{asked.rounds} rounds of {seconds} s, {os.cpu_count()} processors", flush=True
    )
    print(f"Aim: the site takes {AIM} of what the bare view takes.")
    for _, make in makes:
        measure(make, rounds=asked.rounds, seconds=seconds, count=asked.guesses)


if __name__ == "__main__":
    main()
