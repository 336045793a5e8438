"""What somebody else stored since the caller read the issue is not written over."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from issues.models import Issue
from issues.services import (
    ConflictError,
    autosave,
    begin_issue,
    publish_changes,
    publish_issue,
    save_issue,
    save_work,
    withdraw_issue,
)
from superfast.common.publishing import Status
from tests.factories import make_editor
from tests.issues.factories import make_draft, make_issue, new_issue, typed

pytestmark = pytest.mark.django_db


def kinds(issue):
    return [*issue.revisions.order_by("pk").values_list("kind", flat=True)]


def saved_by_another(issue, **changes):
    """Somebody else has saved the issue since `issue` was read."""
    read = Issue.objects.get(pk=issue.pk)
    for name, value in changes.items():
        setattr(read, name, value)
    save_work(issue=read, by=None)
    return Issue.objects.get(pk=issue.pk)


def test_publishing_takes_the_text_as_it_is_stored_by_then():
    read = make_draft()
    saved_by_another(read, body="Newer.")
    publish_issue(issue=read, by=None)

    stored = Issue.objects.get()
    assert (stored.body, stored.published_revision.body) == ("Newer.", "Newer.")
    assert kinds(stored) == ["save", "save", "publish"]


def test_withdrawing_leaves_a_correction_that_was_made_meanwhile():
    read = make_issue()
    publish_changes(
        issue=saved_by_another(read, body="Put right."), by=None, note="It."
    )
    before = Issue.objects.get()
    withdraw_issue(issue=read)

    stored = Issue.objects.get()
    assert (stored.body, stored.status()) == ("Put right.", Status.WITHDRAWN)
    assert stored.published_revision == before.published_revision
    assert stored.text_changed_at == before.text_changed_at


def test_what_was_withdrawn_meanwhile_is_not_withdrawn_again():
    read = make_issue()
    withdraw_issue(issue=Issue.objects.get())
    stored = Issue.objects.get().withdrawn_at

    with pytest.raises(ValidationError):
        withdraw_issue(issue=read)
    assert Issue.objects.get().withdrawn_at == stored


@pytest.mark.parametrize("make", [make_draft, make_issue])
def test_a_save_does_not_write_over_what_another_saved_meanwhile(make):
    read = make()
    saved_by_another(read, body="Newer.")
    before = Issue.objects.values().get(), kinds(read)
    read.body = "Older."

    with pytest.raises(ConflictError):
        save_issue(issue=read, by=None)
    assert (Issue.objects.values().get(), kinds(read)) == before


def test_a_save_leaves_what_is_known_of_readers_text_as_it_is_stored():
    read = begin_issue(text=new_issue().text, by=make_editor())
    publish_issue(issue=Issue.objects.get(), by=None)
    read.body = "Other words."
    save_issue(issue=read, by=None)

    assert Issue.objects.get().published_revision is not None


def test_publishing_from_the_list_leaves_no_unsaved_text_behind(editor):
    issue, writer = make_draft(), make_editor(first_name="Ada")
    text = replace(issue.text, body="Half a")
    autosave(issue=issue, text=text, base=issue.working_revision_id, by=writer)
    data = {"action": "publish_now", "_selected_action": [issue.pk]}
    page = editor.post(reverse("admin:issues_issue_changelist"), data, follow=True).text

    assert "Ada typed in it at" in page
    stored = Issue.objects.get()
    assert stored.publish_at is None
    address = reverse("admin:issues_issue_change", args=[issue.pk])
    shown = editor.get(address).context["adminform"].form
    assert shown.initial["body"] == "Half a"
    save = typed(issue, body="Half a sentence.", base=shown["base"].value())
    editor.post(address, save)
    editor.post(reverse("admin:issues_issue_changelist"), data)
    stored = Issue.objects.get()
    assert (stored.is_published(), stored.body) == (True, "Half a sentence.")


def test_a_draft_of_autosaves_alone_that_its_row_has_is_published():
    issue = begin_issue(text=new_issue().text, by=make_editor())
    publish_issue(issue=issue, by=None)

    assert Issue.objects.get().is_published()
