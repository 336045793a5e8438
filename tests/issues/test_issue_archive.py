"""Every issue, newest first."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import Issue
from superfast.common import paging
from tests.issues.factories import HIDDEN, OUT, make_image, make_issue, make_series
from tests.quiz.factories import make_quiz

NEXT = re.compile(r'<a rel="next" href="([^"]+)"')

pytestmark = pytest.mark.django_db


def test_issues_stand_newest_first_by_year(client):
    make_issue(title="The older", publish_at=OUT - timedelta(days=30))
    make_issue(title="The newer")
    text = client.get("/issues/").text

    assert (
        0 < text.index("2023</h2>") < text.index("The newer") < text.index("2022</h2>")
    )
    assert text.index("2022</h2>") < text.index("The older")


def test_the_archive_says_that_it_is_empty(client):
    assert "No issue has been published yet." in client.get("/issues/").text


@pytest.mark.parametrize("state", HIDDEN)
def test_hidden_issues_are_not_listed(client, state):
    hidden = HIDDEN[state](title="A hidden title")
    text = client.get("/issues/").text

    assert hidden.title not in text
    assert hidden.slug not in text


def test_pages_follow_one_another(client):
    make_series(21)
    first, second = client.get("/issues/"), client.get("/issues/?page=2")

    assert len(first.context["page"].object_list) == 20
    assert len(second.context["page"].object_list) == 1
    assert "?page=2" in first.text


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "", "1e3", "9" * 5000, "1.5"])
def test_a_page_that_is_none_is_not_found(client, page):
    make_issue()

    assert client.get("/issues/", {"page": page}).status_code == 404


def test_a_long_archive_reads_on_where_its_numbered_pages_end(client, monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 2)
    make_series(45)
    listed, address = [], "/issues/"
    pages = 0
    while address:
        page = client.get(address).context["page"]
        listed += [issue.slug for issue in page.object_list]
        pages += 1
        found = NEXT.search(client.get(address).text)
        address = f"/issues/{unescape(found[1])}" if found else ""

    every = [issue.slug for issue in Issue.objects.newest_first()]
    assert pages == 3
    assert listed == every


def test_issues_of_the_same_moment_are_all_read_on(client, monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 1)
    issues = [make_issue(slug=f"s-{n}", publish_at=OUT) for n in range(22)]
    older = client.get("/issues/", {"before": issues[2].slug}).context["page"]

    assert [issue.slug for issue in older] == ["s-1", "s-0"]


def test_a_long_archive_is_not_counted_to_its_end(client, monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 1)
    make_series(25)

    assert "20+ so far" in client.get("/issues/").text


@pytest.mark.parametrize("before", ["none", "a b", "\x00", "é", "x" * 5000, "draft"])
def test_an_archive_before_an_issue_that_readers_do_not_find_is_none(client, before):
    make_issue(slug="draft", publish_at=None)

    assert client.get("/issues/", {"before": before}).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_other_methods_are_refused(client, method):
    for address in ("/issues/", "/issues/feed.xml", "/issues/feed.json"):
        assert getattr(client, method)(address).status_code == 405


def queries(client, address):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def rows(length):
    """Issues without the work of a save: what lists read, and nothing else."""
    cover = make_image()
    Issue.objects.bulk_create(
        Issue(
            slug=f"row-{number}",
            title=f"Row {number}",
            dek="Dek.",
            body="Text.",
            cover=cover,
            quiz=make_quiz(publish_at=False) if number % 10 == 0 else None,
            blocks=[{"type": "prose", "html": "<p>Text.</p>"}, {"type": "quiz"}],
            publish_at=OUT + timedelta(days=number),
        )
        for number in range(length)
    )


@pytest.mark.parametrize(
    "address",
    ["/", "/issues/", "/issues/feed.xml", "/issues/feed.json", "/sitemap.xml"],
)
def test_lists_cost_the_same_however_many_issues_there_are(client, address):
    rows(10)
    few = queries(client, address)
    Issue.objects.all().delete()
    rows(100)

    assert queries(client, address) <= few
