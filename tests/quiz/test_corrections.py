"""When we were wrong: the key corrected, a quiz voided, words changed after a guess."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction

from quiz.models import Correction, Quiz, WordingChange
from quiz.services import (
    correct_key,
    is_right,
    lie_at,
    log_wording,
    void_quiz,
    wording_of,
)
from tests.factories import make_editor
from tests.quiz.factories import make_guess, make_quiz

pytestmark = pytest.mark.django_db

AT = datetime(2023, 2, 1, 9, tzinfo=UTC)
LATER = datetime(2199, 1, 1, tzinfo=UTC)


def test_a_new_key_is_a_correction_with_reason_author_and_time():
    quiz, editor = make_quiz(), make_editor()
    old, new = quiz.lie, quiz.headlines.first()
    correction = correct_key(
        quiz=quiz, new_lie=new, reason=" We mixed up two lines. ", by=editor, at=AT
    )
    stored = Quiz.objects.get()

    assert Correction.objects.get() == correction
    assert (correction.old_lie, correction.new_lie) == (old, new)
    assert (correction.reason, correction.made_by) == ("We mixed up two lines.", editor)
    assert (correction.made_at, correction.key_version) == (AT, 2)
    assert (stored.lie, stored.key_version, stored.updated_at) == (new, 2, AT)
    assert (quiz.lie, quiz.key_version) == (new, 2)
    assert quiz.voided_at is None


def test_a_void_quiz_says_why_and_when():
    quiz, editor = make_quiz(), make_editor()
    lie = quiz.lie
    correction = void_quiz(quiz=quiz, reason="It came true first.", by=editor, at=AT)
    stored = Quiz.objects.get()

    assert correction.kind == Correction.Kind.VOID
    assert (correction.old_lie, correction.new_lie) == (lie, None)
    assert (stored.voided_at, stored.void_reason) == (AT, "It came true first.")
    assert (stored.lie, stored.key_version) == (lie, 2)


def nothing_is_stored(quiz):
    stored = Quiz.objects.get(pk=quiz.pk)
    assert (stored.lie_id, stored.key_version) == (quiz.lie_id, quiz.key_version)
    assert stored.voided_at == quiz.voided_at
    return True


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
@pytest.mark.parametrize("correct", [correct_key, void_quiz])
def test_a_correction_without_a_reason_that_fits_is_refused(reason, correct):
    quiz, editor = make_quiz(), make_editor()
    new_lie = {"new_lie": quiz.headlines.first()} if correct is correct_key else {}
    with pytest.raises(ValidationError, match="reason"):
        correct(quiz=quiz, reason=reason, by=editor, **new_lie)

    assert not Correction.objects.exists()
    assert nothing_is_stored(quiz)


def test_the_lie_of_another_quiz_is_refused():
    quiz, other = make_quiz(), make_quiz()
    with pytest.raises(ValidationError, match="one of this quiz’s headlines"):
        correct_key(quiz=quiz, new_lie=other.lie, reason="Wrong.", by=None)

    assert nothing_is_stored(quiz)


def test_the_lie_that_it_has_is_refused():
    quiz = make_quiz()
    with pytest.raises(ValidationError, match="the lie already"):
        correct_key(quiz=quiz, new_lie=quiz.lie, reason="Wrong.", by=None)

    assert nothing_is_stored(quiz)


@pytest.mark.parametrize("publish_at", [False, None, LATER])
def test_a_quiz_that_nobody_has_seen_needs_no_correction(publish_at):
    quiz = make_quiz(publish_at=publish_at)
    for correct in (
        lambda: correct_key(
            quiz=quiz, new_lie=quiz.headlines.first(), reason="Wrong.", by=None
        ),
        lambda: void_quiz(quiz=quiz, reason="Wrong.", by=None),
    ):
        with pytest.raises(ValidationError, match="Nobody has seen this quiz yet"):
            correct()

    assert nothing_is_stored(quiz)


def test_a_void_quiz_is_corrected_no_more():
    quiz = make_quiz()
    void_quiz(quiz=quiz, reason="Two lies.", by=None, at=AT)
    with pytest.raises(ValidationError, match="is void"):
        correct_key(quiz=quiz, new_lie=quiz.headlines.first(), reason="No.", by=None)
    with pytest.raises(ValidationError, match="is void"):
        void_quiz(quiz=quiz, reason="Again.", by=None)

    assert Correction.objects.count() == 1


def test_who_corrects_what_somebody_corrected_meanwhile_is_told():
    quiz = make_quiz()
    stale = Quiz.objects.get()
    first, second, *_ = quiz.headlines.all()
    correct_key(quiz=quiz, new_lie=first, reason="Wrong.", by=None)
    with pytest.raises(ValidationError, match="meanwhile: reload"):
        correct_key(quiz=stale, new_lie=second, reason="Wrong, too.", by=None)
    with pytest.raises(ValidationError, match="meanwhile: reload"):
        void_quiz(quiz=stale, reason="No.", by=None)

    assert Correction.objects.count() == 1
    assert nothing_is_stored(quiz)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_taken():
    quiz = make_quiz()
    truths = list(quiz.headlines.exclude(pk=quiz.lie_id))
    barrier, refused, broken = Barrier(3), [], []

    def correct(headline):
        mine = Quiz.objects.get(pk=quiz.pk)
        mine.status()
        barrier.wait()
        try:
            correct_key(quiz=mine, new_lie=headline, reason="Wrong.", by=None)
        except ValidationError as error:
            refused.extend(error.messages)
        except Exception as error:  # noqa: BLE001  # shown by the assertion below
            broken.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=correct, args=[headline]) for headline in truths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    correction = Correction.objects.get()
    stored = Quiz.objects.get()

    assert broken == []
    assert refused == ["Somebody corrected this quiz meanwhile: reload."] * 2
    assert (stored.lie, stored.key_version) == (correction.new_lie, 2)


def test_two_corrections_of_a_version_are_refused_by_the_database():
    quiz = make_quiz()
    correction = void_quiz(quiz=quiz, reason="No.", by=None)
    correction.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        correction.save(force_insert=True)

    assert connection.is_usable()


# Who was right --------------------------------------------------------------


def test_a_guess_is_right_under_the_key_it_met_or_the_current_one():
    quiz = make_quiz()
    first, second, third, old = quiz.headlines.all()
    before = {h: make_guess(quiz, headline=h) for h in (first, second, third, old)}
    correct_key(quiz=quiz, new_lie=first, reason="Wrong.", by=None)
    between = {h: make_guess(quiz, headline=h, key_version=2) for h in (first, old)}
    correct_key(quiz=quiz, new_lie=second, reason="Wrong again.", by=None)
    after = {
        h: make_guess(quiz, headline=h, key_version=3) for h in (first, second, old)
    }

    def right(guesses):
        return {h for h, guess in guesses.items() if is_right(guess, quiz)}

    assert right(before) == {old, second}
    assert right(between) == {first}
    assert right(after) == {second}
    assert [lie_at(quiz, version) for version in (1, 2, 3, 9)] == [
        *(old.pk, first.pk),
        *(second.pk, second.pk),
    ]


def test_who_gave_up_is_not_right():
    quiz = make_quiz()
    guess = make_guess(quiz)
    guess.headline, quiz.lie = None, None

    assert not is_right(guess, quiz)


def test_many_guesses_cost_one_query(django_assert_num_queries):
    quizzes = [make_quiz() for _ in range(3)]
    guesses = [make_guess(quiz, headline=quiz.lie) for quiz in quizzes for _ in "ab"]
    for quiz in quizzes:
        correct_key(quiz=quiz, new_lie=quiz.headlines.first(), reason="Wrong.", by=None)
    with django_assert_num_queries(2):
        known = Quiz.objects.prefetch_related("corrections").in_bulk()
        assert all(is_right(guess, known[guess.quiz_id]) for guess in guesses)


# Wording --------------------------------------------------------------------


def reword(headline, by=None, **changes):
    before = wording_of(headline)
    for name, value in changes.items():
        setattr(headline, name, value)
    headline.save()
    return log_wording(headline=headline, before=before, by=by)


def test_a_change_of_words_after_a_guess_is_logged_with_both_texts():
    quiz, editor = make_quiz(), make_editor()
    make_guess(quiz)
    headline = quiz.headlines.first()
    old = headline.text
    reword(headline, by=editor, text="Put in other words", tells="It was too neat.")
    changes = {change.field: change for change in WordingChange.objects.all()}

    assert {*changes} == {"text", "tells"}
    assert (changes["text"].old_text, changes["text"].new_text) == (
        old,
        "Put in other words",
    )
    assert (changes["tells"].old_text, changes["tells"].new_text) == (
        "",
        "It was too neat.",
    )
    assert changes["text"].changed_by == editor


def test_a_change_of_a_source_is_logged_too():
    quiz = make_quiz()
    make_guess(quiz)
    reword(quiz.headlines.first(), reported_on=None)
    change = WordingChange.objects.get()

    assert (change.field, change.old_text, change.new_text) == (
        "reported_on",
        "2023-01-01",
        "",
    )


def test_before_the_first_guess_nothing_is_logged():
    quiz = make_quiz()
    other = make_quiz()
    make_guess(other)

    assert reword(quiz.headlines.first(), text="Other words") == []
    assert not WordingChange.objects.exists()


def test_a_save_that_changes_no_word_is_not_logged():
    quiz = make_quiz()
    make_guess(quiz)

    assert reword(quiz.headlines.first(), position=3) == []
    assert not WordingChange.objects.exists()
