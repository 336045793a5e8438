"""Deleting, thinking better of it, and what is gone for good."""

from datetime import timedelta
from io import StringIO

import lxml.html
import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from issues.models import Issue, Revision
from issues.services import (
    empty_trash,
    publish_issue,
    restore_issue,
    save_work,
    trash_issue,
)
from quiz.models import Quiz
from superfast.search.models import Document
from tests.issues.desk import said
from tests.issues.factories import (
    HIDDEN,
    OUT,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_withdrawn,
)
from tests.quiz.factories import make_editor, make_quiz, make_writer
from tests.sitemaps import sitemap_addresses

pytestmark = pytest.mark.django_db

LIST = "/admin/issues/issue/"
TRASH = "/admin/issues/issue/trash/"


def untrash(issue):
    return reverse("admin:issues_issue_untrash", args=[issue.pk])


def trashed(issue, by=None):
    trash_issue(issue=issue, by=by)
    return Issue.with_trashed.get(pk=issue.pk)


def derived(issue):
    return (
        [*issue.sections.values_list("anchor", "title")],
        [*issue.link_uses.values_list("link__url", "text")],
        [*issue.pictures.values_list("pk", flat=True)],
        [
            *Document.objects.order_by("kind", "key").values_list(
                "kind", "key", "title", "publish_at"
            )
        ],
    )


def test_a_deleted_issue_is_found_by_nobody(client):
    image = make_image()
    quiz = make_quiz(publish_at=False)
    issue = make_issue(
        title="Gone", body=f"Quokka.\n\n{image.markdown}\n\n::: quiz\n:::", quiz=quiz
    )
    address = issue.get_absolute_url()
    pages = ["/", "/issues/", "/issues/feed.xml", "/issues/feed.json"]
    pages += ["/search/?q=quokka", "/quiz/", *sitemap_addresses(client)]
    trash_issue(issue=issue, by=None)

    for page in (address, image.src, f"/quiz/{quiz.slug}/"):
        assert client.get(page).status_code == 404
    for page in pages:
        assert "Gone" not in client.get(page).text
    assert not Issue.objects.exists()
    assert not Document.objects.filter(group=issue.uid.hex).exists()


def test_the_desk_has_it_in_the_trash_alone(editor):
    issue = make_issue(title="Gone")
    response = editor.post(
        reverse("admin:issues_issue_delete", args=[issue.pk]), {"post": "yes"}
    )
    assert response.status_code == 302

    assert editor.get(LIST).context["cl"].result_count == 0
    for name in ("change", "delete", "history", "preview", "share"):
        address = reverse(f"admin:issues_issue_{name}", args=[issue.pk])
        assert editor.get(address).status_code in {302, 404}
    page = editor.get(TRASH).text
    assert "Gone" in page
    assert str(editor.user) in page


@pytest.mark.parametrize("name", ["published", *HIDDEN])
def test_a_restored_issue_is_as_it_was(editor, name):
    make = {**HIDDEN, "published": make_issue}[name]
    image, quiz = make_image(), make_quiz(publish_at=False)
    body = f"## News\n\n[a](https://b.example) {image.markdown}\n\n::: quiz\n:::\n"
    issue = make(body=body, cover=image, quiz=quiz)
    before = Issue.objects.values().get(), derived(issue), issue.revisions.count()
    trash_issue(issue=issue, by=editor.user)
    response = editor.post(untrash(issue), follow=True)

    after = Issue.objects.values().get(), derived(issue), issue.revisions.count()
    for row in (before[0], after[0]):
        row.pop("updated_at")
    assert after == before
    assert "restored." in response.text
    assert editor.post(untrash(issue)).status_code == 404


def test_its_slug_and_its_quiz_are_free_and_a_restored_one_says_what_it_lost():
    quiz = make_quiz(publish_at=False)
    issue = make_issue(slug="same", quiz=quiz)
    trash_issue(issue=issue, by=None)
    other = make_issue(slug="same", quiz=Quiz.objects.get())
    lost = restore_issue(issue=issue)

    stored = Issue.objects.get(pk=issue.pk)
    assert (stored.slug, stored.quiz, stored.status()) == ("same-2", None, "draft")
    assert len(lost) == 2
    assert other.slug == "same"


def filled(page):
    """What a browser sends of the issue's form as it is drawn."""
    form = lxml.html.fromstring(page.text).get_element_by_id("issue_form")
    return {**dict(form.form_values()), "_continue": "1"}


@pytest.mark.parametrize("changes", [False, True], ids=["same", "changed since"])
@pytest.mark.parametrize("is_out", [False, True], ids=["draft", "out"])
def test_one_that_is_restored_at_another_address_can_be_saved(editor, is_out, changes):
    issue = make_issue(slug="same", publish_at=None)
    if is_out:
        publish_issue(issue=issue, by=None)
    if changes:
        issue = Issue.objects.get(pk=issue.pk)
        issue.body += "More."
        save_work(issue=issue, by=editor.user)
    gone = trashed(issue)
    make_issue(slug="same")
    restore_issue(issue=gone, by=editor.user)
    stored = Issue.objects.get(pk=issue.pk)
    assert stored.has_unpublished_changes is (is_out and changes)

    address = reverse("admin:issues_issue_change", args=[issue.pk])
    response = editor.post(address, filled(editor.get(address)))

    assert response.status_code == 302, response.context["errors"]
    stored = Issue.objects.get(pk=issue.pk)
    assert stored.slug == stored.working_revision.slug == "same-2"


@pytest.mark.parametrize("name", [*HIDDEN, "published"])
def test_the_trash_says_what_readers_get_of_a_restored_one(editor, name):
    trashed({**HIDDEN, "published": make_issue}[name](slug="same"))
    page = editor.get(TRASH).text

    assert f"<td>{name.capitalize()} at “same”</td>" in page
    assert ("readers see it again" in page) is (name == "published")


