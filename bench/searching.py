"""Fills the index of bench.search and asks it; prints the figures as JSON."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import accumulate
from statistics import median, quantiles
from typing import Any

import django
from django.core.management import call_command

django.setup()

from django.db import connection  # noqa: E402  # needs django.setup()

from superfast.search import index  # noqa: E402
from superfast.search.documents import DocumentData, Kind  # noqa: E402
from superfast.search.find import find  # noqa: E402

VOCABULARY = 50_000
OUT = datetime(2023, 1, 1, tzinfo=UTC)
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te")


def word(number: int) -> str:
    """A word of its own for each number."""
    letters = ""
    while True:
        number, rest = divmod(number, len(SYLLABLES))
        letters += SYLLABLES[rest]
        if not number:
            return f"{letters}x"


WORDS = [word(number) for number in range(VOCABULARY)]
# Summed once: added up for each text, a million of them took an hour.
WEIGHTS = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
COMMON, MIDDLING, RARE = WORDS[0], WORDS[400], WORDS[VOCABULARY - 10]
QUESTIONS = {
    "one rare": RARE,
    "one common": COMMON,
    "two ordinary": f"{WORDS[300]} {MIDDLING}",
    "common and rare": f"{COMMON} {RARE}",
    "a phrase of common words": f'"{WORDS[0]} {WORDS[1]}"',
    "a beginning": COMMON[:3],
    "mistyped": f"{RARE[:4]}q{RARE[4:]}",
}


def documents(kind: Kind, count: int, length: int) -> Iterator[DocumentData]:
    draw = random.Random(kind.value)  # noqa: S311  # the same words in each run
    for number in range(count):
        words = draw.choices(WORDS, cum_weights=WEIGHTS, k=length + 8)
        yield DocumentData(
            kind=kind,
            key=f"{kind}-{number}",
            title=" ".join(words[:8]),
            url=f"/{kind}/{number}/",
            body=" ".join(words[8:]),
            publish_at=OUT,
            dated_on=date(2022, 1, 1),
        )


def alone(text: str) -> None:
    """The database's full text, asked for twenty without a count, dates or marks."""
    words = text.replace('"', "").split()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT id FROM search_document WHERE vector @@"
                " plainto_tsquery('superfast_english', %s) LIMIT 20",
                [" ".join(words)],
            )
        else:
            cursor.execute(
                "SELECT rowid FROM search_fts WHERE search_fts MATCH %s LIMIT 20",
                [" AND ".join(f'"{one}"' for one in words)],
            )
        cursor.fetchall()


def took(ask: Callable[[str], Any], text: str, times: int) -> list[float]:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        ask(text)
        found.append(1000 * (time.perf_counter() - began))
    return found


def main(sections: int, papers: int, times: int) -> None:
    call_command("migrate", verbosity=0)
    for kind, count, length in (
        (Kind.SECTION, sections, 60),
        (Kind.PAPER, papers, 25),
    ):
        index.put(documents(kind, count, length))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = []
    for words, text in QUESTIONS.items():
        find(text)
        spent = took(find, text, times)
        rows.append(
            {
                "words": words,
                "found": find(text).total_label,
                "median": median(spent),
                "p99": quantiles(spent, n=100)[98],
                "slowest": max(spent),
                "raw": median(took(alone, text, times)),
            }
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
