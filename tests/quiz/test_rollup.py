"""Guesses are added up once; the figures are the same before, during and after."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from io import StringIO
from threading import Barrier, Event

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from quiz.models import Guess, Player, Rollup, Tally
from quiz.services.rollup import REST, roll_up, roll_up_all
from quiz.stats import Kind, count_crowd, count_kinds, count_picks
from tests.quiz.factories import OUT, make_guess, make_quiz

pytestmark = pytest.mark.django_db


def count_by_hand(quiz):
    return Counter(
        Kind(guess.headline_id, guess.in_period, guess.key_version)
        for guess in Guess.objects.all()
        if guess.quiz_id == quiz.pk and guess.counted
    )


def tallied(quiz):
    return Counter(
        {
            Kind(row.headline_id, row.in_period, row.key_version): row.count
            for row in Tally.objects.filter(quiz=quiz)
        }
    )


def give_up(quiz, **overrides):
    guess = make_guess(quiz, **overrides)
    Guess.objects.filter(pk=guess.pk).update(headline=None, position=None)
    return guess


def make_mixed(quiz, created_at):
    """Guesses of every kind, and some that are not counted."""
    a, b, *_ = quiz.headlines.all()
    at = {"created_at": created_at}
    return [
        make_guess(quiz, headline=a, **at),
        make_guess(quiz, headline=a, **at),
        make_guess(quiz, headline=b, **at),
        make_guess(quiz, headline=b, in_period=False, **at),
        make_guess(quiz, headline=b, key_version=2, **at),
        make_guess(quiz, headline=a, counted=False, uncounted_reason="staff", **at),
        give_up(quiz, **at),
        give_up(quiz, **at),
    ]


def test_old_guesses_are_in_the_tallies_and_young_ones_are_not():
    quiz = make_quiz()
    old = make_mixed(quiz, OUT)
    expected = count_by_hand(quiz)
    make_mixed(quiz, OUT + timedelta(hours=1))

    assert roll_up(quiz.pk, OUT + timedelta(minutes=1)) == len(old)
    assert tallied(quiz) == expected
    assert Rollup.objects.get(quiz=quiz).last_guess_id == old[-1].pk
    assert count_kinds(quiz.pk) == count_by_hand(quiz)


def test_guesses_of_other_quizzes_stay_out():
    quiz, other = make_quiz(), make_quiz()
    make_mixed(quiz, OUT)
    make_mixed(other, OUT)
    roll_up(quiz.pk, timezone.now())

    assert not Tally.objects.filter(quiz=other).exists()
    assert count_kinds(quiz.pk) == count_by_hand(quiz)
    assert count_kinds(other.pk) == count_by_hand(other)


def test_rolling_up_twice_adds_nothing():
    quiz = make_quiz()
    make_mixed(quiz, OUT)
    for expected in (8, 0):
        assert roll_up(quiz.pk, timezone.now()) == expected

    assert tallied(quiz) == count_by_hand(quiz)


def test_later_guesses_are_added_to_the_tallies_that_are_there():
    quiz = make_quiz()
    for hour in range(3):
        make_mixed(quiz, OUT + timedelta(hours=hour))
        roll_up(quiz.pk, OUT + timedelta(hours=hour, minutes=1))

    assert tallied(quiz) == count_by_hand(quiz)
    assert Tally.objects.filter(quiz=quiz).count() == 5


def test_an_old_guess_behind_a_young_one_waits_for_it():
    quiz = make_quiz()
    first = make_guess(quiz, created_at=OUT)
    make_guess(quiz, created_at=OUT + timedelta(hours=1))
    make_guess(quiz, created_at=OUT)  # another server's clock

    assert roll_up(quiz.pk, OUT + timedelta(minutes=1)) == 1
    assert Rollup.objects.get(quiz=quiz).last_guess_id == first.pk
    assert count_picks(quiz.pk).total == 3


def test_a_quiz_without_guesses_has_nothing_to_add():
    quiz = make_quiz()

    assert roll_up(quiz.pk, timezone.now()) == 0
    assert not count_kinds(quiz.pk)


def test_a_roll_up_that_fails_leaves_nothing_half_done(monkeypatch):
    quiz = make_quiz()
    make_mixed(quiz, OUT)
    expected = count_by_hand(quiz)

    def fail(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Rollup, "save", fail)
        with pytest.raises(RuntimeError):
            roll_up(quiz.pk, timezone.now())

    assert not Tally.objects.exists()
    assert count_kinds(quiz.pk) == expected


def test_counting_again_takes_up_what_was_changed_by_hand():
    quiz = make_quiz()
    guesses = make_mixed(quiz, OUT)
    roll_up(quiz.pk, timezone.now())
    Guess.objects.filter(pk=guesses[0].pk).update(
        counted=False, uncounted_reason="staff"
    )
    assert count_kinds(quiz.pk) != count_by_hand(quiz)
    roll_up(quiz.pk, timezone.now(), again=True)

    assert tallied(quiz) == count_by_hand(quiz) == count_kinds(quiz.pk)


def test_figures_cost_two_queries_whatever_is_rolled_up(django_assert_num_queries):
    quiz = make_quiz()
    make_mixed(quiz, OUT)
    for _ in range(2):
        with django_assert_num_queries(2):
            count_crowd(quiz.pk)
        roll_up(quiz.pk, timezone.now())
        make_mixed(quiz, OUT)


def test_the_headline_figure_leaves_out_the_back_catalogue_and_who_gave_up():
    quiz = make_quiz()
    a, b, *_ = quiz.headlines.all()
    make_mixed(quiz, OUT)
    crowd = count_crowd(quiz.pk)

    assert crowd.picks().by_headline == {a.pk: 2, b.pk: 2}
    assert crowd.picks(in_period=False).by_headline == {b.pk: 1}
    assert crowd.picks(before_version=2).by_headline == {a.pk: 2, b.pk: 1}
    assert (crowd.picks().of(None), crowd.picks().share(b.pk)) == (0, 0.5)


guesses = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 3, None]),  # headline
        st.booleans(),  # in its period
        st.booleans(),  # counted
        st.integers(1, 3),  # version of the key
        st.integers(0, 6),  # hours
    ),
    max_size=30,
)


@hypothesis_settings(max_examples=30)
@given(guesses, st.lists(st.integers(0, 7), max_size=4))
def test_tallies_and_newer_guesses_are_what_counting_all_of_them_gives(made, roll_ups):
    quiz = make_quiz()
    headlines = list(quiz.headlines.all())
    players = Player.objects.bulk_create(Player() for _ in made)
    Guess.objects.bulk_create(
        Guess(
            quiz=quiz,
            player=player,
            headline=None if place is None else headlines[place],
            position=None if place is None else 1,
            in_period=in_period,
            counted=counted,
            uncounted_reason="" if counted else "staff",
            key_version=version,
            created_at=OUT + timedelta(hours=hours),
            channel="page",
        )
        for player, (place, in_period, counted, version, hours) in zip(
            players, made, strict=True
        )
    )
    expected = count_by_hand(quiz)
    for hours in roll_ups:
        roll_up(quiz.pk, OUT + timedelta(hours=hours))
        assert count_kinds(quiz.pk) == expected


def test_the_command_adds_up_what_is_older_than_two_hours():
    quiz, idle = make_quiz(), make_quiz()
    now = timezone.now()
    make_guess(quiz, created_at=now - REST - timedelta(minutes=1))
    make_guess(quiz, created_at=now - REST + timedelta(minutes=1))
    out = StringIO()
    call_command("roll_up_guesses", stdout=out)

    assert out.getvalue() == f"{quiz.slug}: 1\n1 guesses added up.\n"
    assert sum(tallied(quiz).values()) == 1
    assert not Tally.objects.filter(quiz=idle).exists()

    Tally.objects.update(count=F("count") + 5)
    call_command("roll_up_guesses", "--again", stdout=StringIO())
    assert tallied(quiz) == {Kind(quiz.headlines.first().pk, True, 1): 1}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_roll_ups_at_once_add_each_guess_once_and_readers_see_all_of_them():
    quiz = make_quiz()
    for _ in range(10):
        make_mixed(quiz, OUT)
    expected = count_by_hand(quiz)
    together = Barrier(6)
    done = Event()

    def read():
        try:
            seen = []
            together.wait()
            while not done.is_set():
                seen.append(count_kinds(quiz.pk) == expected)
            return seen
        finally:
            connection.close()

    def add():
        try:
            together.wait()
            for _ in range(5):
                roll_up(quiz.pk, timezone.now())
                roll_up(quiz.pk, timezone.now(), again=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(together.parties) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        adders = [pool.submit(add) for _ in range(4)]
        wait(adders)
        done.set()
        for adder in adders:
            adder.result()
        seen = [one for reader in readers for one in reader.result()]

    assert seen
    assert all(seen)
    assert tallied(quiz) == expected


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_guesses_that_come_during_a_roll_up_are_counted_once():
    quiz = make_quiz()
    make_mixed(quiz, OUT)
    together = Barrier(2)

    def guess():
        try:
            together.wait()
            for _ in range(20):
                with transaction.atomic():
                    make_guess(quiz)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        guessing = pool.submit(guess)
        together.wait()
        for _ in range(10):
            list(roll_up_all(timezone.now()))
        guessing.result()

    assert count_kinds(quiz.pk) == count_by_hand(quiz)
    assert count_kinds(quiz.pk).total() == 27


def test_the_end_of_the_tallies_moves_past_old_guesses_at_other_quizzes():
    quiz, other = make_quiz(), make_quiz()
    make_guess(quiz, created_at=OUT)
    last = make_guess(other, created_at=OUT)
    make_guess(other, created_at=OUT + timedelta(hours=1))
    roll_up(quiz.pk, OUT + timedelta(minutes=1))
    assert Rollup.objects.get(quiz=quiz).last_guess_id == last.pk

    make_guess(quiz, created_at=OUT + timedelta(hours=1))
    assert count_kinds(quiz.pk) == count_by_hand(quiz)
