"""What a row of the quiz may and may not hold, and who sees it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from quiz.models import Guess, Headline, Player, Quiz
from superfast.common.publishing import Status
from tests.quiz.factories import OUT, make_guess, make_headlines, make_issue, make_quiz

pytestmark = pytest.mark.django_db


def new_headline(**overrides):
    quiz = make_quiz(publish_at=False)
    return Headline(**{"quiz": quiz, "text": "Text", **overrides})


def new_guess(**overrides):
    quiz = make_quiz()
    first = quiz.headlines.first()
    values = {
        "quiz": quiz,
        "player": Player.objects.create(),
        "headline": first,
        "position": 1,
        "channel": "page",
    }
    return Guess(**{**values, **overrides})


BROKEN = {
    "quiz_quiz_number_from_one": (
        lambda: Quiz(title="T", slug="t", number=0),
        "Quizzes are numbered from 1.",
    ),
    "quiz_quiz_slug_not_reserved": (
        lambda: Quiz(title="T", slug="player"),
        "That slug is an address of ours: take another.",
    ),
    "quiz_headline_source_http": (
        lambda: new_headline(source_url="ftp://example.org/a"),
        "A source begins with http:// or https://.",
    ),
    "quiz_guess_position_known": (
        lambda: new_guess(position=5),
        "A headline stands in one of four places.",
    ),
    "quiz_guess_channel_known": (
        lambda: new_guess(channel="fax"),
        "A guess comes from the page, a card, a link or the mail.",
    ),
    "quiz_guess_uncounted_says_why": (
        lambda: new_guess(counted=False),
        "A guess that is not counted says why.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_refused_with_a_sentence(name):
    make, sentence = BROKEN[name]
    row = make()

    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()

    assert sentence in caught.value.messages
    with pytest.raises(ValidationError):
        row.full_clean()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_refused_by_the_database(name):
    row = BROKEN[name][0]()

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_headline_without_words_is_refused_by_form_and_database():
    row = new_headline(text=" ")

    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_counted_guess_gives_no_reason_against_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        new_guess(uncounted_reason="no cookie").save()


def test_a_player_guesses_once_at_a_quiz():
    guess = make_guess(make_quiz())
    again = Guess(
        quiz=guess.quiz,
        player=guess.player,
        headline=guess.headline,
        position=2,
        channel="card",
    )

    with pytest.raises(ValidationError) as caught:
        again.full_clean()

    assert caught.value.messages == ["This player has guessed already."]
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize("field", ["slug", "number"])
def test_slugs_and_numbers_of_quizzes_are_unique(field):
    make_quiz(slug="one", number=1)
    other = make_quiz(slug="two", number=2)
    setattr(other, field, {"slug": "one", "number": 1}[field])

    with pytest.raises(ValidationError):
        other.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_many_quizzes_may_have_no_number():
    make_quiz(number=None)
    make_quiz(number=None).full_clean()


def test_a_lie_of_another_quiz_is_refused():
    quiz, other = make_quiz(), make_quiz()
    quiz.lie = other.lie

    with pytest.raises(ValidationError) as caught:
        quiz.full_clean()

    assert caught.value.messages == ["The lie must be one of this quiz’s headlines."]


def test_a_guess_at_a_headline_of_another_quiz_is_refused():
    guess = new_guess(headline=make_quiz().lie)

    with pytest.raises(ValidationError) as caught:
        guess.full_clean()

    assert "The headline belongs to another quiz." in caught.value.messages


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "//example.org/", "data:text/html,x", "example.org"],
)
def test_a_source_is_a_web_address(address):
    with pytest.raises(ValidationError):
        new_headline(source_url=address).full_clean()


def test_control_characters_do_not_reach_the_database():
    row = new_headline(text="A\x00B\x1bC\ufffe", explanation="x\x08y")
    row.save()
    row.refresh_from_db()

    assert (row.text, row.explanation) == ("ABC", "xy")


def test_a_quiz_that_was_played_cannot_be_deleted():
    quiz = make_quiz(publish_at=False)
    make_guess(quiz)

    with pytest.raises(ProtectedError):
        quiz.delete()


def test_a_quiz_that_nobody_played_can_be_deleted():
    quiz = make_quiz(publish_at=False)
    quiz.delete()

    assert not Headline.objects.exists()


def test_a_quiz_whose_lie_is_deleted_has_none():
    quiz = make_quiz(publish_at=False)
    Headline.objects.get(pk=quiz.lie_id).delete()
    quiz.refresh_from_db()

    assert quiz.lie is None


def test_handles_are_random_and_none_is_a_key():
    quiz = make_quiz()
    handles = [headline.handle for headline in quiz.headlines.all()]

    assert len({*handles}) == 4
    assert all(len(handle) == 16 and int(handle, 16) >= 0 for handle in handles)
    assert not {str(h.pk) for h in quiz.headlines.all()} & {*handles}


def test_a_handle_survives_every_edit():
    quiz = make_quiz()
    headline = quiz.lie
    handle = headline.handle
    headline.text = "Another text"
    headline.save()
    headline.refresh_from_db()

    assert headline.handle == handle


def test_a_player_is_known_by_128_random_bits():
    handles = {Player().handle for _ in range(100)}

    assert len(handles) == 100
    assert all(len(bytes.fromhex(handle)) == 16 for handle in handles)


MOMENTS = [None, OUT - timedelta(days=1), OUT, OUT + timedelta(days=1)]


@pytest.mark.parametrize("seconds", [-86_401, -86_400, -1, 0, 1, 86_400, 86_401])
def test_rows_and_queries_agree_on_what_is_published(seconds):
    quizzes = [make_quiz(publish_at=False)]
    for out in MOMENTS:
        for gone in MOMENTS:
            if gone is None or (out is not None and gone >= out):
                quizzes.append(make_quiz(publish_at=out, withdrawn_at=gone))
    at = OUT + timedelta(seconds=seconds)

    found = {*Quiz.objects.published(at)}

    assert found == {quiz for quiz in quizzes if quiz.is_published(at)}
    for status in Status:
        by_query = {*Quiz.objects.with_status(status, at)}
        assert by_query == {quiz for quiz in quizzes if quiz.status(at) is status}


def test_a_quiz_for_players_is_loaded_without_its_key():
    make_quiz()
    quiz = Quiz.objects.for_players().get()

    assert {"lie_id", "updated_at", "created_at"} <= quiz.get_deferred_fields()


def test_a_quiz_for_players_costs_one_query(django_assert_num_queries):
    make_quiz()

    with django_assert_num_queries(1):
        quiz = Quiz.objects.for_players().with_publish_at().newest_first().get()
        assert quiz.is_published()
        assert vars(quiz)["publish_at"] == OUT
        assert all((quiz.slug, quiz.title, quiz.intro))


def test_editors_see_headlines_in_the_order_of_typing():
    quiz = Quiz.objects.create(slug="q", title="Q")
    rows = make_headlines(quiz)

    assert list(quiz.headlines.all()) == rows


def test_a_quiz_without_an_issue_is_a_draft():
    quiz = make_quiz(publish_at=False)

    assert quiz.status() is Status.DRAFT
    make_issue(quiz=quiz, publish_at=None)
    assert Quiz.objects.get(pk=quiz.pk).status() is Status.DRAFT
