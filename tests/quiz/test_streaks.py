"""A row that survives: counted along the published quizzes, not by the calendar."""

from datetime import timedelta

import pytest

from issues.models import Issue
from quiz.models import Player, Quiz
from quiz.services.corrections import correct_key, void_quiz
from quiz.streaks import GRACE, Streak, list_played, sequence, streak_of
from tests.quiz.factories import OUT, make_guess, make_quiz

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def make_weeks(*days, **overrides):
    """Published quizzes, out that many days after the first day, made before it."""
    quizzes = [make_quiz(publish_at=OUT + day * DAY, **overrides) for day in days]
    Quiz.objects.update(created_at=OUT - DAY)
    return quizzes


def play(player, *quizzes, after=HOUR, right=True):
    """A guess each, that long after the quiz came out."""
    for quiz in quizzes:
        truth = quiz.headlines.exclude(pk=quiz.lie_id).first()
        make_guess(
            quiz,
            player=player,
            headline=quiz.lie if right else truth,
            created_at=quiz.issue.publish_at + after,
        )


def give_up(player, quiz):
    guess = make_guess(quiz, player=player, created_at=quiz.issue.publish_at + HOUR)
    type(guess).objects.filter(pk=guess.pk).update(headline=None, position=None)


@pytest.fixture
def player():
    return Player.objects.create()


def row_of(player, day):
    return streak_of(player, at=OUT + day * DAY).row


def test_a_player_who_never_played_has_no_row(player):
    make_weeks(0, 7)
    streak = streak_of(player, at=OUT + 8 * DAY)

    assert (streak.row, streak.longest, streak.guessed) == (0, 0, 0)
    assert streak.spotted_sentence == streak.chance_sentence == ""


def test_quizzes_played_one_after_the_other_are_a_row(player):
    play(player, *make_weeks(0, 7, 14))

    assert row_of(player, 15) == 3


@pytest.mark.parametrize("days", [(0, 7, 14), (0, 7, 60), (0, 1, 2), (0, 200, 700)])
def test_a_late_issue_breaks_nobodys_row(player, days):
    play(player, *make_weeks(*days))

    assert row_of(player, days[-1] + 90) == 3


def test_a_quiz_left_out_breaks_the_row_once_its_time_is_over(player):
    first, missed, third, _ = make_weeks(0, 7, 14, 21)
    play(player, first, third)

    # The second closed on day 14; three days later nothing saves it.
    assert row_of(player, 14) == 2
    assert row_of(player, 17) == 2
    assert row_of(player, 18) == 1
    play(player, missed, after=30 * DAY)
    assert row_of(player, 40) == 1
    assert streak_of(player, at=OUT + 17 * DAY).longest == 2


def test_the_current_quiz_breaks_no_row_while_it_is_open(player):
    first, _ = make_weeks(0, 7)
    play(player, first)

    assert row_of(player, 400) == 1


@pytest.mark.parametrize(("hours", "row"), [(71, 2), (72, 2), (73, 1)])
def test_a_play_until_72_hours_after_closing_keeps_the_row(player, hours, row):
    first, second = make_weeks(0, 7)
    play(player, first, after=7 * DAY + hours * HOUR)
    play(player, second)
    streak = streak_of(player, first, OUT + 30 * DAY)

    assert streak.row == row
    assert streak.is_late == (row == 1)
    assert streak.spotted == 2


def test_a_quizs_own_earlier_closing_counts_too(player):
    first, second = make_weeks(0, 7)
    Quiz.objects.filter(pk=first.pk).update(closes_at=OUT + DAY)
    play(player, first, after=DAY + 73 * HOUR)
    play(player, second)

    assert row_of(player, 8) == 1


def test_a_withdrawn_quiz_leaves_the_sequence(player):
    first, second, third = make_weeks(0, 7, 14)
    play(player, first, third)
    assert row_of(player, 30) == 1
    Issue.objects.filter(quiz=second).update(withdrawn_at=OUT + 8 * DAY)

    assert row_of(player, 30) == 2
    play(player, second)
    assert streak_of(player, at=OUT + 30 * DAY).guessed == 2


def test_a_quiz_that_is_not_out_yet_is_no_part_of_it(player):
    play(player, *make_weeks(0, 7))
    make_weeks(14, 21)
    make_quiz(publish_at=None)

    assert row_of(player, 8) == 2
    assert len(list_played(player, OUT + 8 * DAY)) == 2


def test_a_quiz_put_into_the_archive_later_breaks_nobodys_row(player):
    first, second = make_weeks(0, 14)
    play(player, first, second)
    backdated = make_quiz(publish_at=OUT + 7 * DAY)
    Quiz.objects.filter(pk=backdated.pk).update(created_at=OUT + 60 * DAY)

    assert row_of(player, 90) == 2


@pytest.mark.parametrize("is_played", [True, False])
def test_a_void_quiz_keeps_the_row_and_is_in_no_figure(player, is_played):
    first, second, third = make_weeks(0, 7, 14)
    play(player, first, third, *([second] if is_played else []))
    void_quiz(quiz=second, reason="Two were lies.", by=None)
    streak = streak_of(player, at=OUT + 30 * DAY)

    assert streak.row == (3 if is_played else 2)
    assert (streak.spotted, streak.guessed) == (2, 2)


