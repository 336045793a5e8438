"""The desk's lists with ten thousand rows: few questions, and search by the index."""

from itertools import count

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, Link, LinkUse
from papers.models import Paper
from quiz.models import Guess
from superfast.search.desk import GROUP, KEY, matching
from superfast.search.documents import Kind
from superfast.search.find import find
from superfast.search.index import rebuild
from tests.factories import make_editor, make_writer
from tests.issues.factories import make_draft, make_issue
from tests.papers.factories import make_catalogue
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db
MOST = 7
_serial = count(1)


def make_issues(number):
    Issue.objects.bulk_create(
        Issue(slug=f"bulk-{next(_serial)}", title=f"Number {n}", body=f"Word{n} here.")
        for n in range(number)
    )


def make_papers(number):
    catalogue = make_catalogue()
    Paper.objects.bulk_create(
        Paper(
            catalogue=catalogue,
            slug=f"bulk-{next(_serial)}",
            title=f"Word{n}",
            year=2022,
        )
        for n in range(number)
    )


def make_links(number):
    issue = make_issue()
    links = Link.objects.bulk_create(
        Link(url=f"https://a.example/word{next(_serial)}", site="a.example")
        for n in range(number)
    )
    LinkUse.objects.bulk_create(
        LinkUse(issue=issue, link=link, text=f"Word{n}", position=1000 + n)
        for n, link in enumerate(links)
    )


def make_guesses(number):
    quiz = make_quiz(title="Word5 of quizzes")
    headline = quiz.headlines.first()
    Guess.objects.bulk_create(
        Guess(quiz=quiz, headline=headline, position=1, channel="page")
        for n in range(number)
    )


LISTS = {
    "/admin/issues/issue/": (make_issues, Kind.SECTION),
    "/admin/papers/paper/": (make_papers, Kind.PAPER),
    "/admin/issues/link/": (make_links, Kind.LINK),
    "/admin/quiz/guess/": (make_guesses, Kind.QUIZ),
}


def questions(client, address, **asked):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, asked)
    assert answer.status_code == 200
    return [query["sql"] for query in captured], answer


@pytest.mark.slow
@pytest.mark.parametrize("address", LISTS)
def test_a_list_of_ten_thousand_takes_seven_queries_at_most_searched_or_not(
    client, address
):
    make, kind = LISTS[address]
    client.force_login(make_editor())
    taken = []
    for number in (20, 9_980):
        make(number)
        rebuild(kind)
        listed, _ = questions(client, address)
        searched, answer = questions(client, address, q="word5")
        taken.append((len(listed), len(searched)))
        assert answer.context["cl"].result_count > 0
        assert not [sql for sql in searched if "LIKE" in sql.upper()]

    assert taken[0] == taken[1]
    assert max(taken[1]) <= MOST, "\n".join(listed + searched)


@pytest.mark.slow
def test_search_at_the_desk_reads_no_table_from_end_to_end():
    make_issues(5_000)
    rebuild(Kind.SECTION)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of a table as small as this one the whole is read for less.
            cursor.execute("ANALYZE search_document")
            cursor.execute("SET LOCAL enable_seqscan = off")
        found = matching("word77", Kind.SECTION, name=KEY, db_type="text")
        how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{how} {found.sql}", found.params)
        plan = "\n".join(str(row) for row in cursor.fetchall())

    assert "Seq Scan" not in plan
    assert "SCAN search_document" not in plan
    assert "search_document" in plan


def test_drafts_are_found_at_the_desk_by_who_may_see_them_and_never_by_readers(client):
    writer, other = make_writer(), make_writer()
    draft = make_draft(title="Unheard", body="About okapis.", by=writer)
    Issue.objects.filter(pk=draft.pk).update(created_by=writer)

    for person, number in ((make_editor(), 1), (writer, 1), (other, 0)):
        client.force_login(person)
        _, answer = questions(client, "/admin/issues/issue/", q="okap")
        assert answer.context["cl"].result_count == number
    client.logout()
    assert find("okapis").total == 0
    assert "Unheard" not in client.get("/search/", {"q": "okapis"}).content.decode()

    call_command("rebuild_search", verbosity=0)
    found = matching("okapis", Kind.SECTION, name=GROUP, db_type="text")
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        assert cursor.fetchall() == [(draft.uid.hex,)]
    assert find("okapis").total == 0


@pytest.mark.parametrize(
    "text", ["", "  ", "—", '"', "x" * 5000, "' OR 1=1", "a:b* NOT ("]
)
def test_no_text_is_a_mistake(client, text):
    client.force_login(make_editor())

    for address in LISTS:
        questions(client, address, q=text)
