"""Searching quizzes: by title while they are open, by their labelled lie once closed."""

import re
from datetime import timedelta

import lxml.html
import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from issues.services import delete_issue, save_issue, withdraw_issue
from quiz.models import Headline, Quiz
from quiz.search import index_quizzes
from quiz.services import correct_key, void_quiz
from superfast.search.documents import Kind
from superfast.search.find import find
from superfast.search.models import Document
from tests.factories import make_editor
from tests.issues.factories import OUT, make_draft, make_issue
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)
MOMENT = timedelta(microseconds=1)
TEXTS = (
    "Otters learn to paint by numbers",
    "Bakers hire a kneading robot",
    "Toaster sings in provincial opera",
    "Village elects a chatbot mayor",
)
FAKE = "FAKE: Village elects a chatbot mayor"
WORDS = ("otters", "kneading", "opera", "mayor", "fake", '"chatbot mayor"')


def publish(quiz, at=OUT, **overrides):
    return make_issue(quiz=quiz, publish_at=at, **overrides)


def make_played(**overrides):
    return make_quiz(title="Zebra week", texts=TEXTS, publish_at=False, **overrides)


def hits(text, at):
    return find(text, at=at, kind=Kind.QUIZ).hits


def snippets(text, at):
    return ["".join(s.text for s in hit.snippet) for hit in hits(text, at)]


def test_an_open_quiz_is_found_by_its_title_and_by_nothing_else():
    quiz = make_played(number=12)
    publish(quiz)
    publish(make_quiz(publish_at=False), OUT + WEEK)
    at = OUT + WEEK - MOMENT
    (hit,) = hits("zebra", at)

    assert (hit.title, hit.url) == ("Zebra week", quiz.get_absolute_url())
    assert (hit.snippet, hit.context) == ((), "3 Headlines and a Lie, no. 12")
    assert hits("zebra", OUT - MOMENT) == ()
    for word in WORDS:
        assert hits(word, at) == ()


@pytest.mark.parametrize("closing", ["the next issue", "its own time"])
def test_at_the_moment_of_closing_the_lie_is_found_behind_its_label(closing):
    closed = OUT + WEEK
    own = {"closes_at": closed} if closing == "its own time" else {}
    publish(make_played(**own))
    if not own:
        publish(make_quiz(publish_at=False), closed)

    for word in (*WORDS, "zebra"):
        assert snippets(word, closed) == [FAKE]
    for word in WORDS:
        assert hits(word, closed - MOMENT) == ()


def test_a_quiz_that_nothing_closes_stays_open():
    publish(make_played())
    make_issue(publish_at=OUT + WEEK)  # has no quiz

    assert len(hits("zebra", OUT + 99 * WEEK)) == 1
    assert hits("mayor", OUT + 99 * WEEK) == ()


def test_the_lie_and_its_label_stand_in_one_text_node(client):
    publish(make_played(lie=0))
    publish(make_quiz(publish_at=False), OUT + WEEK)
    for query in ("otters", "numbers", "paint", "opera", "fake", "zebra"):
        text = client.get("/search/", {"q": query, "kind": "quiz"}).text
        (found,) = lxml.html.fromstring(text).find_class("hits")
        nodes = [n.strip() for n in found.itertext() if "Otters" in n or "numbers" in n]
        assert nodes == ["FAKE: Otters learn to paint by numbers"], query
        assert len(re.findall("<mark>", text)) == (query == "zebra")


def test_a_long_lie_is_shown_with_its_label_whatever_is_looked_for(client):
    long = "Beginning " + "of a very long headline " * 11 + "quokka"
    publish(make_played())
    Headline.objects.filter(text=TEXTS[3]).update(text=long)
    publish(make_quiz(publish_at=False), OUT + WEEK)
    page = lxml.html.fromstring(client.get("/search/?q=quokka").text)

    assert [n.strip() for n in page.itertext() if "very long" in n] == [f"FAKE: {long}"]


def moved(issue, at):
    issue.publish_at = at
    save_issue(issue=issue, by=None)


def test_closing_follows_the_next_issue_wherever_it_moves_until_it_is_out():
    ahead = OUT.replace(year=2199)
    publish(make_played())
    later = publish(make_quiz(publish_at=False), ahead + WEEK)
    moved(later, ahead + 2 * WEEK)
    assert hits("mayor", ahead + WEEK) == ()
    assert snippets("mayor", ahead + 2 * WEEK) == [FAKE]

    moved(later, None)
    assert hits("mayor", ahead + 9 * WEEK) == ()
    assert len(hits("zebra", ahead + 9 * WEEK)) == 1

    moved(later, ahead + WEEK)
    delete_issue(issue=later)
    assert hits("mayor", ahead + 9 * WEEK) == ()


@pytest.mark.parametrize("at", [None, OUT + 2 * WEEK])
def test_an_issue_that_was_out_closed_it_when_it_was(at):
    publish(make_played())
    later = publish(make_quiz(publish_at=False), OUT + WEEK)
    moved(later, at)

    assert snippets("mayor", OUT + WEEK) == [FAKE]


