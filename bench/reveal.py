"""How long the reveal takes once a crowd has played, in process and through the server."""

import argparse
import itertools
import json
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from bench import clients as load
from bench import scratch
from bench.scratch import Database

AIM_MS = 50
CLIENTS = (1, 2, 8)
SECONDS = 5.0
PASSES = 3


def quantile(took: list[float], share: float) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(name: str, took: list[float]) -> None:
    print(
        f"| {name} | {len(took):,} | {quantile(took, 0.5):.1f} ms "
        f"| {quantile(took, 0.99):.1f} ms | {max(took):.1f} ms |",
        flush=True,
    )


def measure(
    make: Any, *, guesses: int, biggest: int, reveals: int, stack: ExitStack
) -> None:
    data: Path = stack.enter_context(scratch.folder())
    context: AbstractContextManager[Database] = make(data)
    database = stack.enter_context(context)
    port = scratch.free_port()
    env = scratch.environment(database, data, port)
    counts = map(str, (guesses, biggest, reveals))
    made = json.loads(scratch.python("-m", "bench.crowd", *counts, env=env))
    print(
        f"\n{database.name}: {made['guesses']:,} guesses, {made['on_one']:,} of them on the "
        f"quiz shown; written in {made['loading']:.0f} s, rolled up in {made['rolling']:.1f} s"
    )
    print("| reveal | times | median | p99 | slowest |")
    print("|---|--:|--:|--:|--:|")
    show("in process, before any roll-up", made["before"])
    show("in process", made["after"])
    stack.enter_context(scratch.served("superfast.wsgi:application", port, env))
    requests = itertools.cycle(
        [load.get(made["path"], cookie) for cookie in made["cookies"]]
    )
    load.drive(port, requests, clients=8, seconds=1.0)  # both workers are warm
    for clients in CLIENTS:
        took: list[float] = []
        for _ in range(PASSES):
            run = load.drive(port, requests, clients=clients, seconds=SECONDS)
            if set(run.statuses) != {200}:
                raise SystemExit(f"Answers other than 200: {run.statuses}")
            took += [1000 * each for each in run.took]
        show(f"through the server, clients at once: {clients}", took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guesses", type=int, default=10_000_000, help="in all")
    parser.add_argument("--biggest", type=int, default=1_000_000, help="on one quiz")
    parser.add_argument("--reveals", type=int, default=2_000, help="in process")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    asked = parser.parse_args()
    print(f"Aim: under {AIM_MS} ms at the 99th percentile.", flush=True)
    for _, make in scratch.databases(asked.only):
        with ExitStack() as stack:
            measure(
                make,
                guesses=asked.guesses,
                biggest=asked.biggest,
                reveals=asked.reveals,
                stack=stack,
            )


if __name__ == "__main__":
    main()
