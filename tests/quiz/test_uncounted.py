"""Guesses that are kept and not counted, each with the reason."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from quiz.models import Guess
from quiz.services import why_uncounted
from tests.factories import make_editor, make_user, make_writer
from tests.quiz.factories import make_quiz
from tests.quiz.player import Cookieless, open_form, play, press

pytestmark = pytest.mark.django_db


def stored():
    guess = Guess.objects.latest("pk")
    return guess.counted, guess.uncounted_reason


def test_a_readers_guess_counts(client):
    play(client, make_quiz())

    assert stored() == (True, "")


@pytest.mark.parametrize("make", [make_editor, make_writer, make_user])
def test_who_is_signed_in_at_the_desk_plays_uncounted(client, make):
    client.force_login(make())
    answer = play(client, make_quiz())

    assert answer.status_code == 303
    assert stored() == (False, "staff")


def test_who_signed_out_counts_again(client):
    client.force_login(make_editor())
    play(client, make_quiz())
    client.logout()
    play(client, make_quiz())

    assert stored() == (True, "")


@pytest.mark.parametrize(("after", "counted"), [(0, False), (0.9, False), (1.1, True)])
def test_a_form_sent_within_a_second_is_not_counted(client, after, counted):
    with time_machine.travel(timezone.now(), tick=False):
        play(client, make_quiz(), after=after)

    assert stored() == ((True, "") if counted else (False, "too fast"))


@pytest.mark.parametrize("filled", ["x", " ", "https://spam.example"])
def test_a_filled_trap_is_not_counted(client, filled):
    answer = play(client, make_quiz(), website=filled)

    assert answer.status_code == 303
    assert stored() == (False, "honeypot")


def test_an_empty_trap_is_no_trap(client):
    play(client, make_quiz(), website="")

    assert stored() == (True, "")


def send(quiz, address="192.0.2.7", **options):
    client = Client(REMOTE_ADDR=address)
    play(client, quiz, **options)
    return stored()


def tomorrow_noon():
    """Far from midnight, where the count begins anew with the day's salt."""
    return (timezone.now() + timedelta(days=1)).replace(hour=12, minute=0)


def test_the_31st_guess_of_a_network_within_an_hour_is_not_counted():
    quiz = make_quiz()
    start = tomorrow_noon()
    with time_machine.travel(start, tick=False):
        assert {send(quiz) for _ in range(30)} == {(True, "")}
        assert send(quiz) == (False, "too many")
        assert send(quiz, "192.0.2.8") == (True, "")
    with time_machine.travel(start + timedelta(minutes=59), tick=False):
        assert send(quiz) == (False, "too many")
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        assert send(quiz) == (True, "")
    assert Guess.objects.count() == 34


def test_any_hour_counts_not_that_of_the_clock():
    quiz = make_quiz()
    start = tomorrow_noon()
    for minutes, number in ((0, 15), (40, 15)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert {send(quiz) for _ in range(number)} == {(True, "")}
    with time_machine.travel(start + timedelta(minutes=65), tick=False):
        assert {send(quiz) for _ in range(15)} == {(True, "")}
        assert send(quiz) == (False, "too many")


def test_a_new_day_counts_anew():
    quiz = make_quiz()
    midnight = (timezone.now() + timedelta(days=2)).replace(hour=0, minute=0)
    with time_machine.travel(midnight - timedelta(minutes=2), tick=False):
        assert {send(quiz) for _ in range(30)} == {(True, "")}
        assert send(quiz) == (False, "too many")
    with time_machine.travel(midnight + timedelta(minutes=2), tick=False):
        assert send(quiz) == (True, "")


def test_a_second_press_is_no_further_guess_of_its_network():
    quiz = make_quiz()
    client = Cookieless(REMOTE_ADDR="192.0.2.7")
    for _ in range(10):
        token = open_form(client, quiz)
        for _ in range(4):
            press(client, quiz, quiz.lie, token)

    assert Guess.objects.filter(counted=True).count() == 10


def test_the_first_rule_says_why():
    rules = {"is_staff": True, "is_trapped": True, "seconds": 0.0, "is_flooding": True}
    reasons = []
    for name, harmless in (
        ("is_staff", False),
        ("is_trapped", False),
        ("seconds", 1.0),
        ("is_flooding", False),
    ):
        reasons.append(why_uncounted(**rules))
        rules[name] = harmless

    assert reasons == ["staff", "honeypot", "too fast", "too many"]
    assert why_uncounted(**rules) is None


def test_a_missing_cookie_is_no_better_reason(client):
    quiz = make_quiz()
    answer = play(Cookieless(), quiz, website="x")
    Cookieless().get(answer["Location"])

    assert stored() == (False, "honeypot")
