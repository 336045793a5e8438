"""A quiz that the next issue has closed stays closed, whatever becomes of that issue."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issues.models import Issue
from issues.services import publish_changes, restore_issue, save_work, trash_issue
from quiz.models import Quiz
from quiz.services import find_target
from tests.issues.factories import LATER
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


def in_a_row():
    """Two quizzes, of which the second has closed the first; and the second one's issue."""
    now = timezone.now()
    first = make_quiz(publish_at=now - timedelta(days=14))
    second = make_quiz(publish_at=now - timedelta(days=7))
    return first, Issue.objects.get(quiz=second)


def closed_at(quiz):
    return Quiz.objects.with_closed_at().get(pk=quiz.pk).closed_at


def trashed(issue):
    trash_issue(issue=issue, by=None)


def postponed(issue):
    issue.publish_at = LATER
    save_work(issue=issue, by=None)


def taken_back(issue):
    issue.publish_at = None
    save_work(issue=issue, by=None)


def without_quiz(issue):
    issue.quiz, issue.body = None, "Words."
    save_work(issue=issue, by=None)
    publish_changes(issue=issue, by=None)


@pytest.mark.parametrize("change", [trashed, postponed, taken_back, without_quiz])
def test_what_closed_stays_closed(client, change):
    first, issue = in_a_row()
    moment = closed_at(first)
    assert moment == issue.publish_at
    change(issue)

    assert closed_at(first) == moment
    assert not find_target(first.slug, timezone.now()).is_open


def test_what_was_open_stays_open():
    first, issue = in_a_row()
    second = issue.quiz
    postponed(issue)
    trashed(Issue.objects.get(pk=issue.pk))
    trashed(Issue.objects.get(quiz=first))

    assert Quiz.objects.get(pk=second.pk).closes_at is None


def test_a_restored_issue_has_closed_it_when_it_had():
    first, issue = in_a_row()
    moment = closed_at(first)
    trashed(issue)
    restore_issue(issue=issue)

    assert closed_at(first) == moment
