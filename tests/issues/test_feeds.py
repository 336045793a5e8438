"""The newsletter for feed readers."""

import json
import re
from datetime import UTC, datetime, timedelta

import feedparser
import lxml.etree
import lxml.html
import pytest
import time_machine

from issues.models import Issue
from issues.services import publish_issue, save_issue, withdraw_issue
from tests.issues.factories import (
    HIDDEN,
    OUT,
    QUIZ_PLACE,
    make_image,
    make_issue,
    make_series,
    new_issue,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

ATOM, JSON = "/issues/feed.xml", "/issues/feed.json"
ORIGIN = "http://localhost:8000"


def atom(client):
    response = client.get(ATOM)
    assert response.status_code == 200
    lxml.etree.fromstring(response.content)
    parsed = feedparser.parse(response.content, sanitize_html=False)
    assert not parsed.bozo
    return parsed


def json_feed(client):
    response = client.get(JSON)
    assert response.status_code == 200
    return json.loads(response.content)


def full_issue(**overrides):
    paper, image = make_paper(), make_image()
    return make_issue(
        quiz=make_quiz(publish_at=False),
        body=(
            '## 🗞 News\n\nSee [ours](/papers/)[^*] and `<a href="/code">`.\n\n'
            f"::: papers\n- {paper.slug}: A take.\n:::\n\n{image.markdown}\n{QUIZ_PLACE}\n"
            "::: callout Mind\nText.\n:::\n\n[^*]: A note with [a link](/about/).\n"
        ),
        **overrides,
    )


def test_the_atom_feed_has_the_whole_text_of_each_issue(client):
    issue = full_issue(title="A & B", dek="The dek.")
    feed = atom(client)
    (entry,) = feed.entries

    assert (
        client.get(ATOM).headers["Content-Type"]
        == "application/atom+xml; charset=utf-8"
    )
    assert feed.feed.title == "Superfast AI"
    assert entry.title == "A & B"
    assert entry.id == issue.uid.urn
    assert entry.link == f"{ORIGIN}{issue.get_absolute_url()}"
    assert entry.published == "2023-01-11T13:00:00+00:00"
    content = entry.content[0].value
    for words in ("News", "A take.", "Mind", "A note with", "<img "):
        assert words in content


def test_the_json_feed_is_of_version_1_1(client):
    issue = full_issue()
    feed = json_feed(client)

    assert (
        client.get(JSON).headers["Content-Type"]
        == "application/feed+json; charset=utf-8"
    )
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{ORIGIN}{JSON}"
    assert feed["home_page_url"] == f"{ORIGIN}/"
    assert isinstance(feed["title"], str)
    assert feed["authors"] == [{"name": "Superfast AI"}]
    (item,) = feed["items"]
    assert item["id"] == issue.uid.urn
    assert item["url"] == f"{ORIGIN}{issue.get_absolute_url()}"
    assert (item["title"], item["summary"]) == (issue.title, issue.dek)
    assert "A take." in item["content_html"]
    for name in ("date_published", "date_modified"):
        assert datetime.fromisoformat(item[name]).tzinfo


def test_both_feeds_show_the_same(client):
    full_issue()
    make_series(3)
    entries = lxml.etree.fromstring(client.get(ATOM).content).findall("{*}entry")
    shown = [(e.findtext("{*}id"), e.findtext("{*}content")) for e in entries]
    items = json_feed(client)["items"]

    assert len(shown) == 4
    assert shown == [(item["id"], item["content_html"]) for item in items]


def test_every_address_in_a_feed_is_absolute(client):
    full_issue()
    response = client.get(ATOM)
    for element in lxml.etree.fromstring(response.content).iter("{*}link"):
        assert element.get("href").startswith(ORIGIN)
    html = lxml.html.fromstring(json_feed(client)["items"][0]["content_html"])
    found = [
        element.get(name)
        for element in html.iter()
        for name in ("href", "src")
        if element.get(name)
    ]

    assert len(found) >= 8
    for address in found:
        assert re.match(rf"{ORIGIN}/|#fn", address)


def test_code_that_shows_an_address_is_left_as_it_is(client):
    full_issue()

    assert '&lt;a href="/code"&gt;' in json_feed(client)["items"][0]["content_html"]


def test_the_quiz_is_four_links_of_one_shape(client):
    issue = full_issue()
    html = lxml.html.fromstring(json_feed(client)["items"][0]["content_html"])
    links = [a for a in html.iter("a") if "/quiz/" in a.get("href")]

    assert len(links) == 4
    for link in links:
        assert re.fullmatch(
            rf"{ORIGIN}/quiz/{issue.quiz.slug}/\?c=[0-9a-f]{{16}}", link.get("href")
        )
        assert dict(link.attrib).keys() == {"href"}


@pytest.mark.parametrize("state", HIDDEN)
def test_hidden_issues_are_in_no_feed(client, state):
    HIDDEN[state]()

    assert atom(client).entries == []
    assert json_feed(client)["items"] == []


def test_an_empty_feed_is_the_same_whenever_it_is_asked_for(client):
    with time_machine.travel("2023-05-01", tick=False):
        first = client.get(ATOM).content
    with time_machine.travel("2024-05-01", tick=False):
        assert client.get(ATOM).content == first


def test_feeds_hold_the_latest_twenty(client):
    issues = make_series(22)
    ids = [entry.id for entry in atom(client).entries]

    assert ids == [issue.uid.urn for issue in reversed(issues[2:])]


def updated(client):
    entry, item = atom(client).entries[0], json_feed(client)["items"][0]
    assert datetime.fromisoformat(entry.updated) == datetime.fromisoformat(
        item["date_modified"]
    ).replace(microsecond=0)
    return item["date_modified"]


def saved(issue, **changes):
    for name, value in changes.items():
        setattr(issue, name, value)
    save_issue(issue=issue, by=None)


def test_updated_moves_when_the_text_changes_and_only_then(client):
    times = iter(datetime(2023, 2, day, tzinfo=UTC) for day in range(1, 20))
    with time_machine.travel(next(times), tick=False):
        issue = make_issue()
    first = updated(client)
    for change in ({}, {"slug": "moved"}, {"cover": make_image()}):
        with time_machine.travel(next(times), tick=False):
            saved(issue, **change)
        assert updated(client) == first
    seen = [first]
    for change in ({"body": "New."}, {"title": "New"}, {"dek": "New."}):
        with time_machine.travel(next(times), tick=False):
            saved(issue, **change)
        seen.append(updated(client))
    with time_machine.travel(next(times), tick=False):
        withdraw_issue(issue=issue)
        publish_issue(issue=issue, by=None)

    assert seen == sorted({*seen})
    assert updated(client) == seen[-1]


def test_the_id_stays_whatever_else_changes(client):
    issue = make_issue()
    before = atom(client).entries[0].id
    saved(
        issue, slug="moved", title="Other", body="Other.", publish_at=OUT + timedelta(1)
    )

    assert atom(client).entries[0].id == json_feed(client)["items"][0]["id"] == before


def test_a_text_written_long_before_is_dated_by_its_publication(client):
    with time_machine.travel("2022-06-01", tick=False):
        make_issue(publish_at=OUT)

    assert updated(client) == OUT.isoformat()


HOSTILE = '<script>alert(1)</script> & <b>bold</b> ]]> "x"'


def test_titles_and_deks_are_text_and_no_markup(client):
    make_issue(title=HOSTILE, dek=HOSTILE)
    entry = atom(client).entries[0]

    assert entry.title == HOSTILE
    assert entry.title_detail.type == "text/plain"
    if entry.summary_detail.type == "text/html":
        assert lxml.html.fromstring(entry.summary).text_content() == HOSTILE
        assert "<script" not in entry.summary
    else:
        assert entry.summary == HOSTILE
    assert json_feed(client)["items"][0]["title"] == HOSTILE


@pytest.mark.parametrize(
    "bad", ["\x00", "\x0b", "\x0c", "\x1f", "\ufffe", "&#12;", "&#1;"]
)
def test_control_characters_take_down_no_feed(client, bad):
    issue = new_issue(
        title=f"Ti{bad}tle",
        dek=f"De{bad}k",
        body=f"## He{bad}ad\n\nTe{bad}xt\n\n::: callout T{bad}\nx\n:::",
    )
    save_issue(issue=issue, by=None)

    assert atom(client).entries[0].id == issue.uid.urn
    assert json_feed(client)["items"][0]["id"] == issue.uid.urn


def test_feeds_are_kept_and_asked_for_again_like_any_public_page(client):
    make_issue()
    for address in (ATOM, JSON):
        response = client.get(address)
        again = client.get(address, headers={"if-none-match": response.headers["ETag"]})
        assert again.status_code == 304
    Issue.objects.update(title="Other")
    assert client.get(ATOM, headers={"if-none-match": response.headers["ETag"]}).content
