"""An export while others write."""

import json
from threading import Thread

import pytest
from django.db import connection

from quiz.models import Guess
from superfast.portability.exporting import _Export, export_site
from tests.quiz.factories import make_guess, make_quiz


@pytest.mark.django_db(transaction=True)
def test_who_writes_during_an_export_does_not_wait_and_is_not_in_it(
    tmp_path, monkeypatch
):
    quiz = make_quiz()
    make_guess(quiz)
    seen = []

    def guess():
        try:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA busy_timeout = 100")
            make_guess(quiz)
            seen.append(Guess.objects.count())
        finally:
            connection.close()

    tallies = _Export._tallies

    def interrupted(export):
        player = Thread(target=guess)
        player.start()
        player.join()
        return tallies(export)

    monkeypatch.setattr(_Export, "_tallies", interrupted)

    export_site(tmp_path / "site")

    assert seen == [2]
    rows = json.loads((tmp_path / "site" / "data" / "tallies.json").read_text())
    assert [row["count"] for row in rows] == [1]
    assert not connection.in_atomic_block
    make_guess(quiz)
