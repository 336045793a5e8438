"""Where an issue stands: one state, in the words and the buttons of its form."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from issues.models import Issue
from issues.state import State, stored_state
from superfast.common.publishing import Status
from tests.issues.desk import ADD, at, make_behind, parse, said, words
from tests.issues.factories import (
    LATER,
    OUT,
    make_draft,
    make_issue,
    make_scheduled,
    make_withdrawn,
    split,
    typed,
)

pytestmark = pytest.mark.django_db

# The checklist refuses it.
UNREADY = "Something first.\n\n(link)\n"


def line(response):
    (found,) = parse(response).xpath("//*[@data-state-line]")
    return words(found)


def publishing_buttons(response):
    """Name and label of the yellow buttons; the one above is the one below."""
    found = parse(response).xpath("//input[contains(@class, 'publish-button')]")
    return {(button.name, button.get("value")) for button in found}


PUBLISH, SCHEDULE = ("_publish", "Publish now"), ("_schedule", "Schedule")
CHANGES = ("_changes", "Save and publish the changes")


# The line of the form -----------------------------------------------------------

LINES = {
    "draft": (make_draft, "Draft. Readers don’t see it."),
    "scheduled": (
        make_scheduled,
        "Scheduled for Tuesday, 1 January 2199, 00:00 UTC."
        " Readers will see this text then.",
    ),
    "scheduled, behind": (
        lambda: make_behind(publish_at=LATER),
        "Scheduled for Tuesday, 1 January 2199, 00:00 UTC."
        " Readers will see an earlier text then.",
    ),
    "published": (
        make_issue,
        "Published since Wednesday, 11 January 2023, 13:00 UTC. Readers see this text.",
    ),
    "published, behind": (
        make_behind,
        "Published since Wednesday, 11 January 2023, 13:00 UTC."
        " Readers see an earlier text.",
    ),
    "to be withdrawn": (
        lambda: make_issue(withdrawn_at=LATER),
        "Readers see this text. It is withdrawn on Tuesday, 1 January 2199, 00:00 UTC.",
    ),
    "withdrawn": (
        make_withdrawn,
        "Withdrawn since Thursday, 12 January 2023, 13:00 UTC."
        " Readers are told that it was withdrawn (410).",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_the_form_says_where_the_issue_stands(editor, name):
    make, expected = LINES[name]
    issue = make()

    assert expected in line(editor.get(at(issue)))


def test_a_new_issue_is_a_draft(editor):
    assert line(editor.get(ADD)).startswith("Draft.")


def test_who_may_only_look_is_told_too(writer):
    issue = make_issue()
    Issue.objects.update(created_by=writer.user)

    assert line(writer.get(at(issue))).startswith("Published since")


def test_the_moment_is_told_in_utc_whatever_zone_it_has():
    zone = datetime(2199, 1, 1, 2, tzinfo=UTC).astimezone(
        tz=timezone.get_fixed_timezone(120)
    )
    state = State(status=Status.SCHEDULED, publish_at=zone)

    assert state.label == "Scheduled for Tuesday, 1 January 2199, 02:00 UTC"


# What was refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "moment", "shown"),
    [
        ({"_publish": "1"}, split("publish_at", None), PUBLISH),
        ({"_schedule": "1"}, split("publish_at", LATER), SCHEDULE),
        ({}, split("publish_at", LATER), SCHEDULE),
        ({}, split("publish_at", OUT), PUBLISH),
    ],
)
def test_a_draft_that_is_refused_is_still_a_draft(editor, button, moment, shown):
    issue = make_draft()
    sent = typed(issue, body=UNREADY, **moment, **button)
    refused = editor.post(at(issue), sent)

    assert "This can’t be published yet." in refused.text
    assert line(refused).startswith("Draft. Readers don’t see it.")
    assert "earlier text" not in words(refused)
    assert publishing_buttons(refused) == {shown}
    assert at(issue, "republish") not in refused.text


def test_a_published_issue_that_is_refused_keeps_its_buttons(editor):
    issue = make_issue()
    refused = editor.post(
        at(issue), typed(issue, title="", **split("publish_at", None))
    )

    assert line(refused).startswith("Published since")
    assert publishing_buttons(refused) == {CHANGES}


def test_a_refused_issue_is_published_once_it_is_mended(editor):
    issue = make_draft()
    refused = editor.post(at(issue), typed(issue, body=UNREADY, _publish="1"))
    ((name, label),) = publishing_buttons(refused)
    editor.post(at(issue), typed(issue, **{name: label}))

    assert Issue.objects.get().is_published()


# The button ---------------------------------------------------------------------

BUTTONS = {
    "draft": (make_draft, PUBLISH),
    "scheduled": (make_scheduled, SCHEDULE),
    "published": (make_issue, CHANGES),
    "withdrawn": (make_withdrawn, PUBLISH),
}


@pytest.mark.parametrize("name", BUTTONS)
def test_the_button_does_what_the_state_and_the_date_ask_for(editor, name):
    make, button = BUTTONS[name]

    assert publishing_buttons(editor.get(at(make()))) == {button}


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_a_later_time_is_not_thrown_away_by_publishing_now(editor, make):
    issue = make()
    sent = typed(issue, **split("publish_at", LATER), **split("withdrawn_at", None))
    refused = editor.post(at(issue), sent | {"_publish": "1"})

    assert refused.status_code == 200
    assert (
        "A later time is set: “Schedule” keeps it. Empty it to publish now."
    ) in words(refused)
    assert 'value="2199-01-01"' in refused.text
    assert publishing_buttons(refused) == {SCHEDULE}
    assert not Issue.objects.get(pk=issue.pk).is_published()


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_an_issue_is_scheduled_by_the_button(editor, make):
    issue = make()
    sent = typed(issue, body="Better.", **split("publish_at", LATER))
    response = editor.post(at(issue), sent | {"_schedule": "1"}, follow=True)

    stored = stored_state(issue)
    assert (stored.status, stored.publish_at) == (Status.SCHEDULED, LATER)
    assert not stored.is_behind
    assert Issue.objects.get().body == "Better."
    assert (
        "is scheduled. Readers see it from Tuesday, 1 January 2199" in said(response)[0]
    )


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (None, "Give the time from which readers see it."),
        (OUT, "That time has passed: “Publish now” publishes it."),
    ],
)
def test_scheduling_needs_a_time_to_come(editor, moment, sentence):
    sent = typed(_schedule="1", **split("publish_at", moment))
    refused = editor.post(ADD, sent)

    assert sentence in words(refused)
    assert publishing_buttons(refused) == {PUBLISH}
    assert not Issue.objects.exists()


def test_a_writer_schedules_nothing(writer):
    writer.post(ADD, typed(_schedule="1", **split("publish_at", LATER)))

    assert Issue.objects.get().status() is Status.DRAFT
