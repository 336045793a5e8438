"""The player's page: keep me, move me, forget me."""

import re
from datetime import timedelta

import lxml.html
import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from quiz import attempts, tokens
from quiz.models import Guess, Headline, Player, TransferCode
from quiz.services.corrections import void_quiz
from quiz.streaks import LISTED, list_played
from tests.quiz.factories import OUT, make_guess, make_quiz, make_series

pytestmark = pytest.mark.django_db

PAGE = "/quiz/player/"
POSTS = ("keep", "code", "enter", "forget")
DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    cache.clear()


def browser_of(player, **options):
    client = Client()
    answer = HttpResponse()
    tokens.remember_player(answer, player.handle, **options)
    client.cookies = answer.cookies
    return client


def cookie_of(response, settings):
    return response.cookies[settings.PLAYER_COOKIE_NAME]


@pytest.fixture
def quiz():
    return make_quiz()


@pytest.fixture
def player(quiz):
    player = Player.objects.create()
    make_guess(quiz, player=player, headline=quiz.lie)
    return player


def code_on(response):
    (code,) = re.findall(r"</span>([3-9A-Z]{4}-[3-9A-Z]{4})<", response.text)
    return code


def test_the_page_shows_a_player_the_streak_and_sets_no_cookie(player):
    response = browser_of(player).get(PAGE)

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]
    assert not response.cookies
    assert "Played 1." in response.text
    assert "Spotted 1 of 1." in response.text
    assert player.handle not in response.text
    assert '<meta name="robots" content="noindex">' in response.text


def quizzes_on(response):
    listed = lxml.html.fromstring(response.text).xpath('//*[@class="quizzes"]/li')
    return [" ".join(row.text_content().split()) for row in listed]


def test_the_page_lists_the_latest_quizzes_and_how_each_came_out(player, quiz):
    fooled, given_up, void, left = make_series(4, start=OUT + timedelta(weeks=1))
    make_guess(fooled, player=player)
    gave_up = make_guess(given_up, player=player)
    Guess.objects.filter(pk=gave_up.pk).update(headline=None, position=None)
    make_guess(void, player=player, headline=void.lie)
    void_quiz(quiz=void, reason="All were true.", by=None)
    make_quiz(publish_at=None)
    make_guess(left)
    response = browser_of(player).get(PAGE)

    assert quizzes_on(response) == [
        f"No. 4 {left.title} Not played",
        f"No. 3 {void.title} Does not count",
        f"No. 2 {given_up.title} Gave up",
        f"No. 1 {fooled.title} Fooled",
        f"{quiz.title} Spotted",
    ]
    assert not [lie for lie in Headline.objects.all() if lie.text in response.text]


def test_the_list_of_the_page_ends(player, client, django_assert_num_queries):
    make_series(LISTED + 1, start=OUT + timedelta(weeks=1))

    assert len(quizzes_on(browser_of(player).get(PAGE))) == LISTED
    assert quizzes_on(client.get(PAGE)) == []
    with django_assert_num_queries(3):
        list_played(player)


def test_the_page_offers_a_stranger_nothing_but_to_enter_a_code(client):
    response = client.get(PAGE)

    assert response.status_code == 200
    assert not response.cookies
    assert re.findall(r'action="/quiz/player/(\w+)/"', response.text) == ["enter"]


def test_a_cookie_of_a_player_who_is_gone_is_a_strangers(player):
    client = browser_of(player)
    player.delete()

    assert "Forget me" not in client.get(PAGE).text


@pytest.mark.parametrize("done", ["forgotten", "moved", "x", "<script>"])
def test_nothing_is_said_to_be_done_that_is_not_so(client, player, done):
    known = browser_of(player).get(PAGE, {"done": done}).text
    stranger = client.get(PAGE, {"done": done}).text

    assert ("Welcome back" in known) == (done == "moved")
    assert ("You are forgotten" in stranger) == (done == "forgotten")
    assert "You are forgotten" not in known
    assert "Welcome back" not in stranger
    assert "<script>" not in known + stranger


@pytest.mark.parametrize("verb", POSTS)
def test_a_post_from_another_site_is_refused(player, verb):
    client = browser_of(player)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
    ):
        response = client.post(f"{PAGE}{verb}/", headers=headers)
        assert response.status_code == 403
        assert not response.cookies
    player.refresh_from_db()
    assert not player.keeps_streak
    assert not TransferCode.objects.exists()


@pytest.mark.parametrize("verb", POSTS)
def test_reading_does_none_of_it(player, verb):
    client = browser_of(player)
    for method in (client.get, client.head, client.put):
        response = method(f"{PAGE}{verb}/")
        assert response.status_code == 405
        assert not response.cookies
    assert client.post(PAGE).status_code == 405


@pytest.mark.parametrize("verb", POSTS)
def test_a_stranger_who_posts_becomes_nobody(client, verb):
    response = client.post(f"{PAGE}{verb}/")

    assert response.status_code in {303, 422}
    assert response["Cache-Control"] == "private, no-store"
    assert not [c for c in response.cookies.values() if c.value]
    assert not Player.objects.exists()


def test_no_session_or_csrf_cookie_comes_with_it(player):
    client = browser_of(player)
    client.cookies["csrf"] = client.cookies["session"] = "broken"
    for response in (client.get(PAGE), client.post(f"{PAGE}code/")):
        assert not response.cookies


# Keep my streak --------------------------------------------------------------


@pytest.mark.parametrize("is_https", [True, False])
def test_keeping_a_streak_makes_the_cookie_last_thirteen_months(
    player, settings, is_https
):
    settings.IS_HTTPS = is_https
    response = browser_of(player).post(f"{PAGE}keep/")
    cookie = cookie_of(response, settings)

    assert (response.status_code, response["Location"]) == (303, PAGE)
    assert cookie["max-age"] == 395 * DAY
    assert cookie["httponly"]
    assert bool(cookie["secure"]) == is_https
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    player.refresh_from_db()
    assert player.keeps_streak


