"""What search engines are told."""

from datetime import datetime, timedelta

import pytest

from issues.models import Issue
from papers.models import Paper
from superfast.common.sitemaps import PART
from tests.issues.factories import HIDDEN, OUT, make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz
from tests.sitemaps import (
    INDEX,
    ORIGIN,
    entries,
    sitemap_addresses,
    sitemap_text,
)

pytestmark = pytest.mark.django_db


def locations(client):
    _, *parts = sitemap_addresses(client)
    return {name: on for part in parts for name, on in entries(client, part).items()}


def part_of(section, row):
    return f"/sitemap-{section}-{row.pk // PART + 1}.xml"


def everything():
    issue = make_issue(quiz=make_quiz(publish_at=False))
    return issue, issue.quiz, make_paper()


def test_public_pages_are_named_by_their_absolute_addresses(client):
    issue, quiz, paper = everything()
    found = locations(client)

    for path in ("/", "/issues/", "/about/", "/follow/", "/papers/2022/"):
        assert f"{ORIGIN}{path}" in found
    for row in (issue, quiz, paper):
        assert f"{ORIGIN}{row.get_absolute_url()}" in found
    assert all(address.startswith(f"{ORIGIN}/") for address in found)


def test_the_index_names_the_parts_in_which_there_is_something(client):
    assert [*entries(client, INDEX)] == [f"{ORIGIN}/sitemap-pages-1.xml"]

    issue, quiz, paper = everything()
    assert [*entries(client, INDEX)] == [
        f"{ORIGIN}/sitemap-pages-1.xml",
        f"{ORIGIN}{part_of('issues', issue)}",
        f"{ORIGIN}/sitemap-catalogues-1.xml",
        f"{ORIGIN}{part_of('papers', paper)}",
        f"{ORIGIN}{part_of('quizzes', quiz)}",
    ]


def test_a_page_is_dated_by_its_text_and_so_is_its_part(client):
    issue, other = make_issue(), make_issue(publish_at=OUT - timedelta(days=7))
    Issue.objects.update(text_changed_at=None)
    Issue.objects.filter(pk=issue.pk).update(text_changed_at=OUT.replace(month=3))
    found = locations(client)

    dates = [found[ORIGIN + each.get_absolute_url()] for each in (issue, other)]
    assert [datetime.fromisoformat(date).date() for date in dates] == [
        OUT.replace(month=3).date(),
        other.publish_at.date(),
    ]
    index = entries(client, INDEX)
    assert datetime.fromisoformat(index[ORIGIN + part_of("issues", issue)]) == (
        OUT.replace(month=3)
    )


def test_every_part_is_dated_by_what_it_says_of_its_pages(client):
    everything()
    for address, changed in entries(client, INDEX).items():
        dates = entries(client, address.removeprefix(ORIGIN)).values()
        if changed is not None:
            assert changed[:10] == max(dates)


def test_a_row_stays_in_its_part_whatever_goes_before_it(client):
    first = make_paper()
    late = make_paper(pk=3 * PART + first.pk, slug="late")
    before = [entries(client, part_of("papers", row)) for row in (first, late)]
    Paper.objects.filter(pk=first.pk).update(publish_at=None)

    assert [[*found] for found in before] == [
        [f"{ORIGIN}{row.get_absolute_url()}"] for row in (first, late)
    ]
    assert entries(client, part_of("papers", late)) == before[1]
    assert client.get(part_of("papers", first)).status_code == 404
    assert ORIGIN + part_of("papers", first) not in entries(client, INDEX)


@pytest.mark.parametrize("state", HIDDEN)
def test_hidden_issues_are_not_named(client, state):
    hidden = HIDDEN[state]()

    assert hidden.slug not in sitemap_text(client)
    assert client.get(part_of("issues", hidden)).status_code == 404


def test_the_host_of_a_request_changes_no_address(client, settings):
    settings.ALLOWED_HOSTS = ["other.example"]
    issue = make_issue()
    for address in (INDEX, part_of("issues", issue)):
        text = client.get(address, headers={"host": "other.example"}).text
        assert "<loc>http://localhost:8000/" in text
        assert "other.example" not in text


@pytest.mark.parametrize(
    "part",
    ["pages-2", "pages-0", "issues-2", "nothing-1", "issues-x", "issues-" + "9" * 30],
)
def test_a_part_that_is_not_there_is_not_found(client, part):
    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_it_costs_the_same_however_many_rows_and_parts_there_are(
    client, django_assert_num_queries
):
    first = everything()[2]
    with django_assert_num_queries(5):
        client.get(INDEX)
    Paper.objects.bulk_create(
        Paper(
            pk=first.pk + number * PART // 2, catalogue=first.catalogue,
            slug=f"p-{number}", title="Another", year=2022, publish_at=OUT,
        )
        for number in range(1, 9)
    )  # fmt: skip

    with django_assert_num_queries(5):
        assert len(entries(client, INDEX)) == 9
    with django_assert_num_queries(1):
        assert len(entries(client, part_of("papers", first))) == 2
    for part in ("pages", "catalogues"):
        with django_assert_num_queries(1):
            assert entries(client, f"/sitemap-{part}-1.xml")


def test_it_is_no_page_to_be_found_itself(client):
    for address in sitemap_addresses(client):
        response = client.get(address)
        assert response.headers["X-Robots-Tag"].startswith("noindex")
        assert response.headers["Content-Type"] == "application/xml"


def test_robots_keep_out_of_the_desk_and_know_the_sitemap(client):
    response = client.get("/robots.txt")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Sitemap: http://localhost:8000/sitemap.xml",
    ]
