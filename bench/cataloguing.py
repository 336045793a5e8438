"""Fills the catalogue of bench.papers and asks for its pages; prints the figures as JSON.

Papers, authorships, topics and what search knows are written by the database itself.
Venues, topics and words are drawn unevenly, so that some are rare and some stand everywhere.
"""

import io
import json
import resource
import sys
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

import django
from django.core.management import call_command

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  # needs django.setup()
from django.utils import timezone  # noqa: E402

from bench.crowd import IS_POSTGRES, execute, insert, series, write_unchecked  # noqa: E402
from papers.models import Author, Catalogue, Paper, Topic  # noqa: E402

TOPICS, VENUES, AUTHORS = 30, 60, 20_000
# Numbers without a pattern, the same on both databases.
DRAW = "((i * 7919 + {salt}) %% 104729)"
ADDRESSES = {
    "first page": "",
    "a common topic": "topic=topic-1",
    "a rare topic": "topic=topic-30",
    "a venue": "venue=Venue+7",
    "an author": "author=author-77",
    "code": "code=1",
    "highlights": "highlight=1",
    "an award": "award=Best+paper",
    "topic, venue and code": "topic=topic-2&venue=Venue+3&code=1",
    "award, venue and topic": "award=Best+paper&venue=Venue+1&topic=topic-1",
    "newest": "sort=newest",
    "by title": "sort=title",
    "by venue": "sort=venue",
    "a topic by title": "topic=topic-1&sort=title",
    "page 50": "page=50",
    "a rare word": "q=rare77",
    "a common word": "q=common",
    "a common word with code": "q=common&code=1",
    "two words": "q=common+middling3",
    "nothing found": "q=rare77&venue=Venue+3&code=1",
}


def drawn(many: int, salt: int) -> str:
    """SQL for a number from 1 to `many`, small ones far more often."""
    draw = DRAW.format(salt=salt)
    return f"(1 + ({draw} * {draw} / 104729) * {many} / 104729)"


def fill(count: int) -> None:
    """That many papers, each with two authors, one or two topics, and words of its own."""
    now = timezone.now()
    write_unchecked()
    catalogue = Catalogue.objects.create(slug="2022", title="Papers of 2022", year=2022)
    Topic.objects.bulk_create(
        Topic(slug=f"topic-{n}", name=f"Topic {n}") for n in range(1, TOPICS + 1)
    )
    Author.objects.bulk_create(
        [
            Author(name=f"Author {n}", key=f"author {n}", slug=f"author-{n}")
            for n in range(1, AUTHORS + 1)
        ],
        batch_size=1_000,
    )
    first = Paper(catalogue=catalogue, slug="x", title="x", year=2022, publish_at=now)
    first.created_at = first.updated_at = now
    venue = drawn(VENUES + 1, 3)
    insert(
        first,
        count,
        slug="'paper-' || i",
        title="'Paper ' || i || ' on common things'",
        title_key="'paper ' || i || ' on common things'",
        sources="'{}'",
        position="i",
        venue=f"CASE WHEN {venue} > {VENUES} THEN '' ELSE 'Venue ' || {venue} END",
        award="CASE WHEN i %% 400 = 0 THEN 'Best paper' ELSE '' END",
        code_url="CASE WHEN i %% 5 < 2 THEN 'https://code.example/' || i ELSE '' END",
        is_highlight=f"{_true('i %% 50 = 0')}",
        takeaway="CASE WHEN i %% 50 = 0 THEN 'Look at this one.' ELSE '' END",
        first_posted="'2022-' || substr('0' || (1 + i %% 12), -2)"
        if not IS_POSTGRES
        else "'2022-' || right('0' || (1 + i %% 12), 2)",
        abstract="'About rare' || i || ' and middling' || (i %% 500) || ' things.'",
    )
    base = Paper.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
    author = Author.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
    topic = Topic.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
    for place in (1, 2):
        execute(
            "INSERT INTO papers_authorship (paper_id, author_id, position, credited_as)"
            f" SELECT {base} + i, {author} + 1 + (i * 131 + {place - 1} * (1 + i % 97)) % {AUTHORS},"
            f" {place}, '' FROM {series(count)}"
        )
    for salt in (11, 23):
        execute(
            "INSERT INTO papers_paper_topics (paper_id, topic_id)"
            f" SELECT {base} + i, {topic} + {drawn(TOPICS, salt).replace('%%', '%')} FROM {series(count)}"
            " WHERE true ON CONFLICT DO NOTHING"
        )
    index(count, base)
    execute("VACUUM ANALYZE" if IS_POSTGRES else "ANALYZE")