def test_keeping_leads_back_to_the_quiz_and_to_no_other_place(player, quiz):
    client = browser_of(player)
    for slug, place in (
        (quiz.slug, quiz.get_absolute_url()),
        ("unknown", PAGE),
        ("//elsewhere.example", PAGE),
        ("\x00", PAGE),
        ("", PAGE),
    ):
        assert client.post(f"{PAGE}keep/", {"quiz": slug})["Location"] == place


def test_a_kept_cookie_is_read_for_thirteen_months_another_for_thirty_days(player):
    kept, plain = browser_of(player, keeps_streak=True), browser_of(player)
    for days, is_kept, is_plain in ((29, 1, 1), (31, 1, 0), (394, 1, 0), (396, 0, 0)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert ("Forget me" in kept.get(PAGE).text) == bool(is_kept)
            assert ("Forget me" in plain.get(PAGE).text) == bool(is_plain)


def test_the_next_guess_renews_the_cookie_for_as_long_as_was_asked(player, settings):
    for keeps, days in ((False, 30), (True, 395)):
        Player.objects.update(keeps_streak=keeps)
        quiz = make_quiz()
        client = browser_of(player, keeps_streak=keeps)
        page = client.get(quiz.get_absolute_url()).text
        (token,) = re.findall(r'name="token" value="([^"]+)"', page)
        data = {"headline": quiz.lie.handle, "token": token}
        response = client.post(f"{quiz.get_absolute_url()}guess/", data)
        assert response.status_code == 303
        assert cookie_of(response, settings)["max-age"] == days * DAY


# Forget me --------------------------------------------------------------------


def test_forgetting_takes_the_cookie_and_cuts_the_guesses_loose(player, settings):
    settings.IS_HTTPS = True
    client = browser_of(player)
    response = client.post(f"{PAGE}forget/")
    cookie = cookie_of(response, settings)

    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/")
    assert response["Location"] == f"{PAGE}?done=forgotten"
    assert not Player.objects.exists()
    assert Guess.objects.get().player is None
    assert "You are forgotten" in client.get(response["Location"]).text
    assert client.post(f"{PAGE}forget/").status_code == 303


# Another device ---------------------------------------------------------------


def test_a_code_carries_the_player_to_another_browser(client, player, settings):
    made = browser_of(player, keeps_streak=True).post(f"{PAGE}code/")
    assert made.status_code == 200
    assert made["Cache-Control"] == "private, no-store"
    Player.objects.update(keeps_streak=True)
    response = client.post(f"{PAGE}enter/", {"code": code_on(made).lower()})

    assert response["Location"] == f"{PAGE}?done=moved"
    assert cookie_of(response, settings)["max-age"] == 395 * DAY
    page = client.get(response["Location"]).text
    assert "Welcome back" in page
    assert "Spotted 1 of 1." in page
    assert Player.objects.get() == player


def test_the_earlier_guess_wins_when_both_browsers_have_guessed(player, quiz):
    other = Player.objects.create()
    make_guess(quiz, player=other, created_at=timezone.now() - timedelta(hours=1))
    made = browser_of(player).post(f"{PAGE}code/")
    client = browser_of(other)
    client.post(f"{PAGE}enter/", {"code": code_on(made)})

    assert "Spotted 0 of 1." in client.get(PAGE).text
    assert "Spotted 0 of 1." in browser_of(player).get(PAGE).text
    assert Guess.objects.filter(player=None).get().headline == quiz.lie


@pytest.mark.parametrize("code", ["", "3467-CDFG", "\x00", "x" * 50_000, "<b>hi</b>"])
def test_a_wrong_code_is_answered_with_a_sentence(client, player, code):
    response = client.post(f"{PAGE}enter/", {"code": code})

    assert response.status_code == 422
    assert re.search(r'role="alert">That code does not work\.', response.text)
    assert not response.cookies
    assert "<b>hi</b>" not in response.text


def test_a_used_code_is_a_wrong_one(client, player):
    code = code_on(browser_of(player).post(f"{PAGE}code/"))
    client.post(f"{PAGE}enter/", {"code": code})

    assert Client().post(f"{PAGE}enter/", {"code": code}).status_code == 422


def test_who_tries_many_codes_is_shut_out_for_ten_minutes(client, player):
    code = code_on(browser_of(player).post(f"{PAGE}code/"))
    for _ in range(attempts.LIMIT):
        assert client.post(f"{PAGE}enter/", {"code": "CDFG3467"}).status_code == 422
    response = client.post(f"{PAGE}enter/", {"code": code})
    assert response.status_code == 429
    assert "Too many wrong codes" in response.text
    assert not response.cookies

    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    assert elsewhere.post(f"{PAGE}enter/", {"code": code}).status_code == 303


def test_right_codes_do_not_count_as_attempts(player):
    for _ in range(attempts.LIMIT + 2):
        code = code_on(browser_of(player).post(f"{PAGE}code/"))
        assert Client().post(f"{PAGE}enter/", {"code": code}).status_code == 303


def test_attempts_are_remembered_without_the_address(rf):
    request = rf.post("/", REMOTE_ADDR="203.0.113.7")
    attempts.count_failure(request)

    assert not attempts.is_shut_out(request)
    assert "203.0.113" not in attempts._key(request)
    first = attempts._key(request)
    cache.delete(attempts.SALT_KEY)
    assert attempts._key(request) != first


def test_an_address_of_a_quiz_is_never_the_players_page(client):
    assert client.get("/quiz/player/").templates[0].name == "quiz/quiz_player.html"
