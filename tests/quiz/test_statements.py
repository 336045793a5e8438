"""Statements written once say what Django would have said each time."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from quiz.models import Guess, Headline, Quiz
from quiz.services import find_target, place_choice, submit_guess
from quiz.services.guessing import Row
from superfast.common.statements import Question
from tests.quiz.factories import OUT, make_quiz, make_series

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("weeks", [-1, 0, 1, 2, 10])
def test_a_target_is_what_its_quiz_is(weeks):
    series = make_series(3)
    series[0].closes_at = OUT + timedelta(days=3)
    series[0].save()
    series[1].issue.withdrawn_at = OUT + timedelta(weeks=9)
    series[1].issue.save()
    at = OUT + timedelta(weeks=weeks, hours=1)
    for quiz in series:
        expected = Quiz.objects.with_closed_at(at).get(pk=quiz.pk)
        target = find_target(quiz.slug, at)

        assert (target.pk, target.key_version) == (quiz.pk, 1)
        assert target.status is expected.status(at)
        assert target.is_open == (expected.closed_at is None)
        assert {(option.handle, option.pk) for option in target.options} == set(
            quiz.headlines.values_list("handle", "pk")
        )


def test_a_quiz_without_an_issue_or_headlines_is_a_draft_without_options():
    quiz = Quiz.objects.create(slug="bare", title="Bare")
    target = find_target("bare", OUT)

    assert (target.pk, target.status.value, target.options) == (quiz.pk, "draft", ())


def test_a_quiz_that_is_not_there_is_not_found():
    assert find_target("nowhere", OUT) is None


def test_a_question_is_written_once_and_asked_with_other_values():
    written = []

    def build(quiz, text):
        written.append(quiz)
        rows = Headline.objects.filter(quiz=quiz, text__gt=text).order_by("pk")
        return rows.values_list("pk", flat=True)

    question = Question(build, quiz=-1, text="an example")
    for quiz in (make_quiz(), make_quiz()):
        expected = [(row.pk,) for row in quiz.headlines.order_by("pk")]

        assert question.ask(quiz=quiz.pk, text="") == expected
        assert question.ask(quiz=quiz.pk, text="zzz") == []
    assert written == [-1]


def test_what_was_sent_is_a_parameter_and_never_part_of_the_statement():
    make_quiz(slug="here")

    assert find_target("here' OR '1'='1", OUT) is None
    assert find_target("%s", OUT) is None


def test_a_row_names_every_column_of_a_guess():
    # A field that is added to the model would else be left to the database's default.
    known = {field.column for field in Guess._meta.concrete_fields}

    assert known - {column.name for column in fields(Row)} == {"id", "player_id"}


def test_a_stored_guess_is_what_saving_would_have_stored():
    quiz = make_quiz()
    at = datetime(2024, 5, 17, 1, 2, 3, 456789, tzinfo=UTC)
    target = find_target(quiz.slug, at)
    choice = place_choice(target, quiz.lie.handle, 7)
    details = {
        "arrangement": 7,
        "seconds_taken": 12,
        "channel": Guess.Channel.MAIL,
    }
    submit_guess(
        target,
        choice,
        player="a" * 32,
        uncounted=Guess.Reason.STAFF,
        at=at,
        **details,
    )
    stored = Guess.objects.get()
    saved = Guess(
        quiz=quiz,
        headline=quiz.lie,
        position=choice.position,
        in_period=target.is_open,
        counted=False,
        uncounted_reason=Guess.Reason.STAFF,
        created_at=at,
        **details,
    )
    saved.save(force_insert=True)

    own = {"id", "player_id"}
    first, second = (
        {name: value for name, value in row.items() if name not in own}
        for row in Guess.objects.order_by("pk").values()
    )
    assert first == second
    assert (stored.player.handle, stored.player.created_at) == ("a" * 32, at)
    assert not stored.player.keeps_streak


@pytest.mark.parametrize("is_known", [True, False])
def test_storing_costs_one_statement_on_postgresql_and_two_on_sqlite(
    is_known, django_assert_num_queries
):
    first, second = make_quiz(), make_quiz()
    if is_known:
        submit_guess(
            *_choice(first, OUT), player="a" * 32, channel=Guess.Channel.PAGE, at=OUT
        )
    target, choice = _choice(second, OUT)
    cost = 1 if connection.vendor == "postgresql" else 2
    with django_assert_num_queries(cost):
        assert submit_guess(
            target, choice, player="a" * 32, channel=Guess.Channel.PAGE, at=OUT
        )
    assert (
        Guess.objects.filter(quiz=second).get().player.guesses.count() == 1 + is_known
    )


def _choice(quiz, at):
    target = find_target(quiz.slug, at)
    return target, place_choice(target, quiz.lie.handle, 0)
