"""Two editors have one quiz open: neither writes over the other unseen."""

import pytest
from django.test import Client
from lxml.html import fromstring

from quiz.models import Headline, Quiz
from quiz.services import choose_lie
from tests.factories import make_editor
from tests.quiz.factories import OUT, make_guess, make_quiz
from tests.quiz.test_admin import change, lie_of, said

pytestmark = pytest.mark.django_db


def sign_in(client, name):
    client.force_login(make_editor(username=name))
    return client


@pytest.fixture
def mine(client):
    return sign_in(client, "mia")


@pytest.fixture
def theirs():
    return sign_in(Client(), "theo")


@pytest.fixture
def quiz():
    return make_quiz(publish_at=False, lie=3)


def sent_by(response):
    """All that the browser would send of the form."""
    form = fromstring(response.content.decode()).get_element_by_id("quiz_form")
    for field in form.iter("input"):
        if field.get("type") != "radio" and field.get("value") is None:
            field.set("value", "on" if field.get("type") == "checkbox" else "")
    values = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return values


def opened(client, quiz):
    return sent_by(client.get(change(quiz)))


def save(client, quiz, values, **typed):
    response = client.post(change(quiz), {**values, **typed}, follow=True)
    quiz.refresh_from_db()
    return response


def texts(quiz):
    return [row.text for row in quiz.headlines.all()]


def test_what_only_the_other_touched_stays(mine, theirs, quiz):
    form = opened(mine, quiz)
    other = opened(theirs, quiz)
    save(theirs, quiz, other, title="Theirs", **{"headlines-1-text": "Theirs 1"})
    response = save(mine, quiz, form, **{"headlines-0-text": "Mine 0"})
    assert quiz.title == "Theirs"
    assert texts(quiz)[:2] == ["Mine 0", "Theirs 1"]
    assert (
        "theo has changed this meanwhile, which stays: Title, Headline 2: Headline."
        in said(response)
    )


def test_what_both_touched_is_refused_once_with_what_differs(mine, theirs, quiz):
    form, before = opened(mine, quiz), texts(quiz)
    save(theirs, quiz, opened(theirs, quiz), **{"headlines-0-text": "Theirs"})
    response = save(mine, quiz, form, title="Mine", **{"headlines-0-text": "Mine"})
    html = response.content.decode()
    assert "theo has changed this meanwhile: it is “Theirs” now." in html
    assert "theo changed this quiz after you had opened it" in html
    assert texts(quiz) == ["Theirs", *before[1:]]
    assert quiz.title != "Mine"
    again = sent_by(response)
    assert again["headlines-0-text"] == ["Mine"]
    save(mine, quiz, again)
    assert (quiz.title, texts(quiz)[0]) == ("Mine", "Mine")


def test_a_lie_that_only_the_other_moved_stays(mine, theirs, quiz):
    form = opened(mine, quiz)
    save(theirs, quiz, opened(theirs, quiz), **moved_to(quiz, 0))
    assert lie_of(quiz).text == texts(quiz)[0]
    response = save(mine, quiz, form, title="Mine")
    assert quiz.title == "Mine"
    assert lie_of(quiz).text == texts(quiz)[0]
    assert any("The lie." in text for text in said(response))


def test_a_lie_that_both_moved_is_refused_once(mine, theirs, quiz):
    form = opened(mine, quiz)
    save(theirs, quiz, opened(theirs, quiz), **moved_to(quiz, 0))
    response = save(mine, quiz, form, **moved_to(quiz, 1))
    expected = f"theo has chosen another lie meanwhile: it is “{texts(quiz)[0]}” now."
    assert expected in response.content.decode()
    assert lie_of(quiz).text == texts(quiz)[0]
    save(mine, quiz, sent_by(response))
    assert lie_of(quiz).text == texts(quiz)[1]


def moved_to(quiz, row):
    """What is sent when another row is the lie: its source goes, the former's comes."""
    source = {"source_url": "https://news.example/x", "outlet": "News"}
    return {
        "lie_row": row,
        **{f"headlines-{row}-{name}": "" for name in (*source, "reported_on")},
        **{
            f"headlines-{other}-{name}": value
            for other in range(4)
            if other != row and not quiz.headlines.all()[other].source_url
            for name, value in source.items()
        },
    }


def test_a_key_corrected_meanwhile_is_no_reason_to_refuse_the_form(mine):
    quiz = make_quiz(lie=3, publish_at=OUT)
    make_guess(quiz)
    form = opened(mine, quiz)
    new = quiz.headlines.all()[0]
    Headline.objects.filter(pk=quiz.lie_id).update(
        source_url="https://news.example/x", outlet="News"
    )
    Headline.objects.filter(pk=new.pk).update(
        source_url="", outlet="", reported_on=None
    )
    choose_lie(quiz=quiz, headline=new)
    save(mine, quiz, form, title="Mine")
    assert (quiz.title, quiz.lie_id) == ("Mine", new.pk)


def test_filling_the_rows_forgets_nothing_of_what_was_drawn(mine, theirs, quiz):
    form = opened(mine, quiz)
    save(theirs, quiz, opened(theirs, quiz), title="Theirs", **moved_to(quiz, 0))
    filled = save(
        mine, quiz, form, title="Mine", _redraw="lines", lines="One\nTwo\nThree\n* Four"
    )
    assert "Nothing is saved yet." in filled.content.decode()
    again = sent_by(filled)
    assert again["title"] == ["Mine"]
    assert again["headlines-0-text"] == ["One"]
    response = save(mine, quiz, again, lie_row="1")
    html = response.content.decode()
    assert "theo has changed this meanwhile: it is “Theirs” now." in html
    assert "theo has chosen another lie meanwhile" in html
    assert quiz.title == "Theirs"


def test_headlines_added_meanwhile_are_not_doubled(mine, theirs):
    quiz = Quiz.objects.create(slug="bare", title="Bare")
    form = opened(mine, quiz)
    rows = {f"headlines-{row}-text": f"Text {row}" for row in range(4)}
    save(theirs, quiz, opened(theirs, quiz), **rows)
    response = save(mine, quiz, form, **rows)
    assert "Somebody has added headlines meanwhile" in response.content.decode()
    assert quiz.headlines.count() == 4