def index(count: int, base: int) -> None:
    """Search knows the papers, as `papers.search` would tell it of them."""
    title = "'paper ' || i || ' on common things'"
    body = "'about rare' || i || ' and middling' || (i % 500) || ' things'"
    shared = f"""'paper', CAST({base} + i AS TEXT), '', '2022-01-01', {_moment()},
        '/papers/2022/paper-' || i || '/', {title}, '', 'Papers of 2022', '', {body}, '',
        {_moment()}"""
    columns = (
        'kind, "key", "group", dated_on, indexed_at, url, title, names, context, topics,'
        " body, keywords, publish_at"
    )
    if IS_POSTGRES:
        english, simple = "superfast_english", "simple"
        execute(
            f"INSERT INTO search_document ({columns}, vector) SELECT {shared},"
            f" setweight(to_tsvector('{english}', {title}), 'A') ||"
            f" setweight(to_tsvector('{english}', {body}), 'C') ||"
            f" setweight(to_tsvector('{simple}', {title}), 'D') FROM {series(count)}"
        )
        return
    execute(
        f"INSERT INTO search_document ({columns}) SELECT {shared} FROM {series(count)}"
    )
    execute(
        "INSERT INTO search_fts (rowid, title, names, body, begun)"
        " SELECT id, title, names, body, '' FROM search_document"
    )


def _moment() -> str:
    if IS_POSTGRES:
        return "now() - interval '1 hour'"
    return "strftime('%Y-%m-%d %H:%M:%S', 'now', '-1 hour')"


def ask(handler: WSGIHandler, path: str, query: str) -> tuple[float, float, int]:
    """Milliseconds to the last byte and of processor time, and how many bytes."""
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
    start, used = time.perf_counter(), time.process_time()
    response = handler(environ, lambda code, *_: status.append(code))  # type: ignore[arg-type]
    size = sum(map(len, response))
    took = 1000 * (time.perf_counter() - start)
    spent = 1000 * (time.process_time() - used)
    response.close()
    if not status[0].startswith("200"):
        raise SystemExit(f"{path}?{query} answers {status[0]}.")
    return took, spent, size


def bare(query: str) -> Callable[[], Any]:
    """What the database needs for 24 rows and an exact count of the simplest filters."""
    papers = Paper.objects.filter(catalogue__slug="2022")
    if query == "code=1":
        papers = papers.exclude(code_url="")
    elif query == "venue=Venue+7":
        papers = papers.filter(venue="Venue 7")
    elif query == "topic=topic-1":
        papers = papers.filter(topics__slug="topic-1")
    elif query:
        return lambda: None
    rows = papers.order_by("-is_highlight", "position", "pk").values_list("pk")
    return lambda: (list(rows[:24]), papers.count())


def measure(times: int) -> list[dict[str, Any]]:
    handler = WSGIHandler()
    rows = []
    for name, query in ADDRESSES.items():
        ask(handler, "/papers/2022/", query)
        asked = [ask(handler, "/papers/2022/", query) for _ in range(times)]
        spent = [took for took, _, _ in asked]
        alone = []
        for _ in range(5):
            start = time.perf_counter()
            bare(query)()
            alone.append(1000 * (time.perf_counter() - start))
        rows.append(
            {
                "page": name,
                "median": median(spent),
                "p99": quantiles(spent, n=100)[98],
                "cpu": median(used for _, used, _ in asked),
                "bare": median(alone) if median(alone) > 0.05 else None,
            }
        )
    return rows


def export(suffix: str) -> dict[str, Any]:
    """A file of every paper, and what memory it takes beyond the process's own."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took, _, size = ask(WSGIHandler(), f"/papers/2022/export.{suffix}", "")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"format": suffix, "took": took, "bytes": size, "grew_kb": peak}


def main(count: int, times: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    began = time.monotonic()
    fill(count)
    filling = time.monotonic() - began
    rows = measure(times)
    files = [export(suffix) for suffix in ("csv", "bib")]
    print(json.dumps({"filling": filling, "pages": rows, "files": files}))


def _true(condition: str) -> str:
    return (
        f"({condition})"
        if IS_POSTGRES
        else f"(CASE WHEN {condition} THEN 1 ELSE 0 END)"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
