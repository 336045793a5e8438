"""New papers for feed readers."""

import json
from datetime import UTC, datetime, timedelta

import feedparser
import lxml.etree
import pytest
from django.utils import timezone

from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db

ATOM, JSON = "/papers/feed.xml", "/papers/feed.json"
TOPIC = "/papers/feed/vision.xml"


def entries(client, path):
    response = client.get(path)
    assert response.status_code == 200
    lxml.etree.fromstring(response.content)
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo
    return parsed.entries


def test_papers_come_with_what_to_take_away_and_where_to_read(client):
    paper = make_paper(
        title="Less <is> more",
        takeaway="Take *this*.",
        abstract="We show & tell.",
        url="https://arxiv.org/abs/2201.00001",
        authors=["Ada Lovelace"],
    )

    (entry,) = entries(client, ATOM)

    assert entry.title == "Less <is> more"
    assert entry.link == f"http://localhost:8000{paper.get_absolute_url()}"
    text = entry.content[0].value
    assert "Ada Lovelace" in text
    assert "Take <em>this</em>." in text
    assert "We show &amp; tell." in text
    assert "https://arxiv.org/abs/2201.00001" in text


def test_a_topic_has_a_feed_of_its_own(client):
    make_paper(slug="one", title="One", topics=["vision"])
    make_paper(slug="two", title="Two", topics=["language"])

    assert [entry.title for entry in entries(client, TOPIC)] == ["One"]
    assert len(entries(client, ATOM)) == 2


def test_the_newest_come_first_and_keep_their_names(client):
    day = datetime(2023, 5, 1, tzinfo=UTC)
    make_paper(slug="old", title="Old", publish_at=day)
    new = make_paper(slug="new", title="New", publish_at=day + timedelta(days=1))
    before = entries(client, ATOM)
    new.slug = "renamed"
    new.save()

    after = entries(client, ATOM)

    assert [entry.title for entry in after] == ["New", "Old"]
    assert [entry.id for entry in after] == [entry.id for entry in before]
    assert after[0].link.endswith("/renamed/")


def test_hidden_papers_and_topics_are_not_named(client):
    make_paper(publish_at=None, topics=["vision"])
    make_paper(slug="later", publish_at=timezone.now() + timedelta(days=1))

    assert entries(client, ATOM) == []
    assert client.get(TOPIC).status_code == 404
    assert client.get("/papers/feed/nothing.json").status_code == 404


def test_the_same_in_json(client):
    make_paper(topics=["vision"])
    data = json.loads(client.get("/papers/feed/vision.json").content)

    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["feed_url"] == "http://localhost:8000/papers/feed/vision.json"
    assert len(data["items"]) == 1


def test_it_costs_the_same_for_two_papers_and_for_nine(
    client, django_assert_max_num_queries
):
    for number in range(9):
        make_paper(slug=f"p-{number}", topics=["vision"])
        with django_assert_max_num_queries(3):
            client.get(TOPIC)


def test_the_page_about_following_names_the_topics_that_readers_see(client):
    make_paper(topics=["vision"])
    make_paper(slug="draft", topics=["secret"], publish_at=None)
    text = client.get("/follow/").text

    assert f'href="{TOPIC}"' in text
    assert "secret" not in text


def test_feeds_take_no_other_method(client):
    assert client.post(ATOM).status_code == 405


def test_a_list_of_one_topic_names_its_feed(client):
    make_paper(topics=["vision"])
    page = client.get("/papers/2022/?topic=vision").text

    assert '<link rel="alternate" href="/papers/feed/vision.xml"' in page
    assert '<a href="/papers/feed/vision.xml">a feed of their own</a>' in page
    assert "/papers/feed/vision.xml" not in client.get("/papers/2022/").text
