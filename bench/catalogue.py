"""Fills a catalogue of any size, for bench.papers; the database itself writes it.

Venues, topics and words are drawn unevenly, so that some are rare and some stand
everywhere. All that bench.cataloguing asks for is there from 272 papers on.
"""

import sys
from datetime import datetime, timedelta

from django.core.management import call_command
from django.utils import timezone

from bench.crowd import IS_POSTGRES, execute, insert, series, write_unchecked
from issues.models import Issue, PaperMention
from papers.models import Author, Catalogue, Paper, Topic

TOPICS, VENUES, AUTHORS = 30, 60, 20_000
ISSUES, MENTIONS = 10, 200
# Numbers without a pattern, the same on both databases.
DRAW = "((i * 7919 + {salt}) %% 104729)"
MONTH = (
    "'2022-' || right('0' || (1 + i %% 12), 2)"
    if IS_POSTGRES
    else "'2022-' || substr('0' || (1 + i %% 12), -2)"
)
AN_HOUR_AGO = (
    "now() - interval '1 hour'"
    if IS_POSTGRES
    else "strftime('%Y-%m-%d %H:%M:%S', 'now', '-1 hour')"
)


def fill(count: int) -> int:
    """That many papers, each with two authors, one or two topics, and words of its own.

    Returns: the key of the one in the middle.
    """
    write_unchecked()
    now = timezone.now()
    first = _papers(count, now)
    _authorships(count, first)
    _topics(count, first)
    _mentions(count, first, now)
    _index(count, first)
    execute("VACUUM ANALYZE" if IS_POSTGRES else "ANALYZE")
    return first + count // 2


def _papers(count: int, now: datetime) -> int:
    """Returns: the key of the first; the others follow it."""
    catalogue = Catalogue.objects.create(slug="2022", title="Papers of 2022", year=2022)
    like = Paper(catalogue=catalogue, slug="x", title="x", year=2022, publish_at=now)
    like.created_at = like.updated_at = now
    venue = drawn(VENUES + 1, 3)
    insert(
        like,
        count,
        slug="'paper-' || i",
        title="'Paper ' || i || ' on common things'",
        title_key="'paper ' || i || ' on common things'",
        sources="'{}'",
        position="i",
        venue=f"CASE WHEN {venue} > {VENUES} THEN '' ELSE 'Venue ' || {venue} END",
        award="CASE WHEN i %% 400 = 7 THEN 'Best paper' ELSE '' END",
        code_url="CASE WHEN i %% 5 < 2 THEN 'https://code.example/' || i ELSE '' END",
        is_highlight="(i %% 50 = 0)",
        takeaway="CASE WHEN i %% 50 = 0 THEN 'Look at this one.' ELSE '' END",
        first_posted=MONTH,
        abstract="'About rare' || i || ' and middling' || (i %% 500) || ' things.'",
    )
    return Paper.objects.order_by("pk").values_list("pk", flat=True)[0]


def _authorships(count: int, first: int) -> None:
    authors = min(AUTHORS, max(100, count // 5))
    rows = [
        Author(name=f"Author {n}", key=f"author {n}", slug=f"author-{n}")
        for n in range(1, authors + 1)
    ]
    base = Author.objects.bulk_create(rows, batch_size=1_000)[0].pk
    for place in (1, 2):
        execute(
            "INSERT INTO papers_authorship (paper_id, author_id, position, credited_as)"
            f" SELECT {first - 1} + i,"
            f" {base} + (i * 131 + {place - 1} * (1 + i % 97)) % {authors},"
            f" {place}, '' FROM {series(count)}"
        )


def _topics(count: int, first: int) -> None:
    rows = [Topic(slug=f"topic-{n}", name=f"Topic {n}") for n in range(1, TOPICS + 1)]
    base = Topic.objects.bulk_create(rows)[0].pk
    for salt in (11, 23):
        topic = drawn(TOPICS, salt).replace("%%", "%")
        execute(
            "INSERT INTO papers_paper_topics (paper_id, topic_id)"
            f" SELECT {first - 1} + i, {base - 1} + {topic} FROM {series(count)}"
            " WHERE true ON CONFLICT DO NOTHING"
        )


def _mentions(count: int, first: int, now: datetime) -> None:
    """Some papers stand in issues."""
    out = [
        Issue(
            slug=f"bench-{n}",
            title=f"Bench {n}",
            dek="A bench.",
            body="Words.",
            publish_at=now - timedelta(weeks=n),
        )
        for n in range(1, ISSUES + 1)
    ]
    base = Issue.objects.bulk_create(out)[0].pk
    insert(
        PaperMention(take="Look."),
        MENTIONS,
        paper_id=f"{first} + (i - 1) * {max(1, count // MENTIONS)}",
        issue_id=f"{base} + i %% {ISSUES}",
        position="i",
    )


def _index(count: int, first: int) -> None:
    """Search knows the papers, as `papers.search` would tell it of them."""
    title = "'paper ' || i || ' on common things'"
    body = "'about rare' || i || ' and middling' || (i % 500) || ' things'"
    shared = f"""'paper', CAST({first - 1} + i AS TEXT), '', '2022-01-01', {AN_HOUR_AGO},
        '/papers/2022/paper-' || i || '/', {title}, '', 'Papers of 2022', '', {body}, '',
        {AN_HOUR_AGO}"""
    columns = (
        'kind, "key", "group", dated_on, indexed_at, url, title, names, context, topics,'
        " body, keywords, publish_at"
    )
    if IS_POSTGRES:
        execute(
            f"INSERT INTO search_document ({columns}, vector) SELECT {shared},"
            f" setweight(to_tsvector('superfast_english', {title}), 'A') ||"
            f" setweight(to_tsvector('superfast_english', {body}), 'C') ||"
            f" setweight(to_tsvector('simple', {title}), 'D') FROM {series(count)}"
        )
        return
    execute(
        f"INSERT INTO search_document ({columns}) SELECT {shared} FROM {series(count)}"
    )
    execute(
        "INSERT INTO search_fts (rowid, title, names, body, begun)"
        " SELECT id, title, names, body, '' FROM search_document"
    )


def drawn(many: int, salt: int) -> str:
    """SQL for a number from 1 to `many`, small ones far more often."""
    draw = DRAW.format(salt=salt)
    return f"(1 + ({draw} * {draw} / 104729) * {many} / 104729)"


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(fill(count))


if __name__ == "__main__":
    main(int(sys.argv[1]))