def test_one_that_lost_its_quiz_can_be_saved(editor):
    quiz = make_quiz(publish_at=False)
    issue = make_draft(quiz=quiz)
    save_work(issue=issue, by=editor.user)
    gone = trashed(issue)
    make_issue(quiz=Quiz.objects.get())
    restore_issue(issue=gone, by=editor.user)
    address = reverse("admin:issues_issue_change", args=[issue.pk])

    assert editor.post(address, filled(editor.get(address))).status_code == 302
    assert Issue.objects.get(pk=issue.pk).working_revision.quiz is None


def test_two_deleted_issues_may_have_had_one_slug():
    first = trashed(make_draft(slug="same"))
    second = trashed(make_draft(slug="same"))
    restore_issue(issue=first)
    restore_issue(issue=second)

    assert {*Issue.objects.values_list("slug", flat=True)} == {"same", "same-2"}


def test_after_30_days_it_is_gone_for_good():
    now = timezone.now()
    kept, gone = make_draft(), make_issue()
    with time_machine.travel(now - timedelta(days=29), tick=False):
        trash_issue(issue=kept, by=None)
    with time_machine.travel(now - timedelta(days=30, minutes=1), tick=False):
        trash_issue(issue=gone, by=None)
    out = StringIO()
    call_command("empty_trash", stdout=out)

    assert out.getvalue() == "1 issue deleted for good.\n"
    assert Issue.with_trashed.get() == kept
    assert {*Revision.objects.values_list("issue", flat=True)} == {kept.pk}
    assert empty_trash(now + timedelta(days=2)) == 1
    assert not Revision.objects.exists()


def test_deleting_empties_what_has_expired():
    old, new = make_draft(), make_draft()
    with time_machine.travel(timezone.now() - timedelta(days=31), tick=False):
        trash_issue(issue=old, by=None)
    trash_issue(issue=new, by=None)

    assert Issue.with_trashed.get() == new


def test_deleting_twice_is_refused():
    issue = make_draft()
    trash_issue(issue=issue, by=None)

    with pytest.raises(Issue.DoesNotExist):
        trash_issue(issue=issue, by=None)
    restore_issue(issue=issue)
    with pytest.raises(Issue.DoesNotExist):
        restore_issue(issue=issue)


def test_a_row_in_the_trash_can_hold_no_time():
    issue = trashed(make_withdrawn())
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.with_trashed.filter(pk=issue.pk).update(publish_at=OUT)


def test_many_are_deleted_by_the_action_after_a_word_about_the_trash(editor):
    issues = [make_draft(title="A <b>"), make_issue()]
    data = {"action": "delete_selected", "_selected_action": [i.pk for i in issues]}
    page = editor.post(LIST, data).text
    assert "30 days" in page
    assert "A &lt;b&gt;" in page
    editor.post(LIST, data | {"post": "yes"})

    assert Issue.with_trashed.trashed().count() == 2
    one = make_draft()
    page = editor.get(reverse("admin:issues_issue_delete", args=[one.pk])).text
    assert "goes to the trash" in page


def test_a_deletion_says_where_the_issue_has_gone(editor):
    issue = make_draft(title="A <b>")
    address = reverse("admin:issues_issue_delete", args=[issue.pk])
    response = editor.post(address, {"post": "yes"}, follow=True)

    (message,) = said(response)
    assert message.startswith("“A &lt;b&gt;” is in the trash.")
    assert f'href="{TRASH}"' in message
    assert response.redirect_chain == [(LIST, 302)]


def test_a_writer_sees_and_restores_their_own(writer):
    mine, theirs = make_draft(title="My own"), make_draft(title="Not mine")
    Issue.objects.filter(pk=mine.pk).update(created_by=writer.user)
    for issue in (mine, theirs):
        trash_issue(issue=issue, by=None)
    page = writer.get(TRASH).text

    assert "My own" in page
    assert "Not mine" not in page
    assert writer.post(untrash(theirs)).status_code == 403
    assert writer.post(untrash(mine)).status_code == 302
    assert Issue.objects.get() == mine


@pytest.mark.parametrize("make", [make_issue, make_scheduled, make_withdrawn])
def test_a_writer_does_not_restore_what_had_a_time(writer, client, make):
    issue = make(title="Was theirs")
    Issue.objects.filter(pk=issue.pk).update(created_by=writer.user)
    trash_issue(issue=issue, by=make_editor())

    assert "Was theirs" not in writer.get(TRASH).text
    assert writer.post(untrash(issue)).status_code == 403
    assert client.get(issue.get_absolute_url()).status_code == 404
    assert Issue.with_trashed.trashed().get() == issue


def test_a_quiz_that_was_spoilt_meanwhile_does_not_come_before_readers(editor):
    quiz = make_quiz(publish_at=False)
    issue = make_issue(quiz=quiz)
    trash_issue(issue=issue, by=None)
    Quiz.objects.update(lie=None)
    page = editor.post(untrash(issue), follow=True).text

    assert "not restored." in page
    assert not Issue.objects.exists()
    Quiz.objects.update(lie=quiz.lie)
    editor.post(untrash(issue))
    assert Issue.objects.get().status() == "published"


def test_the_trash_costs_the_same_however_full(editor, django_assert_max_num_queries):
    for _ in range(12):
        trash_issue(issue=make_draft(), by=make_writer())
    with django_assert_max_num_queries(9):
        assert editor.get(TRASH).status_code == 200


def test_restoring_is_a_post(editor):
    issue = trashed(make_draft(), by=make_editor())

    assert editor.get(untrash(issue)).status_code == 405
    assert editor.post(TRASH).status_code == 405
