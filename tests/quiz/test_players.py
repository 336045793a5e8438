"""A player is remembered, forgotten, and carried to another browser."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from quiz.models import Guess, Player, TransferCode
from quiz.services.players import (
    CODE_ALPHABET,
    UnknownCodeError,
    detach_old_guesses,
    digest_code,
    find_player,
    forget_player,
    keep_streak,
    make_code,
    merge_players,
    months_before,
    use_code,
)
from quiz.services.rollup import roll_up
from quiz.stats import count_picks
from tests.quiz.factories import make_guess, make_quiz

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def make_player(*quizzes, at=NOW, **overrides):
    player = Player.objects.create(**overrides)
    for quiz in quizzes:
        make_guess(quiz, player=player, created_at=at)
    return player


def owners(quiz):
    return [*quiz.guesses.order_by("created_at").values_list("player", flat=True)]


def test_a_player_is_found_by_the_handle_alone(django_assert_num_queries):
    player = make_player()

    assert find_player(player.handle) == player
    assert find_player("f" * 32) is None
    with django_assert_num_queries(0):
        assert find_player(None) is find_player("") is None


def test_a_player_who_asks_is_kept_for_longer():
    player = make_player()
    keep_streak(player=player)
    keep_streak(player=player)

    assert player.keeps_streak
    assert Player.objects.get().keeps_streak


def test_a_forgotten_player_leaves_guesses_that_belong_to_nobody():
    one, two = make_quiz(), make_quiz()
    player, other = make_player(one, two), make_player(one)
    make_code(player=player)
    forget_player(player=player)
    forget_player(player=player)

    assert Player.objects.get() == other
    assert sorted(owners(one), key=str) == [other.pk, None]
    assert owners(two) == [None]
    assert Guess.objects.filter(counted=True).count() == 3
    assert not TransferCode.objects.exists()


# Codes ----------------------------------------------------------------------


def test_a_code_is_eight_signs_that_nobody_confuses_and_stored_as_a_digest():
    player = make_player()
    code = make_code(player=player, at=NOW)
    row = TransferCode.objects.get()

    assert len(code) == 8
    assert {*code} <= {*CODE_ALPHABET}
    assert not {*CODE_ALPHABET} & {*"01258ABEIOLSUZ"}
    assert len(row.digest) == 64
    assert code not in str(vars(row))
    assert row.expires_at == NOW + timedelta(minutes=10)


def test_the_digest_needs_the_sites_secret(settings):
    before = digest_code("CDFG3467")
    settings.SECRET_KEY = "x" * 50

    assert digest_code("CDFG3467") != before


@pytest.mark.parametrize(
    "typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]}{0[3]}-{0[4]}{0[5]}{0[6]}{0[7]}"]
)
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_code_is_read_however_it_is_typed(typed, case):
    player = make_player()
    code = make_code(player=player, at=NOW)

    assert use_code(code=case(typed.format(code)), player=None, at=NOW) == player


def test_a_code_works_once():
    player = make_player()
    code = make_code(player=player, at=NOW)
    use_code(code=code, player=None, at=NOW)

    with pytest.raises(UnknownCodeError):
        use_code(code=code, player=None, at=NOW)


def test_a_code_works_for_ten_minutes():
    player = make_player()
    code = make_code(player=player, at=NOW)
    with pytest.raises(UnknownCodeError):
        use_code(code=code, player=None, at=NOW + timedelta(minutes=10))

    just = NOW + timedelta(minutes=9, seconds=59)
    assert use_code(code=code, player=None, at=just) == player


def test_a_new_code_replaces_the_players_earlier_one_and_clears_old_ones():
    player, other = make_player(), make_player()
    make_code(player=other, at=NOW - timedelta(hours=1))
    first = make_code(player=player, at=NOW)
    second = make_code(player=player, at=NOW)

    with pytest.raises(UnknownCodeError):
        use_code(code=first, player=None, at=NOW)
    assert use_code(code=second, player=None, at=NOW) == player
    assert TransferCode.objects.count() == 1


@pytest.mark.parametrize(
    "code", ["", "CDFG3467", "\x00", "é" * 8, "x" * 100_000, "<b>"]
)
def test_an_unknown_code_is_refused(code):
    make_player()

    with pytest.raises(UnknownCodeError):
        use_code(code=code, player=None, at=NOW)


def test_a_refused_code_changes_nobody():
    quiz = make_quiz()
    player = make_player(quiz)
    with pytest.raises(UnknownCodeError):
        use_code(code="CDFG3467", player=player, at=NOW)

    assert owners(quiz) == [player.pk]


# Two players who are one -----------------------------------------------------


@pytest.mark.parametrize("hours", [1, -1])
def test_of_two_guesses_at_a_quiz_the_earlier_one_wins(hours):
    shared, mine, yours = (make_quiz() for _ in range(3))
    here = make_player(shared, mine)
    there = make_player(shared, yours, at=NOW + timedelta(hours=hours))
    code = make_code(player=there, at=NOW)

    assert use_code(code=code, player=here, at=NOW) == there
    assert Player.objects.get() == there
    assert owners(shared) == [there.pk, None]
    assert shared.guesses.get(player=there).created_at == min(
        NOW, NOW + timedelta(hours=hours)
    )
    assert owners(mine) == owners(yours) == [there.pk]


@pytest.mark.parametrize("is_tallied", [True, False])
def test_the_later_of_two_guesses_leaves_the_figures(is_tallied):
    quiz = make_quiz()
    here, there = make_player(quiz), make_player(quiz, at=NOW + timedelta(hours=1))
    make_player(quiz)
    if is_tallied:
        roll_up(quiz.pk, timezone.now() + timedelta(days=1))
    assert count_picks(quiz.pk).total == 3
    merge_players(keeper=here, other=there)

    later = quiz.guesses.get(player=None)
    assert (later.counted, later.uncounted_reason) == (False, "merged")
    assert count_picks(quiz.pk).total == 2
    roll_up(quiz.pk, timezone.now() + timedelta(days=1), again=True)
    assert count_picks(quiz.pk).total == 2


def test_a_later_guess_that_did_not_count_keeps_its_reason():
    quiz = make_quiz()
    here, there = make_player(quiz), make_player(quiz, at=NOW + timedelta(hours=1))
    there.guesses.update(counted=False, uncounted_reason="staff")
    merge_players(keeper=here, other=there)

    assert quiz.guesses.get(player=None).uncounted_reason == "staff"
    assert count_picks(quiz.pk).total == 1


def test_the_longer_memory_survives():
    here, there = make_player(keeps_streak=True), make_player()
    merge_players(keeper=there, other=here)

    assert Player.objects.get().keeps_streak


def test_a_code_entered_where_it_was_made_changes_nothing():
    quiz = make_quiz()
    player = make_player(quiz)
    code = make_code(player=player, at=NOW)

    assert use_code(code=code, player=player, at=NOW) == player
    assert owners(quiz) == [player.pk]


def test_a_merge_costs_the_same_however_many_quizzes(django_assert_max_num_queries):
    for length in (1, 6):
        quizzes = [make_quiz() for _ in range(length)]
        here, there = make_player(*quizzes), make_player(*quizzes)
        with django_assert_max_num_queries(13):
            merge_players(keeper=there, other=here)


@pytest.mark.django_db(transaction=True)
def test_of_many_browsers_that_send_a_code_at_once_one_becomes_the_player():
    quiz = make_quiz()
    player = make_player(quiz)
    code = make_code(player=player, at=NOW)
    browsers = [make_player(make_quiz()) for _ in range(8)]
    start = Barrier(len(browsers))

    def send(browser):
        start.wait()
        try:
            return use_code(code=code, player=browser, at=NOW)
        except UnknownCodeError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(browsers)) as pool:
        found = [*pool.map(send, browsers)]

    assert [who for who in found if who] == [player]
    assert Player.objects.count() == len(browsers)
    assert Guess.objects.filter(player=player).count() == 2


# Time passing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "months", "before"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), 25, datetime(2024, 2, 29, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 25, datetime(2023, 12, 15, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), 12, datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_counted_back_by_the_calendar(at, months, before):
    assert months_before(at, months) == before


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_guesses_of_more_than_25_months_ago_belong_to_nobody(batch_size):
    limit = months_before(NOW, 25)
    long_ago, lately = limit - timedelta(seconds=1), limit
    old, new = make_quiz(), make_quiz()
    players = [make_player(old, at=long_ago, created_at=long_ago) for _ in range(3)]
    make_guess(new, player=players[0], created_at=lately)
    done = detach_old_guesses(at=NOW, batch_size=batch_size)

    assert (done.guesses, done.players) == (3, 2)
    assert owners(old) == [None] * 3
    assert owners(new) == [players[0].pk]
    assert Player.objects.get() == players[0]
    assert Guess.objects.filter(counted=True).count() == 4


def test_detaching_twice_does_nothing_more():
    make_player(make_quiz(), at=NOW - timedelta(days=1000))
    detach_old_guesses(at=NOW)
    again = detach_old_guesses(at=NOW)

    assert (again.guesses, again.players) == (0, 0)


def test_the_command_says_what_it_did(capsys):
    long_ago = NOW - timedelta(days=5000)
    make_player(make_quiz(), at=long_ago, created_at=long_ago)
    call_command("detach_guesses")

    assert capsys.readouterr().out == "1 guesses detached, 1 players removed.\n"


def test_no_table_of_the_quiz_has_a_place_for_an_address_an_agent_or_a_mail():
    names = {
        field.name
        for model in (Guess, Player, TransferCode)
        for field in model._meta.get_fields()
    }

    assert not [
        name
        for name in names
        if any(word in name for word in ("address", "agent", "mail", "ip", "network"))
    ]
