"""Fills the index of bench.search and asks it; prints the figures as JSON."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import accumulate
from statistics import median, quantiles
from typing import Any

import django
from django.core.management import call_command

django.setup()

from django.db import connection  # noqa: E402  # needs django.setup()

from bench.crowd import IS_POSTGRES, execute  # noqa: E402
from superfast.search import index  # noqa: E402
from superfast.search.documents import DocumentData, Kind  # noqa: E402
from superfast.search.find import find  # noqa: E402
from superfast.search.spelling import learn  # noqa: E402

VOCABULARY = 50_000
OUT = datetime(2023, 1, 1, tzinfo=UTC)
DATED = date(2022, 1, 1)
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


def batched(words: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(words), size):
        yield words[start : start + size]


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
            dated_on=DATED,
        )


def copy(kind: Kind, found: Iterable[DocumentData]) -> None:
    """As `index.put`, in a tenth of its time: PostgreSQL takes the rows in one stream.

    Their lexemes are computed by one statement, the words of their titles learnt at the end.
    """
    words: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE drawn (key text, url text, title text, body text)"
        )
        with cursor.copy("COPY drawn FROM STDIN") as rows:
            for data in found:
                rows.write_row((data.key, data.url, data.title, data.body))
                words.update(data.title.split())
        cursor.execute(
            'INSERT INTO search_document (kind, publish_at, dated_on, indexed_at, "group",'
            " names, context, topics, keywords, key, url, title, body, vector)"
            " SELECT %s, %s, %s, now(), '', '', '', '', '', key, url, title, body,"
            " setweight(to_tsvector('superfast_english', title), 'A') ||"
            " setweight(to_tsvector('superfast_english', body), 'C') ||"
            " setweight(to_tsvector('simple', title), 'D') FROM drawn",
            [kind.value, OUT, DATED],
        )
        cursor.execute("DROP TABLE drawn")
    for some in batched(sorted(words), 500):
        learn([DocumentData(kind=kind, key="", url="", title=" ".join(some))])


def fill(sections: int, papers: int) -> None:
    """The index holds that many documents."""
    put = copy if IS_POSTGRES else lambda _, found: index.put(found)
    if IS_POSTGRES:
        execute("SET maintenance_work_mem = '512MB'")
        execute("DROP INDEX search_document_vector")
    put(Kind.SECTION, documents(Kind.SECTION, sections, 60))
    put(Kind.PAPER, documents(Kind.PAPER, papers, 25))
    if IS_POSTGRES:
        execute(
            "CREATE INDEX search_document_vector ON search_document USING gin (vector)"
        )
    execute("VACUUM ANALYZE" if IS_POSTGRES else "ANALYZE")


def alone(text: str) -> None:
    """The database's full text, asked for twenty without a count, dates or marks."""
    words = text.replace('"', "").split()
    with connection.cursor() as cursor:
        if IS_POSTGRES:
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
    fill(sections, papers)
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
