"""One section of the newsletter, for feed readers."""

import json

import feedparser
import lxml.etree
import pytest

from issues.feeds import recent_sections
from issues.services import withdraw_issue
from tests.issues.factories import HIDDEN, OUT, make_issue

pytestmark = pytest.mark.django_db

ATOM, JSON = "/issues/feed/news.xml", "/issues/feed/news.json"
BODY = """\
## 🗞 News

Something [happened](/papers/).[^*]

### In detail

More of it.

## Concepts

How it works.

[^*]: A note.
"""


@pytest.fixture
def issue():
    return make_issue(body=BODY, title="The issue")


def test_a_section_has_a_feed_of_what_stands_below_its_heading(client, issue):
    response = client.get(ATOM)
    lxml.etree.fromstring(response.content)
    parsed = feedparser.parse(response.content)

    assert response.headers["Content-Type"].startswith("application/atom+xml")
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert entry.title == "News: The issue"
    assert entry.link.endswith(f"{issue.get_absolute_url()}#s-news")
    text = entry.content[0].value
    assert "happened" in text
    assert "More of it." in text
    assert "A note." in text
    assert "How it works." not in text
    assert 'href="http://localhost:8000/papers/"' in text


def test_the_same_in_json(client, issue):
    data = json.loads(client.get(JSON).content)

    assert data["title"] == "Superfast AI: News"
    assert data["feed_url"] == f"http://localhost:8000{JSON}"
    (item,) = data["items"]
    assert item["id"] == f"{issue.uid.urn}#s-news"
    assert item["date_published"] == OUT.isoformat()


@pytest.mark.parametrize("state", HIDDEN)
def test_a_section_of_what_is_hidden_has_no_feed(client, state):
    HIDDEN[state](body=BODY)

    assert client.get(ATOM).status_code == 404
    assert client.get(JSON).status_code == 404


def test_a_withdrawn_issue_leaves_the_feed(client, issue):
    make_issue(body=BODY, title="Another")
    withdraw_issue(issue=issue)

    assert "The issue" not in client.get(ATOM).text


@pytest.mark.parametrize("name", ["in-detail", "nothing", "s-news"])
def test_what_is_no_section_has_no_feed(client, issue, name):
    assert client.get(f"/issues/feed/{name}.xml").status_code == 404


def test_asking_costs_the_same_for_two_issues_and_for_nine(
    client, django_assert_num_queries
):
    for _ in range(2):
        make_issue(body=BODY)
    client.get(ATOM)
    with django_assert_num_queries(2):
        client.get(ATOM)
    for _ in range(7):
        make_issue(body=BODY)
    with django_assert_num_queries(2):
        client.get(ATOM)


def test_the_page_about_following_names_the_sections_that_come_again(client, issue):
    assert recent_sections() == []
    make_issue(body=BODY + "\n## Unique\n\nText.\n")

    assert recent_sections() == [("concepts", "Concepts"), ("news", "News")]
    text = client.get("/follow/").text
    assert f'href="{ATOM}"' in text
    assert f'href="{JSON}"' in text
    assert "Unique" not in text


def test_feeds_name_the_hub_where_there_is_one(client, issue, settings):
    assert "hub" not in client.get(ATOM).text

    settings.WEBSUB_HUB_URL = "https://hub.example/"

    assert '<link href="https://hub.example/" rel="hub"' in client.get(ATOM).text
    data = json.loads(client.get(JSON).content)
    assert data["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_a_reader_who_has_the_feed_is_not_sent_it_again(client, issue):
    etag = client.get(ATOM).headers["ETag"]

    assert client.get(ATOM, headers={"if-none-match": etag}).status_code == 304


def test_a_feed_takes_no_other_method(client, issue):
    assert client.post(ATOM).status_code == 405
