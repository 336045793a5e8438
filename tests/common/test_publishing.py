"""What *published* means is one thing, whether a row or a query is asked."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from issues.models import Issue
from papers.models import Paper
from quiz.models import Quiz
from superfast.common.publishing import Status, publish, published_q, withdraw
from tests.issues.factories import new_issue
from tests.papers.factories import new_paper

pytestmark = pytest.mark.django_db

AT = datetime(2023, 5, 1, 12, 0, 0, 500, tzinfo=UTC)
TICK = timedelta(microseconds=1)
MOMENTS = (None, AT - timedelta(days=1), AT - TICK, AT, AT + TICK, AT + 2 * TICK)
STATES = [
    (publish_at, withdrawn_at)
    for publish_at, withdrawn_at in product(MOMENTS, MOMENTS)
    if withdrawn_at is None or (publish_at is not None and publish_at <= withdrawn_at)
]
MAKERS = {Issue: new_issue, Paper: new_paper}


def rows_of_every_state(model):
    for publish_at, withdrawn_at in STATES:
        MAKERS[model](publish_at=publish_at, withdrawn_at=withdrawn_at).save()
    return list(model.objects.all())


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize("at", [AT - TICK, AT, AT + TICK])
def test_rows_and_queries_agree_on_every_status_at_every_moment(model, at):
    rows = rows_of_every_state(model)

    assert {row.status(at) for row in rows} == {*Status}
    for status in Status:
        by_row = {row.pk for row in rows if row.status(at) is status}
        assert {row.pk for row in model.objects.with_status(status, at)} == by_row
    shown = {row.pk for row in rows if row.is_published(at)}
    assert {row.pk for row in model.objects.published(at)} == shown
    assert {row.pk for row in model.objects.filter(published_q(at))} == shown


@pytest.mark.parametrize("at", [AT - TICK, AT, AT + TICK])
def test_a_quiz_stands_where_its_issue_stands(at):
    for number, (publish_at, withdrawn_at) in enumerate(STATES):
        quiz = Quiz.objects.create(slug=f"quiz-{number}", title="Quiz")
        new_issue(quiz=quiz, publish_at=publish_at, withdrawn_at=withdrawn_at).save()
    Quiz.objects.create(slug="alone", title="Quiz")

    for status in Status:
        by_row = {quiz.pk for quiz in Quiz.objects.all() if quiz.status(at) is status}
        assert {quiz.pk for quiz in Quiz.objects.with_status(status, at)} == by_row


def test_the_named_questions_are_those_of_the_statuses():
    rows_of_every_state(Issue)

    assert {*Issue.objects.drafts()} == {*Issue.objects.with_status(Status.DRAFT)}
    for name in ("scheduled", "published", "withdrawn"):
        asked = getattr(Issue.objects, name)(AT)
        assert {*asked} == {*Issue.objects.with_status(Status(name), AT)}
        assert asked.exists()


def test_something_is_published_from_its_very_moment_on():
    issue = new_issue(publish_at=AT, withdrawn_at=AT + TICK)

    assert issue.status(AT - TICK) is Status.SCHEDULED
    assert issue.status(AT) is Status.PUBLISHED
    assert issue.status(AT + TICK) is Status.WITHDRAWN


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize(("publish_at", "withdrawn_at"), [(None, AT), (AT, AT - TICK)])
def test_nothing_is_withdrawn_before_it_is_published(model, publish_at, withdrawn_at):
    row = MAKERS[model](publish_at=publish_at, withdrawn_at=withdrawn_at)

    with pytest.raises(ValidationError, match="withdrawn before it is published"):
        row.full_clean()
    with (
        pytest.raises(IntegrityError, match="withdrawn_after_publish"),
        transaction.atomic(),
    ):
        row.save()
    assert not model.objects.exists()


def test_a_draft_is_published():
    issue = new_issue(publish_at=None)
    publish(issue, AT)

    assert Issue.objects.get().publish_at == AT


def test_what_is_scheduled_is_published_at_once():
    issue = new_issue(publish_at=AT + timedelta(days=1))
    publish(issue, AT)

    assert Issue.objects.get().publish_at == AT


def test_what_was_withdrawn_keeps_its_date_when_it_comes_back():
    issue = new_issue(publish_at=AT - timedelta(days=2), withdrawn_at=AT - TICK)
    publish(issue, AT)

    assert Issue.objects.get().publish_at == AT - timedelta(days=2)
    assert Issue.objects.get().withdrawn_at is None


def test_publishing_twice_changes_nothing():
    issue = new_issue(publish_at=None)
    publish(issue, AT)
    publish(issue, AT + timedelta(days=3))

    assert Issue.objects.get().publish_at == AT


def test_what_is_not_fit_to_be_stored_is_not_published():
    with pytest.raises(ValidationError, match="needs a title, a dek and a text"):
        publish(new_issue(publish_at=None, dek=""), AT)
    assert not Issue.objects.exists()


def test_what_is_published_is_withdrawn():
    issue = new_issue(publish_at=AT)
    withdraw(issue, AT + TICK)

    stored = Issue.objects.get()
    assert (stored.publish_at, stored.withdrawn_at) == (AT, AT + TICK)


def test_what_is_scheduled_becomes_a_draft_again():
    issue = new_issue(publish_at=AT + TICK, withdrawn_at=AT + 2 * TICK)
    withdraw(issue, AT)

    stored = Issue.objects.get()
    assert (stored.publish_at, stored.withdrawn_at) == (None, None)


@pytest.mark.parametrize(
    ("publish_at", "withdrawn_at"), [(None, None), (AT - TICK, AT)]
)
def test_what_readers_do_not_see_is_not_withdrawn(publish_at, withdrawn_at):
    issue = new_issue(publish_at=publish_at, withdrawn_at=withdrawn_at)

    with pytest.raises(ValidationError, match="Only what is published or scheduled"):
        withdraw(issue, AT)
    assert not Issue.objects.exists()


def test_withdrawing_twice_is_refused():
    issue = new_issue(publish_at=AT - TICK)
    withdraw(issue, AT)

    with pytest.raises(ValidationError):
        withdraw(issue, AT + timedelta(days=1))
    assert Issue.objects.get().withdrawn_at == AT
