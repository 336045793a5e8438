"""The list of quizzes: the same for everybody."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.models import Quiz
from tests.quiz.factories import OUT, make_guess, make_quiz, make_series
from tests.sitemaps import sitemap_text

pytestmark = pytest.mark.django_db


def test_the_current_quiz_comes_first_and_the_others_follow(client):
    first, second, third = make_series(3)
    response = client.get("/quiz/")

    assert response.context["current"].slug == third.slug
    assert list(response.context["page"]) == [second, first]
    headlines = response.context["current"].headlines
    assert len(headlines) == 4
    for headline in headlines:
        link = f'"{third.get_absolute_url()}?c={headline.handle}"'
        assert link in response.text
    for quiz in (first, second, third):
        assert f'"{quiz.get_absolute_url()}' in response.text


def test_an_empty_list_is_a_page(client):
    response = client.get("/quiz/")

    assert response.status_code == 200
    assert response.context["current"] is None


def test_quizzes_that_are_not_out_are_not_in_the_list(client):
    shown = make_quiz()
    hidden = [
        make_quiz(publish_at=False),
        make_quiz(publish_at=None),
        make_quiz(publish_at=OUT.replace(year=2199)),
        make_quiz(withdrawn_at=OUT + timedelta(days=1)),
    ]
    for text in (client.get("/quiz/").text, sitemap_text(client)):
        assert shown.get_absolute_url() in text
        assert not [quiz for quiz in hidden if quiz.get_absolute_url() in text]


def test_the_list_is_public_and_sets_no_cookie(client):
    quiz = make_quiz()
    make_guess(quiz)
    response = client.get("/quiz/")

    assert response["Cache-Control"].startswith("public")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    again = client.get("/quiz/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_the_list_costs_the_same_however_long_it_is(client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/quiz/").status_code == 200
        return len(queries)

    make_series(10)
    with_10 = cost()
    for week in range(1, 91):
        make_quiz(publish_at=OUT - timedelta(weeks=week))

    assert cost() == with_10
    assert with_10 <= 4


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "1.5", "9" * 5000])
def test_a_page_that_is_not_there_is_not_found(client, page):
    make_series(3)

    assert client.get("/quiz/", {"page": page}).status_code == 404


def test_long_lists_have_pages(client):
    quizzes = make_series(25)
    second = client.get("/quiz/", {"page": "2"})

    assert list(second.context["page"]) == quizzes[3::-1]


def test_the_list_is_only_read(client):
    assert client.post("/quiz/").status_code == 405


def come_true(quiz):
    Quiz.objects.filter(pk=quiz.pk).update(
        came_true_on=date(2023, 9, 2), came_true_url="https://news.example/true"
    )


def test_a_lie_that_came_true_has_a_badge_and_is_not_named(client):
    first, second, _ = make_series(3)
    come_true(second)
    text = client.get("/quiz/").text

    assert text.count("Came true later") == 1
    row = text[text.index(f'href="{second.get_absolute_url()}"') :]
    assert "Came true later" in row[: row.index("</li>")]
    assert second.lie.text not in text
    assert first.lie.text not in text


def test_the_back_catalogue_is_filtered_by_what_came_true(client):
    first, second, third = make_series(3)
    come_true(second)
    response = client.get("/quiz/", {"came-true": "1"})

    assert list(response.context["page"]) == [second]
    assert response["Cache-Control"].startswith("public")
    for quiz in (first, second, third):
        assert quiz.lie.text not in response.text
    for value in ("0", "x", ""):
        answer = client.get("/quiz/", {"came-true": value})
        assert list(answer.context["page"]) == [second, first]


def test_an_open_quiz_says_nothing_of_what_came_of_its_lie(client):
    *_, current = make_series(2)
    before = [client.get("/quiz/").text, client.get("/quiz/?came-true=1").text]
    come_true(current)
    after = [client.get("/quiz/").text, client.get("/quiz/?came-true=1").text]

    assert after == before
    assert "No lie of ours has come true yet." in after[1]


def test_the_latest_quiz_is_filtered_once_it_has_closed(client):
    quiz = make_quiz(closes_at=OUT + timedelta(days=1))
    come_true(quiz)

    assert list(client.get("/quiz/?came-true=1").context["page"]) == [quiz]


@pytest.mark.parametrize(
    ("closes_at", "sentence"),
    [
        (None, "<strong>Open</strong> until the next quiz."),
        (OUT.replace(year=2199), "<strong>Open</strong> until <time"),
        (OUT + timedelta(days=1), "<strong>Closed</strong> on <time"),
    ],
)
def test_the_list_says_whether_the_latest_quiz_is_open(client, closes_at, sentence):
    make_quiz(closes_at=closes_at)

    text = client.get("/quiz/").text

    assert sentence in text
    assert (">This week</h2>" in text) is ("Open" in sentence)


def test_past_quizzes_are_closed(client):
    make_series(2)

    assert "<strong>Closed</strong>: play them any time" in client.get("/quiz/").text
