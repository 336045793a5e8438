"""The front page, with and without anything to show."""

import pytest

from tests.issues.factories import HIDDEN, make_image, make_issue, make_series
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


def test_an_empty_site_says_so(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "The first issue is being written." in response.text
    for words in ("Latest issue", "Find the lie", "Papers worth", "Earlier issues"):
        assert words not in response.text


def test_the_latest_issue_comes_first_then_four_earlier_ones(client):
    issues = make_series(7)
    context = client.get("/").context

    assert context["issue"] == issues[-1]
    assert context["recent_issues"] == issues[-2:-6:-1]


def test_everything_there_is_has_its_place(client):
    cover = make_image(alt="What the cover shows")
    quiz = make_quiz(publish_at=False)
    issue = make_issue(quiz=quiz, cover=cover, dek="The dek.")
    make_paper(title="A fine paper", is_highlight=True, takeaway="Why it matters.")
    make_paper(title="A plain paper")
    text = client.get("/").text

    assert f'href="{issue.get_absolute_url()}"' in text
    assert f'alt="{cover.alt}"' in text
    assert "The dek." in text
    assert text.count('class="clipping"') == 4
    assert "A fine paper" in text
    assert "A plain paper" not in text
    assert text.count("<h1") == 1


def test_the_quiz_is_that_of_the_latest_issue_that_has_one(client):
    older, newer = make_quiz(publish_at=False), make_quiz(publish_at=False)
    first, second, _ = make_series(3)
    for issue, quiz in ((first, older), (second, newer)):
        issue.quiz = quiz
        issue.save()

    assert client.get("/").context["quiz"] == newer


def test_at_most_six_highlights_are_shown(client):
    for _ in range(8):
        make_paper(is_highlight=True, takeaway="x")

    assert len(client.get("/").context["highlights"]) == 6


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_hidden_is_not_on_the_front_page(client, state):
    hidden = HIDDEN[state](quiz=make_quiz(publish_at=False))
    response = client.get("/")

    assert response.context["issue"] is None
    assert response.context["quiz"] is None
    assert hidden.title not in response.text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_other_methods_are_refused(client, method):
    for path in ("/", "/search/", "/robots.txt", "/sitemap.xml", "/healthz"):
        assert getattr(client, method)(path).status_code == 405


def test_health_is_told_and_kept_by_nobody(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ok\n")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "no-store" in response.headers["Cache-Control"]
    assert client.head("/healthz").status_code == 200


def test_what_is_not_there_is_said_in_the_sites_own_clothes(client):
    for path in ("/nowhere/", "/issues/nowhere/", "/a/b/c"):
        response = client.get(path)
        assert response.status_code == 404
        assert "No such page" in response.text
        assert 'class="masthead' in response.text


def test_an_address_without_its_slash_leads_on(client):
    response = client.get("/issues")

    assert (response.status_code, response.headers["Location"]) == (301, "/issues/")
