"""Prepares the site of bench.pages, and fills it with a large archive.

Rows are copies of the demonstration's, written by the database itself; the same
issue's page is asked for before and after.
"""

import sys
from typing import Any

import django
from django.core.management import call_command

django.setup()

from django.db import connection  # noqa: E402  # needs django.setup()

from bench.crowd import IS_POSTGRES, insert, write_unchecked  # noqa: E402
from bench.pages import ISSUES, PAPERS  # noqa: E402
from issues.models import Issue  # noqa: E402
from papers.models import Catalogue, Paper  # noqa: E402

# Weekly, all of them before the demonstration's first.
_WEEKS_BEFORE = (
    "TIMESTAMPTZ '2023-01-01 12:00+00' - i * INTERVAL '1 hour'"
    if IS_POSTGRES
    else "strftime('%%Y-%%m-%%d %%H:%%M:%%S', '2023-01-01 12:00:00', '-' || i || ' hours')"
)
_UUID = "gen_random_uuid()" if IS_POSTGRES else "lower(hex(randomblob(16)))"


def prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_demo", verbosity=0)
    _analyze()


def _copied(row: Any, column: str) -> dict[str, str]:
    """The column of that row, by the database itself: JSON is no parameter everywhere."""
    return {column: f"(SELECT {column} FROM {row._meta.db_table} WHERE id = {row.pk})"}


def fill() -> None:
    write_unchecked()
    issue = Issue.objects.published().newest_first()[0]
    texts = _copied(issue, "blocks") | _copied(issue, "finished")
    issue.pk, issue.quiz, issue.cover, issue.published_revision = None, None, None, None
    insert(
        issue,
        ISSUES,
        slug="'bench-' || i",
        title="'Bench ' || i",
        uid=_UUID,
        publish_at=_WEEKS_BEFORE,
        **texts,
    )
    paper = Paper.objects.filter(is_highlight=False).published()[0]
    sources = _copied(paper, "sources")
    paper.pk, paper.arxiv_id, paper.doi, paper.cite_key = None, "", "", ""
    paper.catalogue = Catalogue.objects.get(slug="2022")
    insert(
        paper,
        PAPERS,
        slug="'bench-' || i",
        title="'Bench ' || i",
        title_key="'bench ' || i",
        position="1000 + i",
        **sources,
    )
    _analyze()


def _analyze() -> None:
    """As PostgreSQL does by itself within a minute, and the site's worker for SQLite."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    {"prepare": prepare, "fill": fill}[sys.argv[1]]()
