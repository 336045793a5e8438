"""Reads, applies and undoes imports for bench.imports; prints figures as JSON."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

django.setup()

from django.db import connection, transaction  # noqa: E402  # needs django.setup()

from bench import catalogue  # noqa: E402
from bench.prepare import make_quiz  # noqa: E402
from bench.searching import WEIGHTS, WORDS  # noqa: E402
from papers.importing import batches, undoing  # noqa: E402
from papers.models import Catalogue, ImportBatch, ImportRow  # noqa: E402

AUTHORS, WORDS_OF_ABSTRACT = 20_000, 130
QUIZ = 1


def bibliography(entries: int, *, corrected: bool = False) -> str:
    """BibTeX with abstracts, a kilobyte an entry; corrected, each has pages and a DOI."""
    draw = random.Random(7)  # noqa: S311  # the same file in each run
    return "\n".join(_entry(number, draw, corrected) for number in range(entries))


def _entry(number: int, draw: random.Random, corrected: bool) -> str:
    words = draw.choices(WORDS, cum_weights=WEIGHTS, k=WORDS_OF_ABSTRACT + 8)
    title, abstract = " ".join(words[:8]).title(), " ".join(words[8:])
    people = draw.sample(range(AUTHORS), k=draw.randint(1, 8))
    authors = " and ".join(
        f"{WORDS[20_000 + who].title()}, {WORDS[who % 997].title()}" for who in people
    )
    added = f"  pages = {{1--9}}, doi = {{10.1145/{number}}},\n" * corrected
    return (
        f"@inproceedings{{entry{number}, title = {{{title} {number}}},\n"
        f"  author = {{{authors}}},\n  booktitle = {{CVPR 2022}}, year = 2022,\n{added}"
        f"  eprint = {{{2201 + number % 12}.{10_000 + number}}},\n"
        f"  abstract = {{{abstract}}}}}"
    )


class Step:
    """What one step took; others guess meanwhile."""

    def __init__(self, name: str) -> None:
        self.found: dict[str, Any] = {"step": name, "statements": 0}

    def take(self, do: Callable[[], None]) -> dict[str, Any]:
        _forget_peak()
        with subprocess.Popen(
            [sys.executable, "-m", "bench.meanwhile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as player:
            assert player.stdout  # noqa: S101  # a pipe was asked for
            player.stdout.readline()  # begins
            longest = _Longest()
            began, spent = time.monotonic(), time.process_time()
            with connection.execute_wrapper(self._count), longest:
                do()
            self.found["elapsed"] = time.monotonic() - began
            self.found["processor"] = time.process_time() - spent
            self.found["held"] = longest.seconds
            answered = json.loads(player.communicate("")[0].splitlines()[-1])
        self.found |= {**answered, "memory_mb": _peak_mb()}
        print(self.found, file=sys.stderr, flush=True)
        return self.found

    def _count(self, execute: Any, *arguments: Any) -> Any:
        self.found["statements"] += 1
        return execute(*arguments)


class _Longest:
    """How long the longest transaction was open."""

    def __init__(self) -> None:
        self.seconds, self._began = 0.0, 0.0

    def __enter__(self) -> None:
        self._enter, self._exit = (
            transaction.Atomic.__enter__,
            transaction.Atomic.__exit__,
        )
        mine = self

        def enter(atomic: Any) -> None:
            is_first = not connection.in_atomic_block
            mine._enter(atomic)
            if is_first:
                mine._began = time.monotonic()

        def leave(atomic: Any, *error: Any) -> None:
            mine._exit(atomic, *error)
            if not connection.in_atomic_block:
                mine.seconds = max(mine.seconds, time.monotonic() - mine._began)

        transaction.Atomic.__enter__ = enter  # type: ignore[method-assign]
        transaction.Atomic.__exit__ = leave  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        transaction.Atomic.__enter__ = self._enter  # type: ignore[method-assign]
        transaction.Atomic.__exit__ = self._exit  # type: ignore[method-assign]


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def steps(entries: int) -> Iterator[dict[str, Any]]:
    yield from _there_and_back("new", bibliography(entries))
    _apply(_read(bibliography(entries)))
    yield from _there_and_back("changed", bibliography(entries, corrected=True))


def _there_and_back(name: str, text: str) -> Iterator[dict[str, Any]]:
    batch = _wait(text)
    yield Step(f"{name}: dry run").take(lambda: batches.read_batch(batch.pk))
    batches.start_applying(batch, by=None)
    yield Step(f"{name}: applied").take(lambda: batches.apply_batch(batch.pk))
    _expect(batch, ImportRow.Fate.APPLIED)
    yield Step(f"{name}: undone").take(lambda: undoing.undo_batch(batch=batch, by=None))
    _expect(batch, ImportRow.Fate.UNDONE)


def _wait(text: str) -> ImportBatch:
    found = Catalogue.objects.get(slug="2022")
    return batches.create_batch(
        catalogue=found, by=None, data=text.encode(), publish=True
    )


def _read(text: str) -> ImportBatch:
    batch = _wait(text)
    batches.read_batch(batch.pk)
    return batch


def _apply(batch: ImportBatch) -> None:
    batches.start_applying(batch, by=None)
    batches.apply_batch(batch.pk)


def _expect(batch: ImportBatch, fate: str) -> None:
    if others := batch.rows.exclude(fate=fate).count():
        raise SystemExit(f"{others} entries of {batch} were not {fate}.")


def main(entries: int, beside: int) -> None:
    call_command("migrate", verbosity=0)
    make_quiz(QUIZ)
    if beside:
        catalogue.fill(beside)
    else:
        Catalogue.objects.create(slug="2022", title="Papers of 2022", year=2022)
    print(json.dumps(list(steps(entries))))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
