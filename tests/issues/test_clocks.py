"""Clocks: summer time that begins and ends, and a clock that is set back."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from issues.models import Issue
from tests.factories import make_editor
from tests.issues.factories import make_issue, typed
from tests.quiz.factories import make_quiz
from tests.quiz.player import open_form, press

pytestmark = pytest.mark.django_db

# In each an hour is left out or comes twice, by the clocks of that place.
CHANGES = {
    "Europe, spring": (datetime(2030, 3, 31, 1, tzinfo=UTC), "Europe/Berlin"),
    "Europe, autumn": (datetime(2030, 10, 27, 1, tzinfo=UTC), "Europe/Berlin"),
    "America, spring": (datetime(2030, 3, 10, 7, tzinfo=UTC), "America/New_York"),
    "America, autumn": (datetime(2030, 11, 3, 6, tzinfo=UTC), "America/New_York"),
}


@pytest.fixture(params=CHANGES)
def change(request, monkeypatch):
    """The moment of a change, in a process that has its place's clock."""
    moment, zone = CHANGES[request.param]
    before, after = (
        (moment + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset()
        for hours in (-1, 1)
    )
    assert before != after
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    yield moment
    monkeypatch.undo()
    time.tzset()


def out(client):
    """The titles that the archive shows now."""
    page = client.get("/issues/").text
    return {title for title in (f"Issue {n}" for n in range(4)) if title in page}


def test_issues_come_out_an_hour_apart_whatever_the_clocks_do(client, change):
    for number in range(4):
        moment = change + timedelta(minutes=30, hours=number - 2)
        make_issue(title=f"Issue {number}", slug=f"n-{number}", publish_at=moment)

    for number in range(4):
        moment = change + timedelta(minutes=30, hours=number - 2)
        with time_machine.travel(moment - timedelta(seconds=1), tick=False):
            assert out(client) == {f"Issue {n}" for n in range(number)}
        with time_machine.travel(moment, tick=False):
            assert out(client) == {f"Issue {n}" for n in range(number + 1)}


def test_a_time_that_local_clocks_leave_out_is_taken_as_it_is_typed(client, change):
    moment = change + timedelta(minutes=30)
    with time_machine.travel(change - timedelta(days=2), tick=False):
        client.force_login(make_editor())
        fields = typed(
            title="In the hour of the change",
            publish_at_0=moment.strftime("%Y-%m-%d"),
            publish_at_1=moment.strftime("%H:%M:%S"),
        )
        response = client.post(reverse("admin:issues_issue_add"), fields)

    assert response.status_code == 302, response.text
    assert Issue.objects.get().publish_at == moment


def test_a_clock_that_is_set_back_takes_back_what_is_not_out_yet(client):
    moment = timezone.now() + timedelta(days=1)
    issue = make_issue(publish_at=moment)
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        assert client.get(issue.get_absolute_url()).status_code == 200
    with time_machine.travel(moment - timedelta(minutes=59), tick=False):
        assert client.get(issue.get_absolute_url()).status_code == 404


def test_a_guess_counts_when_the_clock_is_set_back_while_somebody_reads(client):
    quiz = make_quiz()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        token = open_form(client, quiz)

    response = press(client, quiz, quiz.lie, token)

    assert response.status_code == 303
    guess = quiz.guesses.get()
    assert guess.created_at < timezone.now() + timedelta(minutes=1)
    reveal = client.get(response.headers["Location"], follow=True)
    assert reveal.status_code == 200
    assert press(client, quiz, quiz.lie, token).status_code in {303, 409}
    assert quiz.guesses.count() == 1
