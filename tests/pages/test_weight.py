"""How much a reader's browser is sent: counts of bytes and requests, not of seconds."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from tests.issues.factories import make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

KILO = 1_000
STATIC = Path(settings.BASE_DIR) / "static"
DEMO = Path(settings.BASE_DIR) / "superfast/demo/issues"


@pytest.fixture
def page(client):
    """The longest of the demonstration's texts, with a quiz."""
    longest = max(DEMO.glob("*.md"), key=lambda path: path.stat().st_size)
    text = longest.read_text(encoding="utf-8").split("+++\n", 2)[2]
    text = re.sub(r"^!\[[^\n]*$|^::: papers.*?^:::$", "", text, flags=re.M | re.S)
    issue = make_issue(quiz=make_quiz(publish_at=False), body=text)
    return client.get(issue.get_absolute_url()).text


def loaded(page):
    """What the page names that a browser fetches by itself, faces of letters apart."""
    sources = re.findall(r'<script[^>]+src="(/static/[^"]+)"', page)
    sources += re.findall(r'<link rel="stylesheet" href="(/static/[^"]+)"', page)
    return [STATIC / source.removeprefix("/static/") for source in sources]


def fonts(page):
    names = re.findall(r'<link rel="preload" href="/static/([^"]+)" as="font"', page)
    return [STATIC / name for name in names]


def wire(content):
    """As the page cache sends it."""
    return len(brotli.compress(content, quality=10))


def served(content):
    """As WhiteNoise does: once, when files are collected."""
    return len(brotli.compress(content))


def test_an_issue_weighs_25_kb_without_fonts_and_60_with_them(page):
    weight = wire(page.encode()) + sum(wire(p.read_bytes()) for p in loaded(page))

    assert weight <= 25 * KILO
    assert weight + sum(p.stat().st_size for p in fonts(page)) <= 60 * KILO


def test_no_more_than_10_kb_of_it_are_scripts(page):
    scripts = [path for path in loaded(page) if path.suffix == ".js"]

    assert scripts
    assert sum(path.stat().st_size for path in scripts) <= 10 * KILO


def test_what_there_is_to_read_is_in_the_first_14_kb(page):
    # Ten packets, which a server sends before it hears of the first.
    styles = [path for path in loaded(page) if path.suffix == ".css"]
    sent = sum(served(path.read_bytes()) for path in styles)

    assert styles
    assert wire(page.encode()) + sent <= 14 * KILO


def test_an_issue_takes_six_requests_at_most_and_two_faces(page):
    assert len(fonts(page)) == 2
    assert 1 + len(loaded(page)) + len(fonts(page)) <= 6


def test_nothing_comes_from_another_host(page):
    assert not re.findall(r'(?:src|href)="https?://[^"]+\.(?:js|css|woff2?)"', page)


def test_pages_say_what_may_be_fetched_ahead(client):
    make_paper()
    for path in ("/", "/issues/", "/papers/2022/", "/about/"):
        header = client.get(path).headers["Speculation-Rules"]
        assert header == '"/speculation-rules.json"'
    assert "Speculation-Rules" not in client.get("/issues/feed.xml").headers
    assert "Speculation-Rules" not in client.get("/quiz/player/").headers


def test_nothing_of_a_player_is_fetched_ahead(client):
    response = client.get("/speculation-rules.json")
    rules = response.json()

    assert response.headers["Content-Type"] == "application/speculationrules+json"
    for kind in ("prefetch", "prerender"):
        (rule,) = rules[kind]
        refused = {
            part["not"].get("href_matches")
            for part in rule["where"]["and"]
            if "not" in part
        }
        assert {"/quiz/*/*", "/admin/*", "/search/*"} <= refused
