"""Scanners and previews open every link: none of them guesses for anybody."""

import re

import pytest
from django.conf import settings

from issues.services import publish_issue
from quiz import tokens
from quiz.models import Guess, Player
from tests.quiz.crawl import addresses
from tests.quiz.factories import make_issue, make_quiz
from tests.quiz.player import open_form, play
from tests.quiz.test_invariance import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_reading_every_address_guesses_nothing_and_sets_no_cookie(client, method):
    world = World()
    before = Guess.objects.count(), Player.objects.count()
    found = [address for _, address in addresses(world.arguments())]
    found += [
        f"{world.quiz.get_absolute_url()}{query}"
        for headline in world.headlines
        for query in (
            f"?c={headline.handle}",
            f"?c={headline.handle}&m=1",
            f"?headline={headline.handle}&give_up=1",
            f"card/?c={headline.handle}",
            f"guess/?headline={headline.handle}&token={open_form(client, world.quiz)}",
            "?r=x",
        )
    ]
    for address in found:
        response = getattr(client, method)(address)
        assert response.status_code < 500
        assert not response.cookies, address
        if response.streaming:
            response.getvalue()

    assert (Guess.objects.count(), Player.objects.count()) == before


@pytest.mark.parametrize("value", ["", "x", "\x00", "y" * 300])
@pytest.mark.parametrize("path", ["", "card/", "?r=x"])
def test_reading_sets_no_cookie_whatever_cookies_came(client, path, value):
    quiz = make_quiz()
    for name in (
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.PLAYER_COOKIE_NAME,
    ):
        client.cookies[name] = value

    assert not client.get(f"{quiz.get_absolute_url()}{path}").cookies


def test_a_receipt_read_again_and_again_is_one_guess(client):
    quiz = make_quiz()
    answer = play(client, quiz)
    for method in (client.get, client.head):
        for _ in range(3):
            method(answer["Location"])

    assert Guess.objects.count() == 1
    assert Guess.objects.get().counted


def test_the_four_links_of_an_issue_have_one_shape(client):
    quiz = make_quiz(publish_at=False)
    publish_issue(issue=make_issue(quiz=quiz, publish_at=None), by=None)
    text = client.get(quiz.issue.get_absolute_url()).text
    links = re.findall(rf"<a [^>]*{quiz.get_absolute_url()}\?c=[^>]+>", text)

    assert len(links) == 4
    assert len({re.sub(r"[0-9a-f]{16}", "", link) for link in links}) == 1


@pytest.mark.parametrize("path", ["", "card/", "guess/"])
def test_the_referrer_stays_on_this_site(client, path):
    quiz = make_quiz()
    if path == "guess/":
        answer = client.post(
            f"{quiz.get_absolute_url()}guess/",
            {
                "headline": quiz.lie.handle,
                "token": tokens.make_token(quiz.pk, Guess.Channel.PAGE),
            },
        )
    else:
        answer = client.get(f"{quiz.get_absolute_url()}{path}")

    # `no-referrer` would make browsers send `Origin: null` with the form.
    assert answer["Referrer-Policy"] == "same-origin"
