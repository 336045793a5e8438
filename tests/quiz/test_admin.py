"""The editors' desk: a quiz and its four headlines on one screen."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from quiz.models import Guess, Headline, Quiz
from quiz.services import check_quiz, choose_lie
from tests.factories import make_editor, make_writer
from tests.quiz.factories import OUT, make_guess, make_issue, make_quiz, make_source

pytestmark = pytest.mark.django_db

ADD = "/admin/quiz/quiz/add/"


@pytest.fixture
def editor(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def writer(client):
    client.force_login(make_writer())
    return client


def writer_of(client):
    return int(client.session["_auth_user_id"])


def change(quiz):
    return reverse("admin:quiz_quiz_change", args=[quiz.pk])


def row(index, *, is_lie, **overrides):
    source = {"source_url": "", "outlet": "", "reported_on": ""}
    if not is_lie:
        source = {**make_source(index), "reported_on": "2023-01-01"}
    return {
        "text": f"Typed {index}",
        "explanation": f"Why {index}.",
        **source,
        **overrides,
    }


def typed(*, lie=1, rows=None, quiz=None, stored=(), **overrides):
    """What the screen posts: the quiz, four rows, the choice among them."""
    rows = rows or [row(index, is_lie=index == lie) for index in range(4)]
    data = {
        "title": "A typed quiz",
        "slug": quiz.slug if quiz else "typed",
        "number": "",
        "intro": "",
        "closes_at_0": "",
        "closes_at_1": "",
        "searched_on": "2023-01-10",
        "is_harmless": "on",
        "headlines-TOTAL_FORMS": len(rows),
        "headlines-INITIAL_FORMS": len(stored),
        "headlines-MIN_NUM_FORMS": 0,
        "headlines-MAX_NUM_FORMS": 4,
        "lie_row": "" if lie is None else lie,
    }
    for index, values in enumerate(rows):
        data.update(
            {f"headlines-{index}-{name}": value for name, value in values.items()}
        )
        data[f"headlines-{index}-quiz"] = quiz.pk if quiz else ""
        data[f"headlines-{index}-id"] = stored[index].pk if index < len(stored) else ""
    return {**data, **overrides}


def retyped(quiz, **overrides):
    return typed(quiz=quiz, stored=list(quiz.headlines.all()), **overrides)


def lie_of(quiz):
    return Headline.objects.get(pk=quiz.lie_id)


def chosen(response):
    """The rows whose radio is checked."""
    return re.findall(r'name="lie_row"[^>]* value="(\d)" checked', response.text)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_one_screen_shows_four_rows_and_one_choice(editor):
    response = editor.get(ADD)

    for index in range(4):
        assert f'name="headlines-{index}-text"' in response.text
        assert response.text.count(f'name="lie_row" id="id_lie_row_{index}"') == 1
    assert 'name="headlines-4-text"' not in response.text
    assert response.text.count('name="lie_row"') == 4
    assert chosen(response) == []


def test_one_post_makes_a_quiz(editor):
    response = editor.post(ADD, typed(lie=2), follow=True)

    assert response.status_code == 200
    quiz = Quiz.objects.get()
    assert [h.text for h in quiz.headlines.all()] == [
        f"Typed {index}" for index in range(4)
    ]
    assert [h.position for h in quiz.headlines.all()] == [1, 2, 3, 4]
    assert lie_of(quiz).text == "Typed 2"
    assert quiz.created_by_id == writer_of(editor)
    assert check_quiz(quiz) == []
    assert not [text for text in said(response) if "Not ready" in text]


@pytest.mark.parametrize("lie", range(4))
def test_the_screen_remembers_the_lie(editor, lie):
    quiz = make_quiz(lie=lie, publish_at=False)

    assert chosen(editor.get(change(quiz))) == [str(lie)]


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize(("before", "after"), [(3, 0), (0, 3), (2, 1), (1, 2), (1, 1)])
def test_the_lie_is_moved_up_and_down(editor, before, after, public):
    quiz = make_quiz(lie=before, publish_at=OUT if public else False)
    headlines = list(quiz.headlines.all())
    handles = [headline.handle for headline in headlines]
    response = editor.post(change(quiz), retyped(quiz, lie=after))

    assert response.status_code == 302
    quiz.refresh_from_db()
    assert quiz.lie == headlines[after]
    assert list(quiz.headlines.all()) == headlines
    assert [headline.handle for headline in quiz.headlines.all()] == handles
    moved = "the lie" in LogEntry.objects.latest("pk").get_change_message()
    assert moved is (before != after)


def test_a_draft_may_be_unfinished_and_says_what_it_lacks(editor):
    rows = [row(0, is_lie=False), row(1, is_lie=False, outlet="", explanation="")]
    response = editor.post(ADD, typed(lie=None, rows=rows), follow=True)
    quiz = Quiz.objects.get()

    assert quiz.headlines.count() == 2
    warning = next(text for text in said(response) if "Not ready" in text)
    assert "this one has 2" in warning
    assert "Choose which headline is the lie." in warning
    assert "Headline 2: Say why" in warning
    assert editor.get(change(quiz)).text.count('name="lie_row"') == 4


def test_an_unfinished_draft_is_finished_later(editor):
    rows = [row(0, is_lie=False), row(1, is_lie=True)]
    editor.post(ADD, typed(lie=1, rows=rows))
    quiz = Quiz.objects.get()
    first = quiz.lie
    editor.post(change(quiz), retyped(quiz, lie=3))
    quiz.refresh_from_db()

    assert quiz.headlines.count() == 4
    assert lie_of(quiz).text == "Typed 3"
    assert quiz.lie != first
    assert check_quiz(quiz) == []


def with_row(index, lie=1, **overrides):
    rows = [row(i, is_lie=i == lie) for i in range(4)]
    rows[index].update(overrides)
    return {"rows": rows, "lie": lie}


EMPTY = dict.fromkeys(row(0, is_lie=False), "")

ALWAYS = {
    "equal but for case and accents": (
        with_row(2, text="TYPED:  “0”!"),
        "This is headline 1 again: no two may be equal.",
    ),
    "a lie with a source": (
        with_row(1, source_url="https://news.example/x"),
        "The lie has no source: empty its source and outlet.",
    ),
    "a lie with an outlet": (
        with_row(1, outlet="Somebody"),
        "The lie has no source: empty its source and outlet.",
    ),
    "a choice that is no row": (
        {"lie_row": "4"},
        "Choose the lie among the four headlines.",
    ),
    "a choice that is no number": (
        {"lie_row": "x"},
        "Choose the lie among the four headlines.",
    ),
    "a source that is no web address": (
        with_row(0, source_url="javascript:alert(1)"),
        "Enter a valid URL.",
    ),
    "a row without its headline": (with_row(0, text=""), "Write the headline."),
    "a title that tells the lie": (
        {"title": "Why “typed 1” is a lie"},
        "The title, the slug or the intro tells the lie: change it.",
    ),
    "five rows": (
        {"rows": [row(index, is_lie=index == 1) for index in range(5)]},
        "at most 4",
    ),
}

PUBLIC = {
    "no lie": ({"lie_row": ""}, "Choose which headline is the lie."),
    "a truth without a source": (
        with_row(0, source_url=""),
        "A true headline needs the address of its source.",
    ),
    "a truth without an outlet": (
        with_row(3, outlet=""),
        "A true headline needs the name of its outlet.",
    ),
    "a truth without an explanation": (
        with_row(2, explanation=""),
        "Say why it is true, or what gave it away.",
    ),
    "a lie without an explanation": (
        with_row(1, explanation=""),
        "Say why it is true, or what gave it away.",
    ),
}


@pytest.mark.parametrize(
    ("public", "name"),
    [
        *((False, name) for name in ALWAYS),
        *((True, name) for name in (*ALWAYS, *PUBLIC)),
    ],
)
def test_what_may_not_be_is_refused_and_nothing_is_saved(editor, name, public):
    changed, sentence = {**ALWAYS, **PUBLIC}[name]
    quiz = make_quiz(publish_at=OUT if public else False)
    before = (*quiz.headlines.values_list("text", "outlet"), quiz.title, quiz.lie)
    response = editor.post(change(quiz), retyped(quiz, **changed))

    assert response.status_code == 200
    assert sentence in response.text
    assert "Typed 0" in response.text or name == "a row without its headline"
    quiz.refresh_from_db()
    assert before == (
        *quiz.headlines.values_list("text", "outlet"),
        quiz.title,
        quiz.lie,
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_draft_may_lack_is_saved(editor, name):
    changed, sentence = PUBLIC[name]
    response = editor.post(ADD, typed(**changed), follow=True)

    assert Quiz.objects.exists()
    assert any(sentence in text for text in said(response))


def test_a_new_quiz_that_is_refused_leaves_nothing(editor):
    changed, _ = ALWAYS["a lie with a source"]
    assert editor.post(ADD, typed(**changed)).status_code == 200

    assert not Quiz.objects.exists()
    assert not Headline.objects.exists()


def test_an_empty_row_is_no_lie(editor):
    rows = [row(0, is_lie=False), EMPTY, EMPTY, EMPTY]
    response = editor.post(ADD, typed(lie=1, rows=rows))

    assert "The headline chosen as the lie is empty: write it." in response.text
    assert not Quiz.objects.exists()


def test_a_refused_screen_keeps_the_choice(editor):
    quiz = make_quiz(lie=3, publish_at=False)
    response = editor.post(change(quiz), retyped(quiz, lie=0, title=""))

    assert chosen(response) == ["0"]


def test_rows_of_another_quiz_are_not_taken_over(editor):
    quiz, other = make_quiz(publish_at=False), make_quiz(publish_at=False)
    stolen = list(other.headlines.all())
    response = editor.post(change(quiz), typed(quiz=quiz, stored=stolen))

    assert "A headline is no longer there: reload this page." in response.text
    assert list(other.headlines.all()) == stolen
    assert not Headline.objects.filter(quiz=other, text__startswith="Typed").exists()


def test_the_service_refuses_a_lie_of_another_quiz():
    quiz, other = make_quiz(), make_quiz()

    with pytest.raises(Exception, match="must be one of this quiz") as caught:
        choose_lie(quiz=quiz, headline=other.lie)
    assert type(caught.value).__name__ == "ValidationError"


# Who may what ---------------------------------------------------------------


def test_a_writer_makes_and_changes_a_quiz(writer):
    assert writer.post(ADD, typed()).status_code == 302
    quiz = Quiz.objects.get()
    assert quiz.created_by_id == writer_of(writer)
    assert writer.post(change(quiz), retyped(quiz, lie=0)).status_code == 302
    assert lie_of(Quiz.objects.get()).text == "Typed 0"


@pytest.mark.parametrize("publish_at", [OUT, OUT.replace(year=2199)])
def test_a_writer_reads_and_does_not_change_a_quiz_that_is_out(writer, publish_at):
    quiz = make_quiz(created_by_id=writer_of(writer), publish_at=publish_at)
    screen = writer.get(change(quiz))

    assert screen.status_code == 200
    assert 'name="title"' not in screen.text
    assert screen.text.count("disabled") == 4
    assert writer.post(change(quiz), retyped(quiz, lie=0)).status_code == 403
    delete = reverse("admin:quiz_quiz_delete", args=[quiz.pk])
    assert writer.post(delete, {"post": "yes"}).status_code == 403
    quiz.refresh_from_db()
    assert quiz.lie == quiz.headlines.last()


def test_a_writer_changes_a_quiz_of_a_draft(writer):
    quiz = make_quiz(created_by_id=writer_of(writer), publish_at=None)

    assert writer.post(change(quiz), retyped(quiz, lie=0)).status_code == 302


def test_a_writer_does_not_see_the_quizzes_of_others(writer):
    quiz = make_quiz(created_by=make_editor(), publish_at=False)

    assert quiz.title not in writer.get("/admin/quiz/quiz/").text
    assert writer.post(change(quiz), retyped(quiz)).status_code in {302, 403, 404}
    assert Quiz.objects.get().title == quiz.title


def test_an_editor_changes_every_quiz(editor):
    quiz = make_quiz(created_by=make_writer())

    assert editor.post(change(quiz), retyped(quiz)).status_code == 302


def delete_by_action(client, *quizzes):
    data = {
        "action": "delete_selected",
        "_selected_action": [quiz.pk for quiz in quizzes],
        "post": "yes",
    }
    return client.post("/admin/quiz/quiz/", data, follow=True)


def test_a_quiz_that_was_played_is_not_deleted(editor):
    quiz = make_quiz(publish_at=False)
    make_guess(quiz)
    sentence = "has been played: it can’t be deleted. Withdraw its issue instead."
    delete = reverse("admin:quiz_quiz_delete", args=[quiz.pk])

    assert sentence in editor.get(delete).text
    assert sentence in editor.post(delete, {"post": "yes"}).text
    assert sentence in delete_by_action(editor, quiz).text
    assert Quiz.objects.exists()


def test_a_quiz_that_nobody_played_is_deleted(editor):
    quiz, other = make_quiz(publish_at=False), make_quiz(publish_at=False)
    editor.post(reverse("admin:quiz_quiz_delete", args=[quiz.pk]), {"post": "yes"})
    delete_by_action(editor, other)

    assert not Quiz.objects.exists()


def test_a_writer_deletes_their_own_draft_and_no_other(writer):
    own = make_quiz(created_by_id=writer_of(writer), publish_at=False)
    out = make_quiz(created_by_id=writer_of(writer))
    others = make_quiz(publish_at=False)
    delete_by_action(writer, own, out, others)
    assert Quiz.objects.count() == 3
    delete_by_action(writer, own)

    assert {*Quiz.objects.all()} == {out, others}


def test_an_editor_reads_guesses_and_changes_none(editor):
    guess = make_guess(make_quiz())
    address = reverse("admin:quiz_guess_change", args=[guess.pk])

    assert editor.get("/admin/quiz/guess/").status_code == 200
    assert editor.get(address).status_code == 200
    assert editor.post(address, {"counted": ""}).status_code == 403
    assert editor.get("/admin/quiz/guess/add/").status_code == 403
    delete = reverse("admin:quiz_guess_delete", args=[guess.pk])
    assert editor.post(delete, {"post": "yes"}).status_code == 403
    assert Guess.objects.get().counted


def test_a_writer_does_not_see_guesses(writer):
    assert writer.get("/admin/quiz/guess/").status_code == 403


def test_lists_cost_the_same_however_long_they_are(
    editor, django_assert_max_num_queries
):
    for number in range(30):
        quiz = make_quiz(created_by=make_writer(), number=number + 1)
        make_guess(quiz)
    for address in ("/admin/quiz/quiz/", "/admin/quiz/guess/"):
        with django_assert_max_num_queries(14):
            assert editor.get(address).status_code == 200


@pytest.mark.parametrize(
    "status", ["draft", "scheduled", "published", "withdrawn", "x"]
)
def test_the_list_is_filtered_by_status(editor, status):
    quizzes = {
        "draft": make_quiz(publish_at=False, title="Zero"),
        "scheduled": make_quiz(publish_at=OUT.replace(year=2199), title="One"),
        "published": make_quiz(title="Two"),
        "withdrawn": make_quiz(withdrawn_at=OUT, title="Three"),
    }
    found = editor.get("/admin/quiz/quiz/", {"status": status}).context["cl"].queryset

    assert {*found} == ({quizzes[status]} if status in quizzes else {*quizzes.values()})


# The gate -------------------------------------------------------------------


def test_a_complete_quiz_has_nothing_against_it(django_assert_num_queries):
    quiz = make_quiz()

    with django_assert_num_queries(1):
        assert check_quiz(quiz) == []


def test_the_gate_names_everything_that_is_wrong():
    quiz = make_quiz(intro="It is headline b of quiz: not.")
    quiz.slug = "x"
    a, b, c, d = quiz.headlines.all()
    Headline.objects.filter(pk=a.pk).update(text="Same", explanation="")
    Headline.objects.filter(pk=b.pk).update(text="same.", source_url="", outlet="")
    Headline.objects.filter(pk=d.pk).update(outlet="X", text="It is headline")
    c.delete()

    assert check_quiz(quiz) == [
        "Headline 2: This is headline 1 again: no two may be equal.",
        "Headline 3: The lie has no source: empty its source and outlet.",
        "A quiz has four headlines: this one has 3.",
        "Headline 1: Say why it is true, or what gave it away.",
        "Headline 2: A true headline needs the address of its source.",
        "Headline 2: A true headline needs the name of its outlet.",
        "The title, the slug or the intro tells the lie: change it.",
    ]


def test_a_quiz_without_a_lie_does_not_pass():
    quiz = make_quiz(lie=None, publish_at=False)

    assert "Choose which headline is the lie." in check_quiz(quiz)
    make_issue(quiz=quiz, publish_at=None)
    assert "Choose which headline is the lie." in check_quiz(quiz)


@pytest.mark.parametrize(("publish_at", "is_there"), [(OUT, True), (False, False)])
def test_a_quiz_leads_to_its_page_where_there_is_one(editor, publish_at, is_there):
    quiz = make_quiz(publish_at=publish_at)

    assert ("View on site" in editor.get(change(quiz)).text) is is_there


def test_who_leaves_the_number_empty_is_told_what_follows(editor):
    assert "Empty: the next one" in editor.get(ADD).text