def test_giving_up_is_playing_and_no_guess(player):
    first, second = make_weeks(0, 7)
    give_up(player, first)
    play(player, second)
    streak = streak_of(player, at=OUT + 8 * DAY)

    assert (streak.row, streak.spotted, streak.guessed, streak.gave_up) == (2, 1, 1, 1)
    assert [(bar.label, bar.count) for bar in streak.bars] == [
        ("Spotted", 1),
        ("Fooled", 0),
        ("Gave up", 1),
    ]


def test_spotted_is_counted_under_the_key_of_then_and_of_now(player):
    (quiz,) = make_weeks(0)
    truth, *_ = quiz.headlines.exclude(pk=quiz.lie_id)
    late = Player.objects.create()
    play(player, quiz)
    make_guess(quiz, player=late, headline=truth, created_at=OUT + HOUR)
    unlucky = Player.objects.create()
    play(unlucky, quiz, right=False)
    Quiz.objects.filter(pk=quiz.pk).update(created_at=OUT - DAY)
    other = quiz.headlines.exclude(pk__in=[quiz.lie_id, truth.pk]).first()
    for new_lie in (truth, other):
        correct_key(quiz=quiz, new_lie=new_lie, reason="We were wrong.", by=None)
    at = OUT + DAY

    # Under the first key; under none but the one between; under the last.
    assert streak_of(player, at=at).spotted == 1
    assert streak_of(late, at=at).spotted == 0
    quiz.guesses.filter(player=late).update(headline=other)
    assert streak_of(late, at=at).spotted == 1


def test_another_players_guesses_are_not_mine(player):
    quizzes = make_weeks(0, 7)
    play(Player.objects.create(), *quizzes)

    assert row_of(player, 8) == 0


def test_a_streak_costs_the_same_however_long_the_series(
    player, django_assert_num_queries
):
    for days in (range(0, 14, 7), range(14, 140, 7)):
        play(player, *make_weeks(*days))
        with django_assert_num_queries(3):
            streak_of(player, at=OUT + 200 * DAY)
    for quiz in Quiz.objects.all():
        truth = quiz.headlines.exclude(pk=quiz.lie_id).first()
        correct_key(quiz=quiz, new_lie=truth, reason="Wrong.", by=None)
    with django_assert_num_queries(4):
        assert streak_of(player, at=OUT + 200 * DAY).spotted == 20


# What is said ---------------------------------------------------------------


def make_streak(**overrides):
    values = {"row": 0, "longest": 0, "spotted": 0, "fooled": 0, "gave_up": 0}
    return Streak(**{**values, "is_late": False, "keeps_streak": False, **overrides})


@pytest.mark.parametrize(
    ("row", "longest", "sentence"),
    [
        (0, 0, "No streak yet: the current quiz begins one."),
        (0, 4, "No streak yet: the current quiz begins one. Your longest streak: 4."),
        (1, 1, "Played 1. The next quiz makes it 2 in a row."),
        (9, 9, "Played 9 in a row."),
        (3, 12, "Played 3 in a row. Your longest streak: 12."),
    ],
)
def test_the_row_is_a_sentence(row, longest, sentence):
    assert make_streak(row=row, longest=longest).row_sentence == sentence


@pytest.mark.parametrize(
    ("spotted", "guessed", "sentence"),
    [
        (0, 1, "Spotted 0 of 1."),
        (12, 29, "Spotted 12 of 29."),
        (15, 30, "Spotted 15 of 30 (50\xa0%)."),
    ],
)
def test_what_was_spotted_is_a_per_cent_from_thirty_on(spotted, guessed, sentence):
    streak = make_streak(spotted=spotted, fooled=guessed - spotted)

    assert streak.spotted_sentence == sentence


@pytest.mark.parametrize(
    ("spotted", "guessed", "end"),
    [
        (2, 3, "too early to tell you from it."),
        (30, 40, "you do better."),
        (2, 40, "these lies are made for you."),
    ],
)
def test_chance_stands_beside_it_and_luck_is_not_called_skill(spotted, guessed, end):
    said = make_streak(spotted=spotted, fooled=guessed - spotted).chance_sentence

    assert said == f"Chance alone spots 1 in 4 (25\xa0%): {end}"


def test_the_histogram_has_the_stylesheets_steps():
    bars = make_streak(spotted=1, fooled=2).bars

    assert [bar.width_class for bar in bars] == ["w-35", "w-65"]
    assert [bar.label for bar in bars] == ["Spotted", "Fooled"]
    assert [bar.width_class for bar in make_streak().bars] == ["w-0", "w-0"]


@pytest.mark.parametrize("day", [-1, 0, 7, 8, 14, 21, 30, 90])
def test_the_sequence_closes_quizzes_when_their_queryset_does(day):
    make_weeks(0, 7, 7, 14, 21, 30, 60)
    own, late, withdrawn, last = Quiz.objects.order_by("pk")[1:5]
    Quiz.objects.filter(pk=own.pk).update(closes_at=OUT + 7.5 * DAY)
    Quiz.objects.filter(pk=late.pk).update(closes_at=OUT + 20 * DAY)
    for quiz in (withdrawn, last):
        Issue.objects.filter(quiz=quiz).update(withdrawn_at=OUT + 22 * DAY)
    at = OUT + day * DAY
    expected = Quiz.objects.published(at).with_closed_at(at)
    asked = expected.order_by("issue__publish_at", "pk").values_list("pk", "closed_at")

    assert [(place.quiz_id, place.last_call) for place in sequence(at)] == [
        (pk, closed_at + GRACE if closed_at else None) for pk, closed_at in asked
    ]