def test_a_scheduled_issue_that_is_withdrawn_closes_nothing():
    publish(make_played())
    later = publish(make_quiz(publish_at=False), OUT.replace(year=2199))
    withdraw_issue(issue=later)

    assert hits("mayor", OUT.replace(year=2199) + WEEK) == ()


def test_a_published_issue_that_is_withdrawn_reopens_nothing():
    publish(make_played())
    later = publish(make_quiz(publish_at=False), OUT + WEEK)
    withdraw_issue(issue=later)

    assert snippets("mayor", OUT + 2 * WEEK) == [FAKE]


@pytest.mark.parametrize("after", [timedelta(days=1), 2 * WEEK])
def test_of_a_quiz_whose_issue_was_withdrawn_nothing_is_found(after):
    issue = publish(make_played())
    publish(make_quiz(publish_at=False), OUT + WEEK)
    with time_machine.travel(OUT + after, tick=False):
        withdraw_issue(issue=issue)

    for word in ("mayor", "zebra"):
        assert len(hits(word, OUT + after - MOMENT)) == (
            word == "zebra" or after > WEEK
        )
        for at in (OUT + after, OUT + 3 * WEEK):
            assert hits(word, at) == ()


def test_quizzes_of_drafts_are_not_in_the_index():
    make_quiz(publish_at=False)
    make_draft(quiz=make_played())

    assert not Document.objects.filter(kind=Kind.QUIZ).exists()


def test_a_correction_is_found_at_once():
    quiz = make_played()
    publish(quiz)
    publish(make_quiz(publish_at=False), OUT + WEEK)
    correct_key(quiz=quiz, new_lie=quiz.headlines.first(), reason="No.", by=None)

    for word in ("otters", "mayor"):
        assert snippets(word, OUT + WEEK) == [f"FAKE: {TEXTS[0]}"]


def test_a_void_quiz_shows_no_headline():
    quiz = make_played()
    publish(quiz)
    publish(make_quiz(publish_at=False), OUT + WEEK)
    void_quiz(quiz=quiz, reason="It came true.", by=None)

    assert snippets("mayor", OUT + WEEK) == ["This quiz does not count. It came true."]


def test_a_rebuilt_index_is_the_same():
    publish(make_played())
    publish(make_quiz(publish_at=False), OUT + WEEK)
    names = [
        f.name for f in Document._meta.fields if f.name not in {"id", "indexed_at"}
    ]
    before = [*Document.objects.order_by("kind", "key").values(*names)]
    Document.objects.filter(kind=Kind.QUIZ).delete()
    call_command("rebuild_search", verbosity=0)

    assert [*Document.objects.order_by("kind", "key").values(*names)] == before


def test_only_what_differs_is_written():
    for week in range(4):
        publish(make_quiz(publish_at=False), OUT + week * WEEK)

    assert index_quizzes() == 0
    Quiz.objects.filter(pk=Quiz.objects.last().pk).update(title="Other")
    assert index_quizzes() == 2


@pytest.mark.parametrize("lie", range(4))
def test_how_hits_are_weighed_does_not_tell_the_lie(lie):
    publish(make_played(lie=lie))
    publish(make_quiz(publish_at=False), OUT + WEEK)
    document = Document.objects.get(key__endswith="closed", title="Zebra week")
    words = sorted(re.findall(r"\w+", document.searched_text))

    assert words == sorted(re.findall(r"\w+", " ".join(("FAKE", *TEXTS))))


def test_the_search_page_offers_quizzes(client):
    publish(make_played())
    response = client.get("/search/?q=zebra&kind=quiz")

    assert [hit.title for hit in response.context["results"]] == ["Zebra week"]
    assert "kind=quiz" in response.text
    assert ">Quizzes</a>" in response.text


def test_words_changed_at_the_desk_are_found_at_once(client):
    quiz = make_played()
    publish(quiz)
    publish(make_quiz(publish_at=False), OUT + WEEK)
    client.force_login(make_editor())
    rows = [*quiz.headlines.all()]
    typed = {
        "title": "Gazelle week",
        "slug": quiz.slug,
        "searched_on": "2023-01-10",
        "is_harmless": "on",
        "headlines-TOTAL_FORMS": 4,
        "headlines-INITIAL_FORMS": 4,
        "lie_row": 3,
    }
    for index, row in enumerate(rows):
        names = ("text", "explanation", "source_url", "outlet")
        values = {name: getattr(row, name) for name in names}
        values |= {"id": row.pk, "quiz": quiz.pk}
        typed |= {f"headlines-{index}-{name}": v for name, v in values.items()}
    typed["headlines-3-text"] = "Hamlet elects a chatbot mayor"
    answer = client.post(reverse("admin:quiz_quiz_change", args=[quiz.pk]), typed)

    assert answer.status_code == 302
    assert hits("zebra", OUT) == hits("village", OUT + WEEK) == ()
    assert len(hits("gazelle", OUT)) == 1
    assert snippets("hamlet", OUT + WEEK) == ["FAKE: Hamlet elects a chatbot mayor"]
