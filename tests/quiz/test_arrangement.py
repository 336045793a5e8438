"""The order of the four headlines belongs to the form, and the reveal keeps it."""

import random
from collections import Counter
from itertools import permutations
from types import SimpleNamespace

import pytest
from django.utils.html import escape

from issues.services import publish_issue
from quiz import tokens
from quiz.models import Guess
from quiz.services import (
    arranged,
    deal_cards,
    find_target,
    place_choice,
    submit_guess,
)
from tests.quiz.factories import OUT, make_issue, make_quiz
from tests.quiz.player import open_form, order_of, press, token_of
from tests.quiz.test_counting import chi_square_p

pytestmark = pytest.mark.django_db


def draw(monkeypatch, *arrangements):
    numbers = iter(arrangements)
    monkeypatch.setattr(tokens, "draw_arrangement", lambda: next(numbers))


def test_every_order_of_four_is_an_arrangement():
    cards = deal_cards(make_quiz())
    orders = [tuple(arranged(reversed(cards), number)) for number in range(24)]

    assert orders == list(permutations(cards))


def test_each_form_draws_an_order_and_a_reload_another(client, monkeypatch):
    draw(monkeypatch, 0, 23, 9)
    quiz = make_quiz()
    cards = deal_cards(quiz)
    for path, number in (("", 0), ("", 23), ("card/", 9)):
        form = client.get(f"{quiz.get_absolute_url()}{path}")
        assert order_of(form) == [card.handle for card in arranged(cards, number)]
        assert tokens.read_token(token_of(form), quiz.pk).arrangement == number


def test_orders_are_drawn_by_chance(client):
    quiz = make_quiz()
    forms = {tuple(order_of(client.get(quiz.get_absolute_url()))) for _ in range(60)}

    assert len(forms) > 12  # fewer once in 10 ** 14 runs


@pytest.mark.parametrize("arrangement", [0, 7, 23])
def test_the_order_that_was_sent_is_stored_and_the_reveal_keeps_it(
    client, monkeypatch, arrangement
):
    draw(monkeypatch, arrangement, 12, 3)
    quiz = make_quiz()
    form = client.get(quiz.get_absolute_url())
    client.get(quiz.get_absolute_url())  # a form of another tab, never sent
    press(client, quiz, quiz.lie, token_of(form))
    guess = Guess.objects.get()
    texts = [card.text for card in arranged(deal_cards(quiz), arrangement)]
    reveal = client.get(quiz.get_absolute_url()).text

    assert guess.arrangement == arrangement
    assert order_of(form)[guess.position - 1] == quiz.lie.handle
    places = [reveal.index(f": {escape(text)}") for text in texts]
    assert places == sorted(places)


def test_public_pages_keep_one_order_for_everybody(client):
    quiz = make_quiz(publish_at=False)
    publish_issue(issue=make_issue(quiz=quiz, publish_at=None), by=None)
    handles = [card.handle for card in deal_cards(quiz)]
    for address in (quiz.issue.get_absolute_url(), "/quiz/", "/"):
        for _ in range(2):
            text = client.get(address).text
            places = [text.index(handle) for handle in handles]
            assert places == sorted(places), address


@pytest.mark.slow
@pytest.mark.parametrize("typed", [0, 3])
def test_the_lie_stands_everywhere_equally_often_for_4000_players(monkeypatch, typed):
    # Seeded: true chance would fail this test once in a thousand runs.
    chance = random.Random(typed)  # noqa: S311  # no secret depends on it
    source = SimpleNamespace(
        randbelow=chance.randrange,
        token_urlsafe=lambda size: chance.randbytes(size).hex(),
    )
    monkeypatch.setattr(tokens, "secrets", source)
    quiz = make_quiz(lie=typed)
    target = find_target(quiz.slug, OUT)
    for _ in range(4_000):
        token = tokens.make_token(quiz.pk, Guess.Channel.PAGE)
        play = tokens.read_token(token, quiz.pk)
        submit_guess(
            target,
            place_choice(target, quiz.lie.handle, play.arrangement),
            player=play.player,
            channel=play.channel,
            arrangement=play.arrangement,
        )
    places = Counter(Guess.objects.values_list("position", flat=True))

    assert places.keys() == {1, 2, 3, 4}
    assert places.total() == 4_000
    assert chi_square_p(places.values(), 1_000) > 0.001


def test_the_form_of_another_tab_keeps_its_own_order(client, monkeypatch):
    draw(monkeypatch, 4, 19)
    quiz = make_quiz()
    first, second = open_form(client, quiz), open_form(client, quiz)
    assert first != second
    press(client, quiz, quiz.lie, first)

    assert Guess.objects.get().arrangement == 4
