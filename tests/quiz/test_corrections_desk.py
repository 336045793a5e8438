"""The desk of corrections: editors put right what is out, writers do not."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from quiz.models import Correction, Quiz, WordingChange
from quiz.reveals import reveal_to
from quiz.services import log_wording, restore_quiz, void_quiz, wording_of
from tests.factories import make_editor, make_user, make_writer
from tests.quiz.factories import make_guess, make_quiz
from tests.quiz.player import play

pytestmark = pytest.mark.django_db

SCREENS = ("key", "void")
EVERY_SCREEN = (*SCREENS, "restore")


@pytest.fixture
def editor(client):
    client.user = make_editor()
    client.force_login(client.user)
    return client


def screen(name, quiz):
    return reverse(f"admin:quiz_correction_{name}", args=[quiz.pk])


def change(quiz):
    return reverse("admin:quiz_quiz_change", args=[quiz.pk])


def typed(quiz, **overrides):
    return {
        "reason": "We mixed up two lines.",
        "key_version": quiz.key_version,
        "new_lie": quiz.headlines.first().pk,
        **overrides,
    }


def test_an_editor_corrects_the_key(editor):
    quiz = make_quiz()
    old, new = quiz.lie, quiz.headlines.first()
    page = editor.get(screen("key", quiz))
    answer = editor.post(screen("key", quiz), typed(quiz), follow=True)
    correction = Correction.objects.get()
    entry = LogEntry.objects.get()

    assert page.status_code == 200
    assert f"<strong>{old.text}</strong>" in page.text
    assert page.text.count('type="radio"') == 3
    assert answer.redirect_chain == [(change(quiz), 302)]
    assert (correction.new_lie, correction.made_by) == (new, editor.user)
    assert correction.reason == "We mixed up two lines."
    assert (entry.object_id, entry.user) == (str(quiz.pk), editor.user)
    assert f"The lie of “{quiz}” is now: {new.text}" in entry.change_message
    assert "is now:" in answer.text


def test_an_editor_voids_a_quiz(editor):
    quiz = make_quiz()
    for _ in range(2):
        make_guess(quiz)
    page = editor.get(screen("void", quiz))
    editor.post(screen("void", quiz), typed(quiz))
    quiz.refresh_from_db()

    assert "Its 2 guesses stay out" in page.text
    assert quiz.void_reason == "We mixed up two lines."
    assert Correction.objects.get().kind == Correction.Kind.VOID
    assert "is void" in LogEntry.objects.get().change_message


def test_screens_are_reached_from_the_quiz_once_it_is_out(editor):
    quiz, draft = make_quiz(), make_quiz(publish_at=None)
    shown, hidden = editor.get(change(quiz)).text, editor.get(change(draft)).text
    void_quiz(quiz=quiz, reason="No.", by=None)
    void = editor.get(change(quiz)).text

    for name in SCREENS:
        assert f'href="{screen(name, quiz)}"' in shown
        assert screen(name, draft) not in hidden
        assert screen(name, quiz) not in void


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Say what was wrong."),
        ({"reason": " "}, "Say what was wrong."),
        ({"reason": "x" * 501}, "at most 500 characters"),
        ({"key_version": 7}, "Somebody corrected this quiz meanwhile: reload."),
        ({"key_version": ""}, "Somebody corrected this quiz meanwhile: reload."),
    ],
)
@pytest.mark.parametrize("name", SCREENS)
def test_what_is_typed_wrongly_is_said_beside_it(editor, name, changes, sentence):
    quiz = make_quiz()
    answer = editor.post(screen(name, quiz), typed(quiz, **changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Correction.objects.exists()
    assert not LogEntry.objects.exists()
    assert Quiz.objects.get().key_version == 1


@pytest.mark.parametrize("choice", ["", "x", "0", "lie", "foreign"])
def test_another_lie_must_be_chosen_among_the_other_three(editor, choice):
    quiz, other = make_quiz(), make_quiz()
    known = {"lie": quiz.lie_id, "foreign": other.lie_id}
    answer = editor.post(
        screen("key", quiz), typed(quiz, new_lie=known.get(choice, choice))
    )

    assert answer.status_code == 422
    assert not Correction.objects.exists()


@pytest.mark.parametrize("name", SCREENS)
def test_a_quiz_that_cannot_be_corrected_leads_back_with_the_reason(editor, name):
    draft, void = make_quiz(publish_at=None), make_quiz()
    void_quiz(quiz=void, reason="No.", by=None)

    for quiz, sentence in ((draft, "Nobody has seen"), (void, "is void")):
        answer = editor.get(screen(name, quiz), follow=True)
        assert answer.redirect_chain == [(change(quiz), 302)]
        assert sentence in answer.text
        editor.post(screen(name, quiz), typed(quiz))
    assert Correction.objects.count() == 1


@pytest.mark.parametrize("name", EVERY_SCREEN)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["writer", "owner", "staff", "nobody"])
def test_who_is_no_editor_corrects_nothing(client, name, method, who):
    quiz = make_quiz()
    if who != "nobody":
        user = make_user() if who == "staff" else make_writer()
        client.force_login(user)
    if who == "owner":
        Quiz.objects.update(created_by=user)
    answer = getattr(client, method)(screen(name, quiz), typed(quiz))

    assert answer.status_code == (302 if who == "nobody" else 403)
    if who == "nobody":
        assert "/login/" in answer.headers["Location"]
    assert not Correction.objects.exists()


@pytest.mark.parametrize("name", EVERY_SCREEN)
def test_a_quiz_that_is_not_there_is_not_found(editor, name):
    assert editor.get(f"/admin/quiz/correction/{name}/4711/").status_code == 404


@pytest.mark.parametrize("name", SCREENS)
def test_other_methods_are_refused(editor, name):
    assert editor.delete(screen(name, make_quiz())).status_code == 405


@pytest.mark.parametrize("name", SCREENS)
def test_a_hostile_reason_is_text(editor, name):
    quiz = make_quiz(title="<script>alert(1)</script>")
    hostile = "<script>alert(2)</script>"
    again = editor.post(
        screen(name, quiz), typed(quiz, reason=hostile, key_version=9)
    ).text
    editor.post(screen(name, quiz), typed(quiz, reason=hostile))
    listed = editor.get(reverse("admin:quiz_correction_changelist")).text

    for text in (again, listed):
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


def make_records():
    quiz = make_quiz()
    make_guess(quiz)
    void_quiz(quiz=quiz, reason="Two lies.", by=None)
    headline = quiz.headlines.first()
    before = wording_of(headline)
    headline.text = "Other words"
    log_wording(headline=headline, before=before, by=None)
    return Correction.objects.get(), WordingChange.objects.get()


def test_editors_read_the_record_and_change_nothing_in_it(editor):
    for row, words in zip(make_records(), ("Two lies.", "Other words"), strict=True):
        name = f"admin:quiz_{row._meta.model_name}"
        assert words in editor.get(reverse(f"{name}_changelist")).text
        page = editor.get(reverse(f"{name}_change", args=[row.pk]))
        assert page.status_code == 200
        assert "_save" not in page.text
        assert editor.get(reverse(f"{name}_add")).status_code == 403
        for action in ("change", "delete"):
            address = reverse(f"{name}_{action}", args=[row.pk])
            assert editor.post(address, {"post": "yes"}).status_code == 403
    assert (Correction.objects.count(), WordingChange.objects.count()) == (1, 1)


def test_writers_do_not_see_the_record(client):
    client.force_login(make_writer())
    for row in make_records():
        name = f"admin:quiz_{row._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist")).status_code == 403
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 403


def test_the_record_costs_the_same_for_many_rows(editor, django_assert_max_num_queries):
    for _ in range(8):
        quiz = make_quiz()
        make_guess(quiz)
        void_quiz(quiz=quiz, reason="No.", by=editor.user)
        headline = quiz.headlines.first()
        log_wording(headline=headline, before={"text": "Old"}, by=editor.user)
    for name in ("correction", "wordingchange"):
        with django_assert_max_num_queries(9):
            editor.get(reverse(f"admin:quiz_{name}_changelist"))


def test_an_editor_lets_a_void_quiz_count_again(editor):
    quiz = make_quiz()
    guess = make_guess(quiz, headline=quiz.lie)
    void_quiz(quiz=quiz, reason="Two lies.", by=None)
    offered = editor.get(change(quiz)).text
    page = editor.get(screen("restore", quiz))
    answer = editor.post(screen("restore", quiz), typed(quiz), follow=True)
    quiz.refresh_from_db()

    assert screen("restore", quiz) in offered
    assert screen("void", quiz) not in offered
    assert "Two lies." in page.text
    assert "counts again" in answer.text
    assert screen("void", quiz) in answer.text
    assert (quiz.voided_at, quiz.void_reason, quiz.key_version) == (None, "", 3)
    assert [row.kind for row in quiz.corrections.all()] == ["void", "restored"]
    told = reveal_to(guess)
    assert told.verdict == "You spotted the lie."
    assert [row.label for row in told.rows].count("FAKE") == 1


def test_only_a_void_quiz_is_let_count_again(editor):
    quiz = make_quiz()
    editor.get(screen("restore", quiz))
    answer = editor.post(screen("restore", quiz), typed(quiz))

    assert answer.status_code == 422
    assert "This quiz is not void" in answer.text
    assert not Correction.objects.exists()


def test_letting_count_again_needs_a_reason_and_the_version_that_was_seen(editor):
    quiz = make_quiz()
    void_quiz(quiz=quiz, reason="Two lies.", by=None)
    for wrong in ({"reason": ""}, {"key_version": 1}):
        answer = editor.post(screen("restore", quiz), typed(quiz, **wrong))
        assert answer.status_code == 422
    assert Correction.objects.count() == 1


def test_the_reveal_says_that_it_was_void_and_counts_again(client):
    quiz = make_quiz()
    play(client, quiz)
    void_quiz(quiz=quiz, reason="Two lies.", by=None)
    restore_quiz(quiz=quiz, reason="Only one, after all.", by=None)
    text = client.get(quiz.get_absolute_url()).text

    assert text.index("Two lies.") < text.index("Only one, after all.")
    assert "<strong>Counts again," in text
    assert "does not count" not in text
