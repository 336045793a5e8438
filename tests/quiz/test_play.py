"""A player's way: the form, one guess, the reveal."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from quiz import tokens
from quiz.models import Guess, Player, Quiz
from quiz.services import arranged, deal_cards
from quiz.stats import count_picks
from tests.quiz.factories import OUT, make_quiz
from tests.quiz.player import (
    CHECKED,
    Cookieless,
    open_form,
    order_of,
    play,
    press,
    token_of,
    truth_of,
)

pytestmark = pytest.mark.django_db


def token_in(page):
    return re.findall(r'name="token" value="([^"]+)"', page)[0]


SECRETS = ("Because", "reason", "https://news.example", "Outlet", "FAKE", "TRUE")


def test_the_form_shows_four_headlines_and_nothing_of_the_answer(client):
    quiz = make_quiz()
    response = client.get(quiz.get_absolute_url())

    for card in deal_cards(quiz):
        assert response.text.count(card.handle) == 1
        assert card.text in response.text
    assert not [word for word in SECRETS if word in response.text]
    assert CHECKED not in response.text
    assert str(quiz.lie.pk) not in re.findall(r'value="([^"]+)"', response.text)


def test_what_the_form_is_drawn_from_does_not_hold_the_answer(client):
    quiz = make_quiz()
    context = client.get(quiz.get_absolute_url()).context

    assert not hasattr(context["quiz"], "lie")
    assert {*type(context["headlines"][0]).__slots__} == {"handle", "text"}


def test_the_answer_is_not_asked_of_the_database_before_the_guess(
    client, django_assert_max_num_queries
):
    quiz = make_quiz()
    for address in (quiz.get_absolute_url(), f"{quiz.get_absolute_url()}card/"):
        with django_assert_max_num_queries(2) as queries:
            client.get(address)
        asked = " ".join(query["sql"] for query in queries)
        assert not re.findall(
            r"lie_id|explanation|source_url|outlet|quiz_guess|updated_at", asked
        )


@pytest.mark.parametrize("path", ["", "card/", "?c=nonsense", "?r=nonsense"])
def test_reading_sets_no_cookie_and_is_kept_by_nobody(client, path):
    response = client.get(f"{make_quiz().get_absolute_url()}{path}")

    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]
    assert not Guess.objects.exists()
    assert not Player.objects.exists()


def test_a_link_brings_its_choice_along_and_votes_for_nothing(client):
    quiz = make_quiz()
    handle = quiz.lie.handle
    response = client.get(quiz.get_absolute_url(), {"c": handle})

    assert re.search(rf'value="{handle}" required checked', response.text)
    assert response.text.count(CHECKED) == 1
    assert not Guess.objects.exists()


@pytest.mark.parametrize(
    "choice", ["", "nonsense", "x" * 5000, "<script>alert(1)</script>", "1"]
)
def test_an_unknown_choice_in_a_link_is_ignored(client, choice, monkeypatch):
    monkeypatch.setattr(tokens, "draw_arrangement", lambda: 17)
    quiz = make_quiz()
    plain = client.get(quiz.get_absolute_url())
    response = client.get(quiz.get_absolute_url(), {"c": choice})

    assert response.context["choice"] == ""
    assert CHECKED not in response.text
    without_token = re.compile(r'name="token" value="[^"]+"')
    assert without_token.sub("", response.text) == without_token.sub("", plain.text)


def test_a_guess_leads_to_the_reveal_at_the_clean_address(client):
    quiz = make_quiz()
    answer = press(client, quiz, quiz.lie, open_form(client, quiz))

    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{quiz.get_absolute_url()}?r=")
    assert answer["Cache-Control"] == "private, no-store"
    back = client.get(answer["Location"])
    assert (back.status_code, back["Location"]) == (302, quiz.get_absolute_url())
    reveal = client.get(back["Location"])
    assert reveal.status_code == 200
    assert "You spotted the lie." in reveal.text
    assert all(word in reveal.text for word in SECRETS)
    assert reveal["Cache-Control"] == "private, no-store"
    assert not reveal.cookies
    guess = Guess.objects.get()
    assert guess.counted
    assert (guess.quiz, guess.headline, guess.channel) == (quiz, quiz.lie, "page")
    shown = arranged(deal_cards(quiz), guess.arrangement)
    assert shown[guess.position - 1].handle == quiz.lie.handle


def test_a_fooled_player_is_told_so(client):
    quiz = make_quiz()
    press(client, quiz, truth_of(quiz), open_form(client, quiz))
    reveal = client.get(quiz.get_absolute_url())

    assert "You were fooled" in reveal.text
    for headline in quiz.headlines.all():
        right, wrong = ("FAKE", "TRUE") if headline == quiz.lie else ("TRUE", "FAKE")
        assert f"{right}: {headline.text}" in reveal.text
        assert f"{wrong}: {headline.text}" not in reveal.text
    assert "Because <em>reason 3</em>." in reveal.text


def test_the_cookie_is_signed_and_out_of_reach_of_scripts(client, settings):
    settings.IS_HTTPS = True
    quiz = make_quiz()
    response = press(client, quiz, quiz.lie, open_form(client, quiz))
    cookie = response.cookies[settings.PLAYER_COOKIE_NAME]

    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert cookie["max-age"] == 30 * 24 * 60 * 60
    assert Player.objects.get().handle in cookie.value
    assert cookie.value != Player.objects.get().handle


@pytest.mark.parametrize("path", ["", "card/"])
def test_reload_back_and_card_show_the_stored_result(client, path):
    quiz = make_quiz()
    press(client, quiz, truth_of(quiz), open_form(client, quiz))
    texts = {client.get(f"{quiz.get_absolute_url()}{path}").text for _ in range(3)}

    assert len(texts) == 1
    assert "You were fooled" in texts.pop()


def test_a_second_guess_from_the_back_button_changes_nothing(client):
    quiz = make_quiz()
    token = open_form(client, quiz)
    press(client, quiz, truth_of(quiz), token)

    for headline in (quiz.lie, "nonsense", ""):
        answer = press(client, quiz, headline, token)
        assert (answer.status_code, answer["Location"]) == (
            303,
            quiz.get_absolute_url(),
        )
    assert Guess.objects.get().headline == truth_of(quiz)
    assert "You were fooled" in client.get(quiz.get_absolute_url()).text


@pytest.mark.parametrize("path", ["", "card/"])
@pytest.mark.parametrize("gives_up", [False, True])
def test_who_guesses_once_more_is_told_that_the_first_guess_stands(
    client, path, gives_up
):
    quiz = make_quiz()
    address = f"{quiz.get_absolute_url()}{path}"
    first = datetime(2023, 1, 12, 9, tzinfo=UTC)
    with time_machine.travel(first, tick=False):
        token = open_form(client, quiz)
        extra = {"give_up": "1"} if gives_up else {}
        press(client, quiz, "" if gives_up else truth_of(quiz), token, **extra)
        assert "12 January 2023, and" not in client.get(address).text
    with time_machine.travel(first + timedelta(minutes=1), tick=False):
        answer = press(client, quiz, quiz.lie, token)
        text = client.get(address).text

    assert answer["Location"] == quiz.get_absolute_url()
    did = "gave up" if gives_up else "guessed"
    assert f"You {did} on 12 January 2023, and what came first stands." in text


def test_two_presses_of_a_browser_without_cookies_are_one_guess():
    client = Cookieless()
    quiz = make_quiz()
    token = open_form(client, quiz)
    first = press(client, quiz, truth_of(quiz), token)
    second = press(client, quiz, quiz.lie, token)

    assert Guess.objects.get().headline == truth_of(quiz)
    assert Player.objects.count() == 1
    for answer in (first, second):
        assert "You were fooled" in client.get(answer["Location"]).text


def test_a_browser_without_cookies_sees_the_reveal_and_is_not_counted():
    client = Cookieless()
    quiz = make_quiz()
    answer = press(client, quiz, quiz.lie, open_form(client, quiz))
    assert Guess.objects.get().counted

    assert client.head(answer["Location"]).status_code == 200
    assert Guess.objects.get().counted
    reveal = client.get(answer["Location"])
    assert "You spotted the lie." in reveal.text
    assert not reveal.cookies
    guess = Guess.objects.get()
    assert (guess.counted, guess.uncounted_reason) == (False, "no cookie")
    assert client.get(answer["Location"]).text == reveal.text


def test_a_receipt_shows_nothing_to_a_player_who_has_not_guessed(client):
    quiz, earlier = make_quiz(), make_quiz()
    press(client, earlier, earlier.lie, open_form(client, earlier))
    friend = Cookieless()
    answer = press(friend, quiz, quiz.lie, open_form(friend, quiz))
    response = client.get(answer["Location"], follow=True)

    assert "data-quiz-form" in response.text
    assert not [word for word in SECRETS if word in response.text]
    assert Guess.objects.get(quiz=quiz).counted


def test_a_receipt_is_good_for_its_quiz_and_for_an_hour():
    client = Cookieless()
    quiz, other = make_quiz(), make_quiz()
    answer = press(client, quiz, quiz.lie, open_form(client, quiz))
    query = answer["Location"].partition("?")[2]

    assert client.get(f"{other.get_absolute_url()}?{query}").status_code == 302
    assert client.get(f"{answer['Location']}x").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        old = client.get(answer["Location"])
    assert (old.status_code, old["Location"]) == (302, quiz.get_absolute_url())


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("", "page"),
        ("?m=1", "page"),
        ("card/", "card"),
        ("?c={}", "link"),
        ("?c={}&m=1", "mail"),
    ],
)
def test_the_guess_remembers_where_its_form_stood(client, path, channel):
    quiz = make_quiz()
    address = quiz.get_absolute_url() + path.format(quiz.lie.handle)
    press(client, quiz, quiz.lie, token_of(client.get(address)))

    assert Guess.objects.get().channel == channel


def test_a_link_of_the_mail_shows_what_any_link_shows(client, monkeypatch):
    monkeypatch.setattr(tokens, "draw_arrangement", lambda: 5)
    quiz = make_quiz()
    pages = [
        client.get(quiz.get_absolute_url(), {"c": quiz.lie.handle, **mark}).text
        for mark in ({}, {"m": "1"})
    ]

    assert pages[0].replace(token_in(pages[0]), "") == pages[1].replace(
        token_in(pages[1]), ""
    )


def test_the_guess_remembers_how_long_it_took_and_under_which_key(client):
    quiz = make_quiz(key_version=3)
    play(client, quiz, after=75)
    guess = Guess.objects.get()

    assert guess.seconds_taken == 75
    assert guess.key_version == 3


# Giving up ------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [True, False])
def test_who_gives_up_sees_the_reveal_and_is_in_no_figure(client, chosen):
    quiz = make_quiz()
    headline = quiz.lie if chosen else None
    answer = press(client, quiz, headline, open_form(client, quiz), give_up="1")

    assert answer.status_code == 303
    guess = Guess.objects.get()
    assert (guess.headline, guess.position, guess.counted) == (None, None, True)
    assert count_picks(quiz.pk).total == 0
    reveal = client.get(quiz.get_absolute_url())
    assert f"FAKE: {quiz.lie.text}" in reveal.text
    assert "You spotted" not in reveal.text


def test_who_gave_up_has_guessed(client):
    quiz = make_quiz()
    press(client, quiz, None, open_form(client, quiz), give_up="1")
    play_again = press(client, quiz, quiz.lie, "any")

    assert play_again["Location"] == quiz.get_absolute_url()
    assert Guess.objects.get().headline is None


def test_giving_up_needs_a_form_of_ours(client):
    quiz = make_quiz()
    answer = press(client, quiz, None, "nonsense", give_up="1")

    assert answer.status_code == 403
    assert not Guess.objects.exists()


# The form -------------------------------------------------------------------


def test_the_form_is_a_fieldset_of_four_labelled_cards_and_two_buttons(client):
    page = html.fromstring(client.get(make_quiz().get_absolute_url()).text)
    (form,) = page.xpath("//form[@data-quiz-form]")

    assert form.get("autocomplete") == "off"  # a reload must not keep the old token
    assert len(form.xpath(".//fieldset/legend")) == 1
    assert len(form.xpath(".//fieldset//label/input[@type='radio']")) == 4
    buttons = form.xpath(".//button")
    assert [b.text for b in buttons] == ["Lock in my guess", "I give up, show me"]
    assert buttons[1].get("formnovalidate") is not None
    described = form.xpath(".//fieldset/@aria-describedby")
    assert len(form.xpath(f".//*[@id='{described[0]}']")) == 1


def test_the_form_says_what_true_means_and_by_when(client):
    page = html.fromstring(client.get(make_quiz().get_absolute_url()).text)
    (form,) = page.xpath("//form[@data-quiz-form]")
    text = " ".join(form.text_content().split())

    assert "Three of these are true, one is invented by us." in text
    assert "the linked outlet reported it by 11 January 2023 and we checked" in text


def test_the_trap_is_for_programs_alone(client):
    page = html.fromstring(client.get(make_quiz().get_absolute_url()).text)
    (trap,) = page.xpath("//input[@name='website']")

    assert (trap.get("tabindex"), trap.get("autocomplete")) == ("-1", "off")
    assert page.xpath("//*[@aria-hidden='true']//input[@name='website']") == [trap]
    assert not page.xpath("//*[@style]")


# Open and closed ------------------------------------------------------------


def test_a_guess_at_an_open_quiz_is_of_its_period(client):
    quiz = make_quiz()
    form = client.get(quiz.get_absolute_url())
    press(client, quiz, quiz.lie, token_of(form))

    assert "closed" not in form.text
    assert Guess.objects.get().in_period


@pytest.mark.parametrize("own", [False, True])
def test_a_closed_quiz_is_played_apart_from_its_figures(client, own):
    closed = OUT + timedelta(days=7)
    quiz = make_quiz(closes_at=closed if own else None)
    if not own:
        make_quiz(publish_at=closed)
    form = client.get(quiz.get_absolute_url())
    answer = press(client, quiz, quiz.lie, token_of(form))

    assert ">18 January 2023</time>: you can still play it" in form.text
    assert answer.status_code == 303
    guess = Guess.objects.get()
    assert (guess.in_period, guess.counted) == (False, True)
    assert count_picks(quiz.pk).total == 0


def test_the_moment_of_sending_decides_whether_a_quiz_is_open(client):
    quiz = make_quiz(closes_at=timezone.now() + timedelta(seconds=60))
    play(client, quiz, after=61)

    assert not Guess.objects.get().in_period


def test_one_browser_is_one_player_in_every_quiz(client):
    for quiz in (make_quiz(), make_quiz()):
        press(client, quiz, quiz.lie, open_form(client, quiz))

    assert Player.objects.count() == 1
    assert Guess.objects.count() == 2


def test_the_reveal_leads_to_the_latest_quiz_that_is_left(client):
    old, middle, new = (
        make_quiz(publish_at=OUT + timedelta(days=d)) for d in (0, 1, 2)
    )
    links = []
    for quiz in (middle, new, old):
        press(client, quiz, quiz.lie, open_form(client, quiz))
        links.append(client.get(quiz.get_absolute_url()).context["next_quiz"])

    assert links == [new, old, None]


@pytest.mark.parametrize("value", ["", "nonsense", "a:b:c", "\x00", "é" * 100])
def test_a_cookie_that_is_not_ours_is_no_cookie(client, value):
    quiz = make_quiz()
    client.cookies[settings.PLAYER_COOKIE_NAME] = value

    assert "data-quiz-form" in client.get(quiz.get_absolute_url()).text


def test_a_receipt_is_no_cookie(client):
    quiz = make_quiz()
    client.cookies[settings.PLAYER_COOKIE_NAME] = tokens.make_receipt(quiz.pk, "a" * 32)

    assert press(client, quiz, quiz.lie, open_form(client, quiz)).status_code == 303
    assert Player.objects.get().handle != "a" * 32


# What is refused ------------------------------------------------------------


def refused(response, status, sentence):
    assert response.status_code == status
    assert response["Cache-Control"] == "private, no-store"
    assert response.text.count(sentence) == 1
    assert re.search(r'role="alert">[^<]+\.', response.text)
    assert not response.cookies
    assert not Guess.objects.exists()
    assert not Player.objects.exists()
    assert not [word for word in SECRETS if word in response.text]


def test_a_missing_choice_is_asked_for(client):
    quiz = make_quiz()

    refused(press(client, quiz, "", open_form(client, quiz)), 422, "Pick the headline")


@pytest.mark.parametrize("choice", ["nonsense", "x" * 100_000, "\x00", "\ufffd", "<b>"])
def test_an_unknown_headline_is_refused(client, choice):
    quiz = make_quiz()

    refused(
        press(client, quiz, choice, open_form(client, quiz)), 422, "none of these four"
    )


def test_a_headline_of_another_quiz_is_refused(client):
    quiz, other = make_quiz(), make_quiz()

    answer = press(client, quiz, other.lie, open_form(client, quiz))

    refused(answer, 422, "none of these four")
    assert other.lie.handle not in answer.text


def test_the_key_of_a_headline_is_no_handle(client):
    quiz = make_quiz()

    answer = press(client, quiz, str(quiz.lie.pk), open_form(client, quiz))

    refused(answer, 422, "none of these four")


def forge(kind, quiz, token):
    return {
        "missing": "",
        "nonsense": "nonsense",
        "changed": f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
        "NUL": "\x00",
        "long": "x" * 50_000,
        "unsalted": signing.dumps([quiz.pk, "nonce", "page", 0, 0, ""]),
        "of another kind": signing.dumps([quiz.pk, "nonce"], salt=tokens.PLAY_SALT),
        "a number": signing.dumps(quiz.pk, salt=tokens.PLAY_SALT),
        "a receipt": tokens.make_receipt(quiz.pk, "a" * 32),
        "another quiz": tokens.make_token(quiz.pk + 1, Guess.Channel.PAGE),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "missing",
        "nonsense",
        "changed",
        "NUL",
        "long",
        "unsalted",
        "of another kind",
        "a number",
        "a receipt",
        "another quiz",
    ],
)
def test_a_forged_token_is_refused_and_the_choice_kept(client, kind):
    quiz = make_quiz()
    token = forge(kind, quiz, open_form(client, quiz))
    answer = press(client, quiz, quiz.lie, token)

    refused(answer, 403, "can’t be read")
    assert re.search(rf'value="{quiz.lie.handle}" required checked', answer.text)
    assert press(client, quiz, quiz.lie, token_of(answer)).status_code == 303


def test_an_old_token_is_refused_and_the_choice_kept(client):
    quiz = make_quiz()
    token = open_form(client, quiz)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=2)):
        answer = press(client, quiz, quiz.lie, token)

        refused(answer, 403, "more than a day old")
        assert re.search(rf'value="{quiz.lie.handle}" required checked', answer.text)
        assert press(client, quiz, quiz.lie, token_of(answer)).status_code == 303


def test_a_form_of_another_player_is_refused(client):
    quiz, earlier = make_quiz(), make_quiz()
    play(client, earlier)
    token = open_form(client, quiz)

    for stranger in (Client(), Cookieless()):
        answer = press(stranger, quiz, quiz.lie, token)
        assert answer.status_code == 403
        assert "made for another player" in answer.text
        assert re.search(rf'value="{quiz.lie.handle}" {CHECKED}', answer.text)
        assert press(stranger, quiz, quiz.lie, token_of(answer)).status_code == 303
    assert press(client, quiz, quiz.lie, token).status_code == 303
    assert Guess.objects.filter(quiz=quiz).count() == 3


def test_a_form_that_somebody_has_used_is_refused(client):
    quiz, earlier = make_quiz(), make_quiz()
    play(client, earlier)
    token = open_form(Client(), quiz)
    assert press(Client(), quiz, truth_of(quiz), token).status_code == 303
    answer = press(client, quiz, quiz.lie, token)

    assert answer.status_code == 403
    assert "has been used" in answer.text
    assert re.search(rf'value="{quiz.lie.handle}" {CHECKED}', answer.text)
    assert Guess.objects.get(quiz=quiz).headline == truth_of(quiz)


def test_a_form_opened_before_the_first_guess_elsewhere_is_still_good(client):
    quiz, other = make_quiz(), make_quiz()
    token = open_form(client, quiz)
    play(client, other)

    assert press(client, quiz, quiz.lie, token).status_code == 303
    assert Player.objects.count() == 1


def test_what_was_wrong_with_the_choice_changes_neither_form_nor_order(client):
    quiz = make_quiz()
    form = client.get(f"{quiz.get_absolute_url()}card/")
    answer = press(client, quiz, "nonsense", token_of(form))

    assert answer.status_code == 422
    assert order_of(answer) == order_of(form)
    assert token_of(answer) == token_of(form)
    press(client, quiz, quiz.lie, token_of(answer))
    assert Guess.objects.get().channel == "card"


@pytest.mark.parametrize("field", ["headline", "token", "website", "give_up", "x"])
@pytest.mark.parametrize("raw", [b"%00", b"%ED%A0%80", b"%ff", b"%EF%BF%BE"])
def test_bytes_that_are_no_text_are_no_error_of_ours(client, field, raw):
    quiz = make_quiz()
    sent = {
        "headline": quiz.lie.handle.encode(),
        "token": open_form(client, quiz).encode(),
        field: raw,
    }
    answer = client.post(
        f"{quiz.get_absolute_url()}guess/",
        b"&".join(b"%s=%s" % (name.encode(), value) for name, value in sent.items()),
        content_type="application/x-www-form-urlencoded",
    )
    status = {"headline": 422, "token": 403}.get(field, 303)

    assert answer.status_code == status
    assert Guess.objects.exists() is (status == 303)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"--x\r\n", b"token=" + b"x" * 3_000_000, b"&" * 3_000]
)
@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_no_form_is_refused(client, kind, body):
    address = f"{make_quiz().get_absolute_url()}guess/"

    assert client.generic("POST", address, body, kind).status_code in {400, 403}
    assert not Guess.objects.exists()


@pytest.mark.parametrize("path", ["", "card/", "guess/"])
@pytest.mark.parametrize(
    ("timing", "status"),
    [
        ({"publish_at": False}, 404),
        ({"publish_at": None}, 404),
        ({"publish_at": OUT.replace(year=2199)}, 404),
        ({"withdrawn_at": OUT}, 410),
    ],
    ids=["no issue", "draft", "scheduled", "withdrawn"],
)
def test_a_quiz_that_is_not_out_is_not_found(client, timing, status, path):
    quiz = make_quiz(**timing)
    token = tokens.make_token(quiz.pk, Guess.Channel.PAGE)
    address = f"{quiz.get_absolute_url()}{path}"
    if path == "guess/":
        response = press(client, quiz, quiz.lie, token)
    else:
        response = client.get(address)

    assert response.status_code == status
    assert not Guess.objects.exists()
    assert quiz.title not in response.text


@pytest.mark.parametrize("path", ["", "card/", "guess/"])
def test_an_unknown_quiz_is_not_found(client, path):
    send = client.post if path == "guess/" else client.get

    assert send(f"/quiz/unknown/{path}").status_code == 404


def test_wrong_methods_are_answered_405(client):
    address = make_quiz().get_absolute_url()

    assert client.get(f"{address}guess/").status_code == 405
    assert client.head(f"{address}guess/").status_code == 405
    for path in ("", "card/"):
        assert client.post(f"{address}{path}").status_code == 405
        assert client.put(f"{address}{path}").status_code == 405
    assert not Guess.objects.exists()


def test_hostile_text_comes_out_harmless(client):
    hostile = "<script>alert(1)</script>"
    quiz = make_quiz(
        title=hostile, intro=hostile, texts=[f"{hostile}{i}" for i in range(4)]
    )
    quiz.headlines.update(
        outlet=hostile, explanation=f"{hostile} [x](javascript:alert(1))"
    )
    Quiz.objects.filter(pk=quiz.pk).update(slug="hostile")
    quiz.refresh_from_db()
    form = client.get(quiz.get_absolute_url())
    press(client, quiz, quiz.lie, token_of(form))
    reveal = client.get(quiz.get_absolute_url())

    for page in (form, reveal, client.get("/quiz/")):
        assert "<script>alert" not in page.text
        assert 'href="javascript:' not in page.text


def test_a_reveal_costs_the_same_however_many_have_guessed(client):
    quiz = make_quiz()
    play(client, quiz)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(quiz.get_absolute_url()).status_code == 200
        return len(queries)

    alone = cost()
    for _ in range(10):
        play(Client(), quiz, truth_of(quiz))

    assert cost() == alone
    assert alone <= 12
