"""The editor's figures of all quizzes: hit rates, the best lies, the hardest truths."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.charts import draw_lies, draw_series, draw_truths
from quiz.models import Guess, Player, Rollup
from quiz.series import report_on_series
from quiz.services import void_quiz
from quiz.services.rollup import roll_up
from quiz.shares import Share
from tests.quiz.factories import OUT, make_quiz, make_series

pytestmark = pytest.mark.django_db


def guess(quiz, headline, number, **overrides):
    players = Player.objects.bulk_create(Player() for _ in range(number))
    Guess.objects.bulk_create(
        Guess(
            **{
                "quiz": quiz,
                "player": player,
                "headline": headline,
                "position": 1,
                "channel": Guess.Channel.PAGE,
                **overrides,
            }
        )
        for player in players
    )


def truth(quiz):
    return quiz.headlines.exclude(pk=quiz.lie_id).first()


def test_hit_rates_stand_in_the_order_of_publication():
    late = make_quiz(number=2, publish_at=OUT + timedelta(weeks=1))
    early = make_quiz(number=1)
    guess(early, early.lie, 3)
    guess(early, truth(early), 1)

    quizzes = report_on_series().quizzes

    assert [line.slug for line in quizzes] == [early.slug, late.slug]
    assert [line.label for line in quizzes] == ["no. 1", "no. 2"]
    assert [line.spotted for line in quizzes] == [Share(3, 4), Share(0, 0)]


def test_only_what_is_out_and_counts_is_in_the_series():
    shown = make_quiz()
    make_quiz(publish_at=False)
    make_quiz(publish_at=OUT.replace(year=2199))
    make_quiz(withdrawn_at=OUT)
    make_quiz(lie=None)
    void = make_quiz()
    void_quiz(quiz=void, reason="Two lies.", by=None)
    guess(void, void.lie, 5)

    series = report_on_series()

    assert [line.slug for line in series.quizzes] == [shown.slug]
    assert series.best_lies == series.hardest_truths == ()


def test_back_catalogue_plays_and_uncounted_guesses_stay_out():
    quiz = make_quiz()
    guess(quiz, quiz.lie, 2)
    guess(quiz, quiz.lie, 4, in_period=False)
    guess(quiz, quiz.lie, 8, counted=False, uncounted_reason=Guess.Reason.STAFF)
    guess(quiz, None, 16, position=None)

    assert report_on_series().quizzes[0].spotted == Share(2, 2)


def test_the_best_lie_is_the_one_that_surely_fooled_most():
    few, many = make_series(2)
    guess(few, truth(few), 2)
    guess(many, truth(many), 80)
    guess(many, many.lie, 20)

    series = report_on_series()

    assert [row.fooled for row in series.best_lies] == [Share(80, 100), Share(2, 2)]
    assert [row.text for row in series.best_lies] == [many.lie.text, few.lie.text]
    assert series.hardest_truths[0].text == truth(many).text
    assert series.hardest_truths[0].fooled == Share(80, 100)
    assert not {row.text for row in series.hardest_truths} & {many.lie.text}


def test_the_series_says_who_is_missing_from_it():
    assert "who stayed" in report_on_series().caveat


def test_the_series_costs_five_queries(django_assert_num_queries):
    for quiz in make_series(6):
        guess(quiz, quiz.lie, 3)

    with django_assert_num_queries(5):
        report_on_series()


def test_the_series_is_the_same_however_much_is_rolled_up():
    first, second, third = make_series(3)
    for quiz in (first, second):
        guess(quiz, quiz.lie, 3)
        guess(quiz, truth(quiz), 2)
        guess(quiz, truth(quiz), 1, in_period=False)
    plain = report_on_series()
    roll_up(second.pk, timezone.now())
    assert report_on_series() == plain
    roll_up(first.pk, timezone.now())
    roll_up(third.pk, timezone.now())
    assert report_on_series() == plain
    guess(first, first.lie, 1)

    shares = [line.spotted for line in report_on_series().quizzes]
    assert shares == [Share(4, 6), Share(3, 5), Share(0, 0)]


def test_guesses_that_are_tallied_are_not_read_for_the_series():
    for quiz in make_series(2):
        guess(quiz, quiz.lie, 3)
        roll_up(quiz.pk, timezone.now())
    with CaptureQueriesContext(connection) as asked:
        report_on_series()
    (counting,) = [
        query["sql"] for query in asked if 'FROM "quiz_guess"' in query["sql"]
    ]
    least = min(Rollup.objects.values_list("last_guess_id", flat=True))

    assert f'"quiz_guess"."id" > {least}' in counting


def test_chance_fools_three_of_four_by_a_lie_and_one_of_four_by_a_truth():
    assert draw_lies([]).chance_x == "75%"
    assert draw_truths([]).chance_x == "25%"


def test_the_line_of_hit_rates_leaves_out_what_nobody_played():
    played, _ = make_series(2)
    guess(played, played.lie, 4)

    chart = draw_series(report_on_series().quizzes)

    assert (len(chart.points), chart.first, chart.last) == (1, "no. 1", "no. 1")
    assert (chart.points[0].x, chart.points[0].y) == ("50.00%", "0.00%")
    assert draw_series([]).points == ()
