"""What a page costs the database does not grow with the archive: counted in its steps."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from issues.models import Issue
from papers.listing import PER_PAGE
from papers.models import Paper, Placement
from papers.ordering import ORDERS
from quiz.models import Quiz
from superfast.common import paging
from superfast.pagecache.editions import read_edition
from tests.issues.factories import make_issue
from tests.papers.factories import make_catalogue, make_paper
from tests.quiz.factories import OUT, make_quiz

FEW, MANY = 12, 400
LISTS = ("/", "/issues/")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="only SQLite counts its steps"
    ),
]


@pytest.fixture
def archive():
    """Weekly issues with quizzes before and after one that is asked for."""
    quiz = make_quiz(publish_at=False)
    asked = make_issue(slug="asked", quiz=quiz, publish_at=OUT)
    paper = make_paper(is_highlight=True, takeaway="It works.")

    def fill(count):
        have = Issue.objects.count() - 1
        weeks = [timedelta(weeks=n) for n in range(have // 2 + 1, count // 2 + 1)]
        moments = [OUT + sign * week for week in weeks for sign in (-1, 1)]
        quizzes = Quiz.objects.bulk_create(
            Quiz(title="Another", slug=f"q-{moment:%Y-%m-%d}") for moment in moments
        )
        Issue.objects.bulk_create(
            Issue(
                title="Another",
                slug=f"{moment:%Y-%m-%d}",
                dek="More.",
                body="Words.",
                publish_at=moment,
                quiz=quiz,
            )
            for moment, quiz in zip(moments, quizzes, strict=True)
        )
        type(paper).objects.bulk_create(
            type(paper)(
                catalogue=paper.catalogue,
                slug=f"p-{moment:%Y-%m-%d}",
                title="Another",
                year=2022,
                publish_at=OUT,
            )
            for moment in moments
        )

    assert asked.is_published()
    return fill


def steps(client, path):
    """Steps of SQLite's virtual machine for the queries of a page, the second time."""
    assert client.get(path).status_code == 200
    return steps_of(lambda: client.get(path))


def steps_of(act):
    count = 0

    def step():
        nonlocal count
        count += 1

    connection.connection.set_progress_handler(step, 1)
    try:
        act()
    finally:
        connection.connection.set_progress_handler(None, 1)
    return count


@pytest.mark.parametrize("path", ["/issues/asked/"])
def test_a_page_takes_as_many_steps_with_many_issues(client, archive, path):
    archive(FEW)
    few = steps(client, path)
    archive(MANY)

    assert few > 100
    assert steps(client, path) <= 1.2 * few


def test_a_list_reads_no_more_than_its_pages_hold(client, archive, monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 1)
    archive(6 * FEW)
    few = {path: steps(client, path) for path in LISTS}
    archive(MANY)

    for path in LISTS:
        assert few[path] > 100
        assert steps(client, path) <= 1.2 * few[path]


def test_what_readers_see_now_is_known_in_as_many_steps(archive):
    archive(FEW)
    few = steps_of(read_edition)
    archive(MANY)

    assert few > 10
    assert steps_of(read_edition) <= 1.2 * few


def test_sqlite_is_told_of_its_tables(archive):
    archive(FEW)

    call_command("analyze_database", stdout=StringIO())

    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'papers_front_page'")
        assert cursor.fetchall() == [("1 1 1",)]


# In the order of venues SQLite sorts: it has no index of an expression for it.
@pytest.mark.parametrize("name", ["highlights", "newest", "title"])
def test_a_guest_does_not_make_a_list_sort_its_catalogue(archive, name):
    catalogue = make_catalogue()
    guest = make_paper(catalogue=make_catalogue("2023", year=2023), title="A guest")
    Placement.objects.create(catalogue=catalogue, paper=guest)

    def read():
        parts = Paper.objects.published().parts_of_catalogue(catalogue)
        page = ORDERS[name].candidates(parts, PER_PAGE).values_list("pk", flat=True)
        assert len(page[:PER_PAGE]) == PER_PAGE

    archive(6 * FEW)
    few = steps_of(read)
    archive(MANY)

    assert few > 100
    assert steps_of(read) <= 1.2 * few
