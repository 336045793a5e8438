"""What somebody tries who wants the answer before the guess, or more than one guess.

What every address says is compared in test_invariance; here is what such a person
does with tokens, receipts, cookies, tabs, headers and the clock of their own.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.models import Guess, Player
from tests.quiz.factories import make_quiz, make_series
from tests.quiz.player import Cookieless, open_form, play, press, token_of, truth_of

pytestmark = pytest.mark.django_db


def sizes(answer):
    """All that can be seen of an answer without reading what is signed in it."""
    cookies = {name: len(morsel.value) for name, morsel in answer.cookies.items()}
    names = {name: len(value) for name, value in answer.headers.items()}
    return answer.status_code, names, cookies, len(answer.content)


def test_the_answer_to_a_guess_is_as_long_for_the_lie_as_for_a_truth():
    quiz = make_quiz()
    seen = [
        sizes(press(browser, quiz, headline, open_form(browser, quiz)))
        for headline in quiz.headlines.all()
        for browser in (Client(),)
    ]

    assert all(each == seen[0] for each in seen)


def test_the_database_does_the_same_for_the_lie_as_for_a_truth():
    quiz = make_quiz()
    asked = []
    for headline in (quiz.lie, truth_of(quiz)):
        browser = Client()
        token = open_form(browser, quiz)
        with CaptureQueriesContext(connection) as queries:
            press(browser, quiz, headline, token)
        asked.append([query["sql"].split("VALUES")[0][:60] for query in queries])

    assert asked[0] == asked[1]
    assert not [sql for sql in asked[0] if "lie" in sql]


@pytest.mark.parametrize("header", ["range", "if-range", "if-none-match", "if-match"])
@pytest.mark.parametrize("path", ["", "card/"])
def test_no_part_and_no_condition_is_answered_of_a_form(client, header, path):
    quiz = make_quiz()
    value = "bytes=0-10" if header == "range" else "*"
    response = client.get(f"{quiz.get_absolute_url()}{path}", headers={header: value})

    assert response.status_code == 200
    assert "data-quiz-form" in response.text
    assert not {"ETag", "Last-Modified", "Content-Range"} & {*response.headers}


def test_a_token_is_good_for_no_other_quiz(client):
    first, second = make_series(2)
    token = open_form(client, first)
    for quiz, status in ((second, 403), (first, 303)):
        assert press(client, quiz, quiz.lie, token).status_code == status

    assert [guess.quiz for guess in Guess.objects.all()] == [first]


def test_a_receipt_shows_no_other_quiz():
    first, second = make_series(2)
    browser = Cookieless()
    answer = play(browser, first)
    receipt = urlsplit(answer["Location"]).query
    response = browser.get(f"{second.get_absolute_url()}?{receipt}", follow=True)

    assert "data-quiz-form" in response.text
    assert "FAKE" not in response.text


def test_two_tabs_that_were_open_before_the_first_guess_are_one_guess(client):
    quiz = make_quiz()
    tabs = [open_form(client, quiz) for _ in range(3)]
    for token, headline in zip(tabs, quiz.headlines.all(), strict=False):
        press(client, quiz, headline, token)

    assert Guess.objects.get().headline == quiz.headlines.first()
    assert Player.objects.count() == 1


def test_a_token_pressed_with_and_without_its_cookie_is_one_guess():
    quiz = make_quiz()
    browser, bare = Client(), Cookieless()
    token = open_form(browser, quiz)
    press(browser, quiz, quiz.lie, token)
    press(bare, quiz, truth_of(quiz), token)
    press(browser, quiz, truth_of(quiz), token)

    assert Guess.objects.get().headline == quiz.lie


def test_a_used_token_makes_no_second_guess_for_another_browsers_player():
    first, second = make_series(2)
    browser, other = Client(), Client()
    play(other, first)
    token = open_form(browser, second)
    press(browser, second, second.lie, token)
    answer = press(other, second, second.lie, token)

    assert answer.status_code == 403
    assert Guess.objects.filter(quiz=second).count() == 1


def test_a_cookie_given_to_another_browser_is_the_same_player(client):
    quiz = make_quiz()
    play(client, quiz)
    thief = Client()
    thief.cookies[settings.PLAYER_COOKIE_NAME] = client.cookies[
        settings.PLAYER_COOKIE_NAME
    ].value
    assert "You spotted the lie." in thief.get(quiz.get_absolute_url()).text
    play_again = press(thief, quiz, truth_of(quiz), "x")

    assert play_again.status_code == 303
    assert Guess.objects.get().headline == quiz.lie


def test_nobody_elses_guess_is_made_uncounted_by_reading(client):
    quiz = make_quiz()
    play(client, quiz)
    address = quiz.get_absolute_url()
    stranger, counted = Cookieless(), Client()
    play(counted, quiz)
    for value in ("", "x", client.cookies[settings.PLAYER_COOKIE_NAME].value):
        for browser in (stranger, counted):
            browser.get(f"{address}?r={value}")
            browser.head(f"{address}?r={value}")

    assert not Guess.objects.filter(counted=False).exists()


def test_a_receipt_that_is_older_than_its_hour_uncounts_nothing():
    quiz = make_quiz()
    answer = play(Client(), quiz)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        Cookieless().get(answer["Location"])

    assert Guess.objects.get().counted


def test_going_back_and_forth_in_time_changes_no_guess(client):
    quiz = make_quiz()
    play(client, quiz)
    token = token_of(Client().get(quiz.get_absolute_url()))
    for days in (-400, 29):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            press(client, quiz, truth_of(quiz), token, after=0)

    assert Guess.objects.get().headline == quiz.lie


def test_the_choice_and_the_channel_of_a_link_are_taken_from_nowhere_else(client):
    quiz = make_quiz()
    answer = press(
        client,
        quiz,
        quiz.lie,
        open_form(client, quiz, c=truth_of(quiz).handle, m="1"),
        channel="card",
        position="1",
        arrangement="0",
        counted="1",
        key_version="9",
        player="f" * 32,
        after=0,
    )
    guess = Guess.objects.get()

    assert answer.status_code == 303
    assert (guess.headline, guess.channel, guess.key_version) == (quiz.lie, "mail", 1)
    assert (guess.counted, guess.uncounted_reason) == (False, "too fast")
    assert guess.player.handle != "f" * 32


def test_after_forgetting_the_old_cookie_shows_no_reveal(client):
    quiz = make_quiz()
    play(client, quiz)
    kept = client.cookies[settings.PLAYER_COOKIE_NAME].value
    client.post("/quiz/player/forget/")
    replay = Client()
    replay.cookies[settings.PLAYER_COOKIE_NAME] = kept
    text = replay.get(quiz.get_absolute_url()).text

    assert "data-quiz-form" in text
    assert "FAKE" not in text
    assert Guess.objects.get().player is None
