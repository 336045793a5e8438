"""Open and closed: from a quiz's issue to the next one, or to its own earlier time."""

from datetime import timedelta

import pytest

from quiz.models import Quiz
from quiz.periods import closed_at, is_open
from tests.quiz.factories import OUT, make_issue, make_quiz, make_series

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)
MOMENT = timedelta(microseconds=1)


def test_a_quiz_is_open_from_its_issue_to_the_next_one_with_a_quiz():
    first, second = make_series(2)
    make_issue(publish_at=OUT + timedelta(days=1))  # has no quiz

    assert not is_open(first, OUT - MOMENT)
    assert is_open(first, OUT)
    assert is_open(first, OUT + WEEK - MOMENT)
    assert not is_open(first, OUT + WEEK)
    assert closed_at(first, OUT + WEEK - MOMENT) is None
    assert closed_at(first, OUT + WEEK) == OUT + WEEK
    assert is_open(second, OUT + WEEK)
    assert closed_at(second) is None


def test_a_quiz_closes_at_its_own_earlier_time():
    own = OUT + timedelta(days=3)
    quiz = make_quiz(closes_at=own)
    make_quiz(publish_at=OUT + WEEK)

    assert is_open(quiz, own - MOMENT)
    assert closed_at(quiz, own - MOMENT) is None
    assert not is_open(quiz, own)
    assert closed_at(quiz) == own


def test_a_later_time_of_its_own_keeps_no_quiz_open():
    quiz = make_quiz(closes_at=OUT + 2 * WEEK)
    make_quiz(publish_at=OUT + WEEK)

    assert closed_at(quiz) == OUT + WEEK
    assert not is_open(quiz, OUT + WEEK)


def test_a_quiz_with_only_its_own_time_closes_then():
    quiz = make_quiz(closes_at=OUT + WEEK)

    assert closed_at(quiz) == OUT + WEEK


@pytest.mark.parametrize("publish_at", [None, OUT.replace(year=2199), False])
def test_a_next_issue_that_is_not_out_closes_nothing(publish_at):
    quiz = make_quiz()
    make_quiz(publish_at=publish_at)

    assert is_open(quiz)


def test_a_next_issue_that_was_withdrawn_has_closed_it():
    quiz = make_quiz()
    make_quiz(publish_at=OUT + WEEK, withdrawn_at=OUT + 2 * WEEK)

    for weeks in (1, 2, 3):
        assert closed_at(quiz, OUT + weeks * WEEK) == OUT + WEEK


@pytest.mark.parametrize(
    "timing",
    [
        {"publish_at": False},
        {"publish_at": None},
        {"publish_at": OUT.replace(year=2199)},
        {"withdrawn_at": OUT + WEEK},
    ],
    ids=["no issue", "draft", "scheduled", "withdrawn"],
)
def test_what_is_not_out_is_not_open(timing):
    assert not is_open(make_quiz(**timing))


def test_of_two_that_come_out_at_once_the_current_one_is_open():
    earlier, current = make_quiz(), make_quiz()

    assert Quiz.objects.published().newest_first().first() == current
    assert [is_open(quiz) for quiz in (earlier, current)] == [False, True]


def test_at_every_moment_at_most_one_quiz_without_a_time_of_its_own_is_open():
    quizzes = make_series(5)
    for hours in range(0, 6 * 7 * 24, 12):
        at = OUT + timedelta(hours=hours)
        assert sum(is_open(quiz, at) for quiz in quizzes) == 1


def test_many_are_asked_at_once(django_assert_num_queries):
    quizzes = make_series(5)
    at = OUT + 3 * WEEK
    with django_assert_num_queries(1):
        rows = list(Quiz.objects.with_closed_at(at).order_by("pk"))
    with django_assert_num_queries(1):
        assert closed_at(quizzes[0], at) == OUT + WEEK

    assert [row.closed_at for row in rows] == [closed_at(q, at) for q in quizzes]
    assert [row.closed_at for row in rows] == [
        *(OUT + week * WEEK for week in (1, 2, 3)),
        None,
        None,
    ]
