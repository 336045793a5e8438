"""A live issue stays live while it is edited; what was wrong is put right in the open."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from issues.mail import compose_mail, find_for_mail
from issues.models import Erratum, Issue, Revision
from issues.services import publish_changes, publish_issue, save_work, withdraw_issue
from superfast.search.models import Document
from tests.issues.factories import (
    LATER,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_withdrawn,
    split,
    typed,
)
from tests.quiz.factories import make_editor, make_quiz
from tests.sitemaps import sitemap_addresses

pytestmark = pytest.mark.django_db

LIST = "/admin/issues/issue/"
Kind = Revision.Kind
FIX = {"kind": "silent"}


def address(name, issue, *more):
    return reverse(f"admin:issues_issue_{name}", args=[issue.pk, *more])


def worked_on(issue, **changes):
    """The issue with a newer text that readers do not see."""
    read = Issue.objects.get(pk=issue.pk)
    for name, value in changes.items():
        setattr(read, name, value)
    save_work(issue=read, by=None)
    return Issue.objects.get(pk=issue.pk)


def correction(note="It was 7, not 8."):
    return {"kind": "correction", "note": note}


@pytest.mark.parametrize("make", [make_issue, make_scheduled, make_withdrawn])
def test_saving_changes_nothing_for_readers(editor, make):
    issue = make()
    before = Issue.objects.values().get(), [*Document.objects.order_by("pk").values()]
    data = typed(issue, title="New", slug="new", dek="New.", body="New. TK (link)")
    response = editor.post(address("change", issue), data | {"cover": make_image().pk})

    assert response.status_code == 302
    after = Issue.objects.get()
    assert after.text == issue.text
    assert after.working_revision.title == "New"
    assert after.published_revision_id == before[0]["published_revision_id"]
    assert after.has_unpublished_changes
    assert [row["body"] for row in Document.objects.order_by("pk").values()] == [
        row["body"] for row in before[1]
    ]


def test_readers_see_the_published_text_and_editors_the_saved_one(client):
    issue = worked_on(make_issue(title="Old"), title="New", body="Newest words.")
    pages = [issue.get_absolute_url(), "/", "/issues/", "/issues/feed.xml"]
    pages += ["/issues/feed.json", "/search/?q=newest"]
    pages += sitemap_addresses(client)
    for page in pages:
        assert "Newest words" not in client.get(page).text
    client.force_login(make_editor())
    form = client.get(address("change", issue)).context["adminform"].form
    assert (form.initial["title"], form.initial["body"]) == ("New", "Newest words.")
    assert "Newest words." in client.get(address("preview", issue)).text
    assert "Readers see an earlier text." in client.get(address("change", issue)).text


def test_the_list_says_what_has_unpublished_changes(editor):
    changed, plain = worked_on(make_issue(), body="New."), make_issue()
    make_draft()
    page = editor.get(LIST).text

    assert page.count("has unpublished changes</a>") == 1
    assert address("difference", changed) in page
    found = editor.get(LIST, {"unpublished": "1"}).context["cl"].queryset
    assert [*found] == [changed]
    assert not plain.has_unpublished_changes


def test_a_save_back_to_the_public_text_leaves_nothing_to_publish():
    issue = make_issue()
    body = issue.body
    assert worked_on(issue, body="New.").has_unpublished_changes
    assert not worked_on(issue, body=body).has_unpublished_changes


def test_the_time_of_a_live_issue_takes_effect_at_once(editor):
    issue = make_issue()
    editor.post(
        address("change", issue),
        typed(issue, body="New.", **split("publish_at", LATER)),
    )

    after = Issue.objects.get()
    assert (after.publish_at, after.body) == (LATER, issue.body)
    assert not Document.objects.published().exists()


def test_what_loses_its_time_has_the_text_that_was_saved_last(editor):
    issue = worked_on(make_scheduled(), body="New.")
    editor.post(
        address("change", issue),
        typed(issue, body="Newer.", **split("publish_at", None)),
    )
    assert (Issue.objects.get().publish_at, Issue.objects.get().body) == (
        None,
        "Newer.",
    )

    other = worked_on(make_scheduled(), body="New.")
    withdraw_issue(issue=other)
    assert Issue.objects.get(pk=other.pk).body == "New."


def test_publishing_now_from_the_list_leaves_newer_work_alone():
    issue = worked_on(make_scheduled(), body="Newer.")
    publish_issue(issue=Issue.objects.get(), by=None)

    after = Issue.objects.get()
    assert after.is_published()
    assert (after.body, after.has_unpublished_changes) == (issue.body, True)


# Publishing again -----------------------------------------------------------


def test_publishing_again_asks_first(editor):
    issue = make_issue()
    response = editor.post(
        address("change", issue), typed(issue, body="Right.", _changes="1")
    )
    assert response["Location"] == address("republish", issue)
    page = editor.get(response["Location"])

    assert "Is it a correction?" in page.text
    assert "<ins>" in page.text
    assert Issue.objects.get().body == issue.body


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Say whether it is a correction."),
        ({"kind": "x"}, "not one of the available choices"),
        ({"kind": "correction"}, "Tell readers what was wrong"),
        ({"kind": "correction", "note": " "}, "Tell readers what was wrong"),
        ({"kind": "correction", "note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_without_an_answer_nothing_is_published(editor, data, sentence):
    issue = worked_on(make_issue(), body="Right.")
    response = editor.post(address("republish", issue), data)

    assert response.status_code == 200
    assert sentence in response.text
    assert Issue.objects.get().body == issue.body
    assert not Erratum.objects.exists()


def test_a_correction_is_told_on_the_page_and_in_feeds(editor, client):
    with time_machine.travel(datetime(2023, 2, 1, tzinfo=UTC), tick=False):
        issue = make_issue()
        worked_on(issue, body="Right.")
    before = feedparser.parse(client.get("/issues/feed.xml").content).entries[0]
    with time_machine.travel(datetime(2023, 2, 3, 9, tzinfo=UTC), tick=False):
        answer = editor.post(
            address("republish", issue), correction("It was <b>7</b>, not 8.")
        )
    assert answer.status_code == 302
    page = client.get(issue.get_absolute_url()).text
    after = feedparser.parse(client.get("/issues/feed.xml").content).entries[0]
    item = client.get("/issues/feed.json").json()["items"][0]

    assert "It was &lt;b&gt;7&lt;/b&gt;, not 8." in page
    assert 'Corrected <time datetime="2023-02-03' in page
    assert "Right." in page
    assert "&lt;b&gt;7&lt;/b&gt;" in after.content[0].value
    assert "3 February 2023" in item["content_html"]
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated == "2023-02-03T09:00:00+00:00" > before.updated
    assert item["date_modified"].startswith("2023-02-03")
    erratum = Erratum.objects.get()
    assert erratum.revision == Issue.objects.get().published_revision
    assert (erratum.made_by, erratum.revision.kind) == (editor.user, Kind.PUBLISH)


def test_a_correction_goes_out_with_the_mail_copy():
    issue = make_issue()
    Erratum.objects.create(issue=issue, note="It was 7, not 8.")
    copy = compose_mail(find_for_mail(issue.pk, ahead=False))

    assert "It was 7, not 8." in copy.html
    assert "It was 7, not 8." in copy.text


def test_a_silent_fix_is_told_nobody(editor, client):
    issue = make_issue()
    before = feedparser.parse(client.get("/issues/feed.xml").content).entries[0]
    worked_on(issue, body="A typo less.")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        editor.post(address("republish", issue), FIX | {"note": "Ignored."})
    after = feedparser.parse(client.get("/issues/feed.xml").content).entries[0]

    assert (after.id, after.updated) == (before.id, before.updated)
    assert "A typo less." in after.content[0].value
    assert not Erratum.objects.exists()
    assert not Issue.objects.get().has_unpublished_changes


def test_a_scheduled_issue_is_changed_without_a_question(editor):
    issue = worked_on(make_scheduled(), body="Better.")
    assert "Is it a correction?" not in editor.get(address("republish", issue)).text
    editor.post(address("republish", issue))

    assert Issue.objects.get().body == "Better."
    assert not Erratum.objects.exists()


def test_all_fields_of_the_new_text_reach_readers():
    quiz, cover = make_quiz(publish_at=False), make_image()
    changes = {"title": "T", "slug": "t", "dek": "D", "body": "::: quiz\n:::"}
    issue = worked_on(make_issue(), **changes, quiz=quiz, cover=cover)
    publish_changes(issue=issue, by=None)

    after = Issue.objects.get()
    assert after.text == issue.working_revision.text
    assert (after.quiz, after.cover, after.slug) == (quiz, cover, "t")
    assert after.published_revision == after.working_revision
    quiz.refresh_from_db()
    assert quiz.number


def test_what_is_not_ready_stays_work(editor):
    issue = worked_on(make_issue(), body="TK")
    assert (
        "This can’t be published yet." in editor.get(address("republish", issue)).text
    )
    response = editor.post(address("republish", issue), FIX, follow=True)

    assert "“TK” says that something is still to come." in response.text
    assert Issue.objects.get().body == issue.body


@pytest.mark.parametrize("field", ["slug", "quiz"])
def test_what_another_issue_has_by_now_is_refused(field):
    values = {"slug": "taken", "quiz": make_quiz(publish_at=False)}
    body = "::: quiz\n:::" if field == "quiz" else "Words."
    issue = worked_on(make_issue(), **{field: values[field], "body": body})
    make_draft(**{field: values[field]})

    with pytest.raises(ValidationError, match="already exists"):
        publish_changes(issue=issue, by=None)
    assert Issue.objects.get(pk=issue.pk).body == issue.body


@pytest.mark.parametrize("make", [make_draft, make_issue])
def test_where_nothing_changed_there_is_nothing_to_publish(editor, make):
    issue = make()
    with pytest.raises(ValidationError):
        publish_changes(issue=issue, by=None)
    response = editor.post(address("republish", issue), FIX)

    assert response["Location"] == address("change", issue)


def test_publishing_changes_from_the_form_goes_through_the_question(editor):
    issue = make_issue()
    editor.post(address("change", issue), typed(issue, body="New.", _publish="1"))

    assert Issue.objects.get().body == issue.body


def test_an_erratum_says_something():
    issue = make_issue()
    with pytest.raises(ValidationError):
        Erratum(issue=issue, note="").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Erratum.objects.create(issue=issue, note="")


def test_corrections_cost_readers_no_further_query(client):
    issue = make_issue()

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(issue.get_absolute_url()).text
        return len(asked), page

    queries()  # what is asked once in a thread is asked here
    before, _ = queries()
    for number in range(5):
        Erratum.objects.create(issue=issue, note=f"Note {number}.")
    after, page = queries()

    assert after == before
    places = [page.index(f"Note {number}.") for number in range(5)]
    assert places == sorted(places)
