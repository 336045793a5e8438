"""What search engines are told."""

from datetime import datetime

import lxml.etree
import pytest

from issues.models import Issue
from tests.issues.factories import HIDDEN, OUT, make_issue

pytestmark = pytest.mark.django_db


def locations(client):
    root = lxml.etree.fromstring(client.get("/sitemap.xml").content)
    return {
        url.findtext("{*}loc"): url.findtext("{*}lastmod")
        for url in root.iter("{*}url")
    }


def test_public_pages_are_named_by_their_absolute_addresses(client):
    issue = make_issue()
    found = locations(client)

    for path in ("/", "/issues/", "/about/", "/follow/", issue.get_absolute_url()):
        assert f"http://localhost:8000{path}" in found
    assert all(address.startswith("http://localhost:8000/") for address in found)


def test_a_page_is_dated_by_its_text(client):
    issue = make_issue()
    Issue.objects.update(text_changed_at=OUT.replace(month=3))
    lastmod = locations(client)[f"http://localhost:8000{issue.get_absolute_url()}"]

    assert datetime.fromisoformat(lastmod).date() == OUT.replace(month=3).date()


@pytest.mark.parametrize("state", HIDDEN)
def test_hidden_issues_are_not_named(client, state):
    hidden = HIDDEN[state]()

    assert hidden.slug not in client.get("/sitemap.xml").text


def test_the_host_of_a_request_changes_no_address(client, settings):
    settings.ALLOWED_HOSTS = ["other.example"]
    make_issue()
    text = client.get("/sitemap.xml", headers={"host": "other.example"}).text

    assert "other.example" not in text


@pytest.mark.parametrize("page", ["2", "x", "0"])
def test_a_part_that_is_not_there_is_not_found(client, page):
    assert client.get("/sitemap.xml", {"p": page}).status_code == 404


def test_robots_keep_out_of_the_desk_and_know_the_sitemap(client):
    response = client.get("/robots.txt")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Sitemap: http://localhost:8000/sitemap.xml",
    ]
