"""The editor's figures at the desk: who sees them, what they hold, what they cost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from quiz.models import Guess, Player
from tests.quiz.factories import (
    OUT,
    make_editor,
    make_quiz,
    make_writer,
)

pytestmark = pytest.mark.django_db

SERIES = ("quiz_series", "quiz_series_csv", "quiz_series_json")
OF_A_QUIZ = (
    "quiz_figures",
    "quiz_figures_csv",
    "quiz_figures_json",
    "quiz_guesses_csv",
    "quiz_guesses_json",
)


@pytest.fixture
def editor(client):
    client.force_login(make_editor())
    return client


def addresses(quiz):
    return [
        *(reverse(f"admin:{name}") for name in SERIES),
        *(reverse(f"admin:{name}", args=[quiz.pk]) for name in OF_A_QUIZ),
    ]


def read(response):
    return b"".join(response.streaming_content).decode()


def guess_often(quiz, number, **overrides):
    """Guesses by players of their own, the headlines by turns."""
    headlines = list(quiz.headlines.all())
    players = Player.objects.bulk_create(Player() for _ in range(number))
    Guess.objects.bulk_create(
        Guess(
            **{
                "quiz": quiz,
                "player": player,
                "headline": headlines[index % 4],
                "position": index % 4 + 1,
                "arrangement": index % 24,
                "channel": Guess.Channel.values[index % 4],
                "created_at": OUT + timedelta(minutes=7 * index),
                "seconds_taken": index,
                **overrides,
            }
        )
        for index, player in enumerate(players)
    )


def test_an_editor_sees_the_figures_of_a_quiz_and_of_all(editor):
    quiz = make_quiz()
    guess_often(quiz, 40)

    for address in addresses(quiz):
        response = editor.get(address)
        assert response.status_code == 200, address
        assert "no-store" in response.headers["Cache-Control"]


def test_a_writer_is_refused_even_the_figures_of_their_own_quiz(client):
    writer = make_writer()
    client.force_login(writer)
    quiz = make_quiz(created_by=writer, publish_at=False)

    assert {client.get(at).status_code for at in addresses(quiz)} == {403}


def test_a_stranger_is_sent_to_sign_in(client):
    quiz = make_quiz()

    for address in addresses(quiz):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith("/admin/login/")


def test_figures_are_only_looked_at(editor):
    quiz = make_quiz()

    assert {editor.post(at).status_code for at in addresses(quiz)} == {405}


@pytest.mark.parametrize("pk", [0, 987654321, 10**30])
def test_a_quiz_that_is_not_there_has_no_figures(editor, pk):
    for name in OF_A_QUIZ:
        assert editor.get(reverse(f"admin:{name}", args=[pk])).status_code == 404


def test_the_way_to_the_figures_is_shown_to_who_may_go_it(client):
    writer = make_writer()
    quiz = make_quiz(created_by=writer, publish_at=False)
    figures = reverse("admin:quiz_figures", args=[quiz.pk])
    series = reverse("admin:quiz_series")
    change = reverse("admin:quiz_quiz_change", args=[quiz.pk])

    for user, is_shown in ((make_editor(), True), (writer, False)):
        client.force_login(user)
        listed = client.get("/admin/quiz/quiz/").content.decode()
        assert (figures in listed, series in listed) == (is_shown, is_shown)
        assert (figures in client.get(change).content.decode()) is is_shown
