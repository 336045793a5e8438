"""Publishing in spite of the checklist: with a reason, by an Editor, on record."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from issues.models import Issue, Override
from issues.services import publish_issue, save_issue, save_work
from superfast.accounts.models import AuditEntry
from tests.factories import make_editor, make_user, make_writer
from tests.issues.factories import QUIZ_PLACE, make_draft, make_issue, typed
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

WRONG = "## News\n\nA story (link).\n"
REASON = "The source is offline today."
SENTENCE = "Line 3: “(link)” is a link still to be filled in, or to be waived."


def test_an_error_blocks_in_code():
    issue = make_draft(body=WRONG)

    for by, override in ((None, ""), (None, REASON), (make_writer(), REASON)):
        with pytest.raises(ValidationError) as caught:
            publish_issue(issue=issue, by=by, override=override)
        assert caught.value.messages == [SENTENCE]
    with pytest.raises(ValidationError):
        publish_issue(issue=issue, by=make_editor(), override=" ")
    assert not Issue.objects.exclude(publish_at=None).exists()
    assert not Override.objects.exists()


def test_an_editor_goes_over_an_error_with_a_reason_that_is_on_record():
    issue, editor = make_draft(body=WRONG), make_editor()
    publish_issue(issue=issue, by=editor, override=f" {REASON} ")
    record, entry = Override.objects.get(), AuditEntry.objects.get()

    assert Issue.objects.published().exists()
    assert (record.issue, record.made_by, record.reason) == (issue, editor, REASON)
    assert record.findings == [SENTENCE]
    assert record.revision == Issue.objects.get().published_revision
    assert (entry.action, entry.actor_key) == (
        "published over the checklist",
        editor.pk,
    )
    assert entry.changes == {"checklist": ["", SENTENCE], "reason": ["", REASON]}


def test_a_reason_without_an_error_leaves_no_record():
    publish_issue(issue=make_draft(), by=make_editor(), override=REASON)

    assert not Override.objects.exists()


def test_no_reason_goes_above_the_quiz_or_what_the_database_asks_for():
    quiz = make_quiz(publish_at=False, lie=None)
    for values in ({"quiz": quiz, "body": QUIZ_PLACE}, {"dek": ""}):
        with pytest.raises(ValidationError):
            publish_issue(issue=make_draft(**values), by=make_editor(), override=REASON)
    assert not Issue.objects.published().exists()


def test_a_record_without_a_reason_is_no_record():
    issue = make_draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.create(issue=issue, findings=[], reason="")


def test_saving_a_dated_issue_asks_the_same_question():
    issue = make_draft(body=WRONG)
    issue.publish_at = issue.created_at

    with pytest.raises(ValidationError):
        save_issue(issue=issue, by=None)
    save_issue(issue=issue, by=make_editor(), override=REASON)
    assert Override.objects.count() == 1


def post(client, issue, **values):
    address = f"/admin/issues/issue/{issue.pk}/change/"
    return client.post(
        address, typed(issue, **{"_publish": "1", **values}), follow=True
    )


def test_the_form_says_what_blocks_and_takes_an_editors_reason(editor):
    issue = make_draft(body=WRONG, created_by=editor.user)
    refused = post(editor, issue)

    assert "still to be filled in" in refused.text
    assert not Issue.objects.published().exists()
    post(editor, issue, override=REASON)
    assert Issue.objects.published().exists()
    assert Override.objects.get().made_by == editor.user


def test_a_writers_reason_publishes_nothing(writer):
    issue = make_draft(body=WRONG, created_by=writer.user)
    post(writer, issue, override=REASON)

    assert not Issue.objects.published().exists()
    assert not Override.objects.exists()


def test_who_publishes_without_that_permission_is_offered_no_reason(client):
    user = make_user()
    names = ("view_issue", "change_issue", "publish_issue")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    issue = make_issue(body="Out.\n")
    issue.body = WRONG
    save_work(issue=issue, by=user)
    page = client.get(f"/admin/issues/issue/{issue.pk}/republish/").text

    draft = make_draft(body=WRONG)
    refused = post(client, draft, override=REASON)

    for text in (page, refused.text):
        assert SENTENCE in text
        assert 'name="override"' not in text
    assert not Override.objects.exists()


def test_the_action_publishes_no_issue_with_an_error(editor):
    issue = make_draft(body=WRONG)
    data = {"action": "publish_now", "_selected_action": [issue.pk]}
    text = editor.post("/admin/issues/issue/", data, follow=True).text

    assert "still to be filled in" in text
    assert not Issue.objects.published().exists()


def test_the_history_shows_who_went_over_what_and_why(editor):
    issue = make_draft(body=WRONG)
    publish_issue(issue=issue, by=editor.user, override=REASON)
    text = editor.get(f"/admin/issues/issue/{issue.pk}/history/").text

    assert REASON in text
    assert SENTENCE in text
    assert str(editor.user) in text


def test_changes_of_a_live_issue_go_out_over_an_error_with_a_reason_alone(editor):
    issue = make_issue(body="Out.\n")
    issue.body = WRONG
    save_work(issue=issue, by=editor.user)
    address = f"/admin/issues/issue/{issue.pk}/republish/"
    data = {"kind": "silent"}

    assert SENTENCE in editor.get(address).text
    editor.post(address, data)
    assert Issue.objects.get().body == "Out.\n"
    editor.post(address, {**data, "override": REASON})
    assert Issue.objects.get().body == WRONG
    assert Override.objects.get().reason == REASON
