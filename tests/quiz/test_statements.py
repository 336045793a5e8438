"""Statements written once say what Django would have said each time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quiz.models import Guess, Headline, Player, Quiz
from quiz.services import find_quiz
from superfast.common.statements import Question, insert
from tests.quiz.factories import OUT, make_guess, make_quiz, make_series

pytestmark = pytest.mark.django_db


def faces(quizzes):
    return [
        (quiz.pk, quiz.slug, quiz.title, quiz.closed_at, quiz.status())
        for quiz in quizzes
    ]


@pytest.mark.parametrize("weeks", [-1, 0, 1, 2, 10])
def test_a_quiz_is_found_as_its_queryset_finds_it(weeks):
    series = make_series(3)
    series[0].closes_at = OUT + timedelta(days=3)
    series[0].save()
    at = OUT + timedelta(weeks=weeks, hours=1)
    for quiz in series:
        expected = Quiz.objects.for_players().with_closed_at(at).filter(slug=quiz.slug)

        assert faces([find_quiz(quiz.slug, at)]) == faces(expected)


def test_a_quiz_that_is_not_there_is_not_found():
    assert find_quiz("nowhere", OUT) is None


def test_a_question_costs_one_query_and_knows_no_key(django_assert_num_queries):
    quiz = make_quiz()
    find_quiz(quiz.slug, OUT)
    with django_assert_num_queries(1):
        found = find_quiz(quiz.slug, OUT)
        assert found.status(OUT)
        assert found.issue.publish_at == OUT

    assert "lie_id" in found.get_deferred_fields()


def test_a_question_is_written_once_and_asked_with_other_values():
    written = []

    def build(quiz, text):
        written.append(quiz)
        rows = Headline.objects.filter(quiz=quiz, text__gt=text).order_by("pk")
        return rows.values_list("pk", flat=True)

    question = Question(build, quiz=-1, text="an example")
    for quiz in (make_quiz(), make_quiz()):
        expected = [row.pk for row in quiz.headlines.order_by("pk")]

        assert question.ask(quiz=quiz.pk, text="") == expected
        assert question.ask(quiz=quiz.pk, text="zzz") == []
    assert written == [-1]


def test_what_was_sent_is_a_parameter_and_never_part_of_the_statement():
    make_quiz(slug="here")

    assert find_quiz("here' OR '1'='1", OUT) is None
    assert find_quiz("%s", OUT) is None


def test_an_inserted_row_is_what_saving_would_have_stored():
    quiz = make_quiz()
    at = datetime(2024, 5, 17, 1, 2, 3, 456789, tzinfo=UTC)
    players = [Player(handle=handle * 32, created_at=at) for handle in "ab"]
    insert(players[0])
    players[1].save()
    rows = [
        Guess(
            quiz=quiz,
            player=player,
            headline=quiz.lie,
            position=2,
            arrangement=7,
            seconds_taken=12,
            channel=Guess.Channel.MAIL,
            counted=False,
            uncounted_reason=Guess.Reason.STAFF,
            created_at=at,
        )
        for player in players
    ]
    insert(rows[0])
    rows[1].save(force_insert=True)

    assert (players[0].pk, rows[0].pk) == (players[1].pk - 1, rows[1].pk - 1)
    own = {"id", "player_id"}
    stored = Guess.objects.order_by("pk").values()
    inserted, saved = (
        {name: value for name, value in row.items() if name not in own}
        for row in stored
    )
    assert inserted == saved


def test_an_inserted_row_can_be_saved_again():
    player = Player()
    insert(player)
    player.keeps_streak = True
    with CaptureQueriesContext(connection) as queries:
        player.save()

    assert [query["sql"].split()[0] for query in queries] == ["UPDATE"]
    assert Player.objects.get().keeps_streak


def test_the_database_refuses_an_inserted_row_as_any_other():
    guess = make_guess(make_quiz())
    again = Guess(
        quiz=guess.quiz,
        player=guess.player,
        headline=guess.headline,
        position=1,
        channel=Guess.Channel.PAGE,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(again)
    assert again.pk is None
