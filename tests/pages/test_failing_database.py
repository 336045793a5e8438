"""A database that takes no writes: players are told, readers read, and nothing is half done."""

import pytest
from django.db import connection

from quiz.models import Guess, Player
from tests.quiz.factories import make_quiz
from tests.quiz.player import open_form, press

pytestmark = pytest.mark.django_db(transaction=True)


def pragma(statement):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {statement}").fetchone()[0]


@pytest.fixture
def fill():
    """A function after which the database's file has no room for one page more."""
    if connection.vendor != "sqlite":
        pytest.skip("deploy/rehearse has no disk of PostgreSQL's to fill")
    most = pragma("max_page_count")

    def leave_no_room():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # other tests' rows have left pages to fill
        pragma("max_page_count = 1")  # SQLite takes it as: what there is

    yield leave_no_room
    pragma(f"max_page_count = {most}")


@pytest.fixture
def read_only():
    """A database that is read: SQLite's connection, PostgreSQL's sessions."""
    off, on = {
        "sqlite": ("PRAGMA query_only = 0", "PRAGMA query_only = 1"),
        "postgresql": (
            "SET default_transaction_read_only = off",
            "SET default_transaction_read_only = on",
        ),
    }[connection.vendor]

    def turn(to):
        with connection.cursor() as cursor:
            cursor.execute(on if to else off)

    yield turn
    turn(False)


def refused(client, quiz, token):
    client.raise_request_exception = False
    response = press(client, quiz, quiz.lie, token)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Back in a moment" in response.text


def test_a_full_disk_refuses_guesses_until_there_is_room(client, fill):
    quiz = make_quiz()
    tokens = [open_form(client, quiz) for _ in range(300)]
    most = pragma("max_page_count")
    client.raise_request_exception = False

    fill()
    statuses = []
    while 503 not in statuses:
        client.cookies.clear()
        response = press(client, quiz, quiz.lie, tokens[len(statuses)])
        statuses.append(response.status_code)

    assert set(statuses[:-1]) <= {303}
    assert "Back in a moment" in response.text
    assert Guess.objects.count() == Player.objects.count() == len(statuses) - 1
    assert client.get(quiz.issue.get_absolute_url()).status_code == 200

    pragma(f"max_page_count = {most}")
    again = press(client, quiz, quiz.lie, tokens[len(statuses) - 1])
    assert again.status_code == 303
    assert Guess.objects.count() == len(statuses)


def test_a_read_only_database_is_read(client, read_only):
    quiz = make_quiz()
    token = open_form(client, quiz)
    read_only(True)

    refused(client, quiz, token)
    assert client.get(quiz.issue.get_absolute_url()).status_code == 200
    assert client.get("/search/?q=quiz").status_code == 200
    assert not Guess.objects.exists()
    assert not Player.objects.exists()

    read_only(False)
    assert press(client, quiz, quiz.lie, token).status_code == 303
    assert Guess.objects.count() == 1
