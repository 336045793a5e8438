"""Asks for the lists and files of the catalogue of bench.papers; prints figures as JSON.

In a process of its own: filling has had more memory than an export may take.
"""

import io
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import django

django.setup()

from django.db import connection  # noqa: E402  # needs django.setup()
from django.db.models import Count, Q  # noqa: E402
from django.db.models.expressions import RawSQL  # noqa: E402
from django.http import QueryDict  # noqa: E402

from bench.crowd import IS_POSTGRES  # noqa: E402
from papers.listing import MAX_PAGES, PER_PAGE  # noqa: E402
from papers.models import Paper, PaperQuerySet  # noqa: E402
from superfast.wsgi import site  # noqa: E402

LIST = "/papers/2022/"
ADDRESSES = {
    "first page": "",
    "a common topic": "topic=topic-1",
    "a rare topic": "topic=topic-30",
    "a venue": "venue=Venue+7",
    "an author": "author=author-77",
    "a month": "posted=2022-05",
    "code": "code=1",
    "highlights": "highlight=1",
    "an award": "award=Best+paper",
    "in an issue": "mentioned=1",
    "topic, venue and code": "topic=topic-2&venue=Venue+3&code=1",
    "award, venue and topic": "award=Best+paper&venue=Venue+1&topic=topic-1",
    "newest": "sort=newest",
    "by title": "sort=title",
    "by venue": "sort=venue",
    "a topic by title": "topic=topic-1&sort=title",
    "last numbered page": "page={page}",
    "from the middle on": "after={middle}",
    "a rare word": "q=rare77",
    "a common word": "q=common",
    "a common word with code": "q=common&code=1",
    "two words": "q=common+middling3",
    "nothing found": "q=rare77&venue=Venue+3&code=1",
}
BARE_TIMES = 3
STEPS = 100_000


class Answer(NamedTuple):
    """Milliseconds to the last byte, and of the processors: this process, the database's."""

    took: float
    site: float
    database: float
    size: int


def ask(path: str, query: str) -> Answer:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    status = []
    start, used, theirs = time.perf_counter(), time.process_time(), database_spent()
    response = site(environ, lambda code, *_: status.append(code))  # type: ignore[arg-type]
    size = sum(map(len, response))
    took = 1000 * (time.perf_counter() - start)
    spent = 1000 * (time.process_time() - used)
    response.close()
    if not status[0].startswith("200"):
        raise SystemExit(f"{path}?{query} answers {status[0]}.")
    return Answer(took, spent, database_spent() - theirs, size)


def database_spent() -> float:
    """What PostgreSQL's process for us has had of the processors, in milliseconds.

    0.0 where Linux does not tell it, and on SQLite, which is in this process.
    """
    if not IS_POSTGRES or connection.connection is None:
        return 0.0
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e6 if told.exists() else 0.0


def bare(query: str) -> PaperQuerySet:
    """The same papers by the plainest question: nothing bounded, dates not asked."""
    papers = Paper.objects.filter(catalogue__slug="2022")
    conditions = {
        "topic": "topics__slug",
        "venue": "venue",
        "award": "award",
        "author": "authorships__author__slug",
        "posted": "first_posted__startswith",
    }
    asked = QueryDict(query).dict()
    for name, value in asked.items():
        if name in conditions:
            papers = papers.filter(Q((conditions[name], value)))
    if "q" in asked:
        papers = papers.filter(pk__in=_having(str(asked["q"])))
    if "code" in asked:
        papers = papers.exclude(code_url="")
    if "highlight" in asked:
        papers = papers.filter(is_highlight=True)
    if "mentioned" in asked:
        papers = papers.filter(mentions__isnull=False)
    orders = {"newest": "-first_posted", "title": "title_key", "venue": "venue"}
    order = orders.get(str(asked.get("sort", "")), "-is_highlight")
    return papers.order_by(order, "position", "pk")


def _having(words: str) -> RawSQL:
    """The keys of the papers in which these words stand, by the database's full text."""
    if IS_POSTGRES:
        return RawSQL(
            'SELECT CAST("key" AS BIGINT) FROM search_document'
            " WHERE vector @@ plainto_tsquery('superfast_english', %s)",
            [words],
        )
    return RawSQL(
        'SELECT CAST("key" AS BIGINT) FROM search_document'
        " WHERE id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH %s)",
        [words],
    )


def took(question: Callable[[], Any]) -> float:
    """The median of some times, in milliseconds."""
    spent = []
    for _ in range(BARE_TIMES):
        start = time.perf_counter()
        question()
        spent.append(1000 * (time.perf_counter() - start))
    return median(spent)


def spin(steps: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds of a loop that asks nothing: the machine alone, beside the lists."""
    start = clock()
    for _ in range(steps):
        pass
    return 1000 * (clock() - start)


def measure(
    times: int, addresses: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The lists in turns, so that whatever else the machine does hits all alike.

    Between them a loop of always the same steps, as long as a list.
    """
    asked: dict[str, list[Answer]] = {name: [] for name in addresses}
    steps, loops = 0, []
    for turn in range(times + 1):
        for name, query in addresses.items():
            answer = ask(LIST, query)
            if turn:  # the first warms up
                asked[name].append(answer)
        if not turn:
            lists = [ask(LIST, query) for query in addresses.values()]
            spent_on_one = median(answer.site + answer.database for answer in lists)
            a_loop = median(spin(STEPS, time.process_time) for _ in range(9))
            steps = round(STEPS * spent_on_one / a_loop)
        else:
            loops.append(spin(steps))
    rows = []
    for name, query in addresses.items():
        spent = [answer.took for answer in asked[name]]
        papers = bare(query)
        by_topic = papers.order_by().values("topics").annotate(n=Count("pk"))
        rows.append(
            {
                "page": name,
                "median": median(spent),
                "p99": p99(spent),
                "site": median(answer.site for answer in asked[name]),
                "database": median(answer.database for answer in asked[name]),
                "bare_list": took(lambda p=papers: list(p.values_list("pk")[:24])),  # type: ignore[misc]
                "bare_facet": took(lambda p=by_topic: list(p.all())),  # type: ignore[misc]
            }
        )
    return rows, {"median": median(loops), "p99": p99(loops)}


def p99(spent: list[float]) -> float:
    return quantiles(spent, n=100)[98]


def export(suffix: str) -> dict[str, Any]:
    """A file of every paper, and what memory it takes beyond that of a small one."""
    path = f"{LIST}export.{suffix}"
    ask(path, ADDRESSES["an author"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = ask(path, "")
    grew = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "format": suffix,
        "took": answer.took,
        "bytes": answer.size,
        "grew_kb": grew,
    }


def main(count: int, middle: int, times: int, suffixes: Sequence[str]) -> None:
    page = min(MAX_PAGES, -(-count // PER_PAGE))
    addresses = {
        name: query.format(page=page, middle=middle)
        for name, query in ADDRESSES.items()
    }
    rows, loop = measure(times, addresses)
    files = [export(suffix) for suffix in suffixes]
    print(json.dumps({"pages": rows, "loop": loop, "files": files}))


if __name__ == "__main__":
    count, middle, times = map(int, sys.argv[1:4])
    main(count, middle, times, sys.argv[4:])
