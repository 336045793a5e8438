"""One guess counts, whoever presses how often; and figures are of what counts."""

import math
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from quiz import tokens
from quiz.models import Guess, Headline, Player, Quiz
from quiz.models import quizzes as quiz_models
from quiz.reveals import reveal_to
from quiz.services import (
    UnknownHeadlineError,
    deal_cards,
    deal_hands,
    find_target,
    mark_uncounted,
    place_choice,
    submit_guess,
)
from quiz.stats import count_picks
from tests.quiz.factories import make_guess, make_quiz, make_series

pytestmark = pytest.mark.django_db


def guess_at(quiz, headline, player="a" * 32):
    target = find_target(quiz.slug, timezone.now())
    choice = place_choice(target, headline, 0)
    return submit_guess(target, choice, player=player, channel=Guess.Channel.PAGE)


def test_a_guess_is_stored_with_its_place_and_without_a_verdict():
    quiz = make_quiz()
    card = deal_cards(quiz)[2]
    guess_at(quiz, card.handle)
    guess = Guess.objects.get()

    assert (guess.headline.handle, guess.position) == (card.handle, 3)
    assert (guess.counted, guess.player.handle) == (True, "a" * 32)
    assert not [
        f.name for f in Guess._meta.fields if "right" in f.name or "lie" in f.name
    ]


def test_a_second_guess_leaves_the_first():
    quiz = make_quiz()
    first, second = deal_cards(quiz)[:2]

    assert guess_at(quiz, first.handle)
    assert not guess_at(quiz, second.handle)
    assert Guess.objects.get().headline.handle == first.handle


def test_a_headline_of_another_quiz_cannot_be_picked():
    quiz, other = make_quiz(), make_quiz()

    with pytest.raises(UnknownHeadlineError):
        guess_at(quiz, other.lie.handle)
    assert not Player.objects.exists()


def test_an_uncounted_guess_keeps_its_first_reason():
    guess = make_guess(make_quiz())
    for _ in range(2):
        mark_uncounted(guess, reason=Guess.Reason.NO_COOKIE)
    guess.refresh_from_db()

    assert (guess.counted, guess.uncounted_reason) == (False, "no cookie")


def test_only_counted_guesses_are_in_the_figures(django_assert_num_queries):
    quiz = make_quiz()
    a, b, _, lie = quiz.headlines.all()
    for headline in (a, b, lie, lie):
        make_guess(quiz, headline=headline)
    make_guess(quiz, headline=a, counted=False, uncounted_reason="no cookie")
    make_guess(make_quiz())

    with django_assert_num_queries(2):
        picks = count_picks(quiz.pk)

    assert (picks.total, picks.by_headline) == (4, {a.pk: 1, b.pk: 1, lie.pk: 2})
    assert picks.share(lie.pk) == 0.5


def test_nobody_has_guessed_is_no_division_by_zero():
    picks = count_picks(make_quiz().pk)

    assert (picks.total, picks.of(1), picks.share(1)) == (0, 0, 0.0)


@pytest.mark.parametrize(
    ("picked", "others", "width"),
    [(1, 0, "w-100"), (1, 2, "w-33"), (0, 3, "w-0"), (1, 15, "w-6")],
)
def test_bars_have_widths_that_the_stylesheet_has(picked, others, width):
    quiz = make_quiz()
    lie, other = quiz.lie, quiz.headlines.first()
    guesses = [make_guess(quiz, headline=lie) for _ in range(picked)]
    guesses += [make_guess(quiz, headline=other) for _ in range(others)]
    reveal = reveal_to(guesses[0])

    assert [row.width_class for row in reveal.rows if row.is_lie] == [width]
    assert reveal.total == picked + others


def test_the_reveal_keeps_the_order_of_the_form():
    quiz = make_quiz()
    reveal = reveal_to(make_guess(quiz))

    assert [row.text for row in reveal.rows] == [card.text for card in deal_cards(quiz)]


def test_many_quizzes_are_dealt_with_one_query(django_assert_num_queries):
    quizzes = make_series(5)

    with django_assert_num_queries(1):
        hands = deal_hands(quizzes)

    assert hands == {quiz.pk: deal_cards(quiz) for quiz in quizzes}


def chi_square_p(observed, expected):
    """The tail of chi-square with three degrees of freedom, in closed form."""
    x = sum((n - expected) ** 2 / expected for n in observed)
    return math.erfc(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)


def test_the_tail_of_chi_square_is_that_of_the_tables():
    # 7.815 is the 5 % point, 16.266 the 0.1 % point of three degrees of freedom.
    spread = math.sqrt(7.815 * 1000 / 2)
    assert (
        abs(chi_square_p([1000 + spread, 1000 - spread, 1000, 1000], 1000) - 0.05)
        < 1e-4
    )
    assert chi_square_p([1100, 1000, 950, 950], 1000) < 0.01


@pytest.mark.parametrize("typed", [0, 3])
def test_the_lie_stands_everywhere_equally_often(typed, monkeypatch):
    # Seeded: true chance would fail this test once in a thousand runs.
    chance = random.Random(typed)  # noqa: S311  # no secret depends on it
    source = SimpleNamespace(token_hex=lambda size: chance.randbytes(size).hex())
    monkeypatch.setattr(quiz_models, "secrets", source)
    quizzes = Quiz.objects.bulk_create(
        Quiz(slug=f"q{number}", title="Q") for number in range(4_000)
    )
    rows = Headline.objects.bulk_create(
        Headline(quiz=quiz, text=f"{place}", position=place)
        for quiz in quizzes
        for place in range(4)
    )
    lies = {row.handle for row in rows if row.position == typed}
    places = Counter(
        next(place for place, card in enumerate(hand) if card.handle in lies)
        for start in range(0, 4_000, 500)
        for hand in deal_hands(quizzes[start : start + 500]).values()
    )

    assert places.keys() == {0, 1, 2, 3}
    assert chi_square_p(places.values(), 1_000) > 0.001


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_cookie", [False, True], ids=["token", "cookie"])
def test_480_presses_of_60_players_are_60_guesses(has_cookie):
    quiz = make_quiz()
    handles = [card.handle for card in deal_cards(quiz)]
    with time_machine.travel(timezone.now() - timedelta(seconds=12), tick=False):
        players = [tokens.make_token(quiz.pk, Guess.Channel.PAGE) for _ in range(60)]
    presses = [(n, *player) for n in range(8) for player in enumerate(players)]
    together = Barrier(32)

    def press(job):
        number, (turn, home, token) = job
        client = Client(REMOTE_ADDR=f"192.0.2.{home}")
        if has_cookie:
            play = tokens.read_token(token, quiz.pk)
            response = HttpResponse()
            tokens.remember_player(response, play.player)
            client.cookies = response.cookies
        if number < together.parties:
            together.wait()
        try:
            data = {"headline": handles[turn % 4], "token": token}
            return client.post(f"{quiz.get_absolute_url()}guess/", data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(together.parties) as pool:
        answers = Counter(pool.map(press, enumerate(presses)))

    assert answers == {303: 480}
    assert Guess.objects.count() == 60
    assert Player.objects.count() == 60
    assert count_picks(quiz.pk).total == 60
