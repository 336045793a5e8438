"""What the desk answers, shows and offers, by where an issue stands."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from issues.models import Issue
from issues.services import withdraw_issue
from issues.state import State, stored_state
from superfast.common.publishing import Status
from tests.issues.desk import ADD, LIST, at, make_behind, parse, said
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


# Messages -----------------------------------------------------------------------


def test_who_publishes_is_led_to_the_page_and_the_mail_copy(editor):
    response = editor.post(ADD, typed(title="<b>", _publish="1"), follow=True)
    issue = Issue.objects.get()

    (message,) = said(response)
    assert "“&lt;b&gt;”</a> is published. Readers see it now." in message
    assert f'href="{issue.get_absolute_url()}"' in message
    assert f'href="{at(issue, "mail")}"' in message


SAVES = {
    "a draft": (make_draft, {}, "is saved. It is a draft: readers don’t see it."),
    "with a time to come": (
        make_draft,
        split("publish_at", LATER),
        "is saved. Readers see it from Tuesday, 1 January 2199, 00:00 UTC.",
    ),
    "with a time that has passed": (
        make_draft,
        split("publish_at", OUT),
        "is saved. Readers see it now.",
    ),
    "a scheduled text": (
        make_scheduled,
        {"body": "Better."},
        "is saved. On Tuesday, 1 January 2199, 00:00 UTC readers will see an earlier text.",
    ),
    "a public text": (
        make_issue,
        {"body": "Better."},
        "is saved. Readers still see the earlier text.",
    ),
    "a withdrawn one": (
        make_withdrawn,
        {},
        "is saved. Readers are told that it was withdrawn (410).",
    ),
}


@pytest.mark.parametrize("then", ["_save", "_continue", "_addanother"])
@pytest.mark.parametrize("name", SAVES)
def test_saving_says_what_readers_get(editor, name, then):
    make, values, expected = SAVES[name]
    issue = make()
    response = editor.post(
        at(issue), typed(issue, **values, **{then: "1"}), follow=True
    )

    (message,) = said(response)
    assert expected in message
    where = {"_save": LIST, "_continue": at(issue), "_addanother": ADD}[then]
    assert response.redirect_chain == [(where, 302)]
    leads_on = at(issue, "republish") in message
    assert leads_on is ("earlier text" in expected)


@pytest.mark.parametrize("then", ["_save", "_continue", "_addanother"])
def test_a_new_issue_is_answered_in_the_same_way(editor, then):
    response = editor.post(ADD, typed(**{then: "1"}), follow=True)

    (message,) = said(response)
    assert "is saved. It is a draft: readers don’t see it." in message
    change = at(Issue.objects.get())
    where = {"_save": LIST, "_continue": change, "_addanother": ADD}[then]
    assert response.redirect_chain == [(where, 302)]


def test_a_writer_is_not_led_where_they_may_not_go(writer):
    response = writer.post(ADD, typed(), follow=True)

    assert "It is a draft" in said(response)[0]
    assert "republish" not in said(response)[0]


def test_changes_that_go_out_lead_to_the_page(editor):
    issue = make_behind()
    response = editor.post(at(issue, "republish"), {"kind": "silent"}, follow=True)

    assert "Readers see it now." in said(response)[0]
    assert f'href="{Issue.objects.get().get_absolute_url()}"' in said(response)[0]


# Looking at it ------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_what_readers_do_not_see_has_a_preview(editor, make):
    issue = make()
    page = parse(editor.get(at(issue)))

    (link,) = page.xpath("//ul[@class='object-tools']//a[text()='Preview']")
    assert link.get("href") == at(issue, "preview")
    assert editor.get(link.get("href")).status_code == 200
    assert "View on site" not in page.text_content()


def test_what_readers_see_is_shown_as_they_see_it(editor):
    issue = make_behind()
    page = parse(editor.get(at(issue)))

    (link,) = page.xpath("//ul[@class='object-tools']//a[text()='View on site']")
    assert link.get("href") == issue.get_absolute_url()
    assert not page.xpath("//ul[@class='object-tools']//a[text()='Preview']")


# Withdrawing --------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_issue, make_scheduled])
def test_an_issue_is_withdrawn_after_a_question(editor, make):
    issue = make()
    page = parse(editor.get(at(issue)))
    assert page.xpath(f"//div[@class='submit-row']/a[@href='{at(issue, 'withdraw')}']")
    asked = editor.get(at(issue, "withdraw"))
    assert asked.status_code == 200
    assert Issue.objects.get().text == issue.text
    assert stored_state(issue) == State.of(issue)

    response = editor.post(at(issue, "withdraw"), follow=True)

    assert response.redirect_chain == [(at(issue), 302)]
    is_out = make is make_issue
    expected = Status.WITHDRAWN if is_out else Status.DRAFT
    assert stored_state(issue).status is expected
    sentence = (
        "is withdrawn. Readers are told"
        if is_out
        else "is no longer scheduled. It is a draft"
    )
    assert sentence in said(response)[0]
    assert LogEntry.objects.get().get_change_message() == "Withdrawn."


def test_what_editors_have_saved_is_not_published_by_withdrawing(editor):
    issue = make_behind()
    editor.post(at(issue, "withdraw"))

    stored = Issue.objects.get(pk=issue.pk)
    assert stored.text == issue.text
    assert stored.has_unpublished_changes


@pytest.mark.parametrize("make", [make_draft, make_withdrawn])
def test_there_is_nothing_to_withdraw_where_readers_see_nothing(editor, make):
    issue = make()
    assert at(issue, "withdraw") not in editor.get(at(issue)).text
    response = editor.post(at(issue, "withdraw"), follow=True)

    assert said(response) == ["Only what is published or scheduled can be withdrawn."]
    assert stored_state(issue) == State.of(issue)


def test_a_writer_has_no_button_that_withdraws(writer):
    issue = make_issue()
    Issue.objects.update(created_by=writer.user)

    assert at(issue, "withdraw") not in writer.get(at(issue)).text


# The list -----------------------------------------------------------------------


def test_drafts_come_first_then_what_is_scheduled_then_the_newest(editor):
    old = make_issue(publish_at=OUT - timedelta(days=7))
    draft, new, scheduled = make_draft(), make_issue(), make_scheduled()
    later_draft = make_draft()

    shown = [*editor.get(LIST).context["cl"].queryset]
    assert shown == [later_draft, draft, scheduled, new, old]


# Where typing begins ------------------------------------------------------------


@pytest.mark.parametrize("address", [ADD, "/admin/quiz/quiz/add/"])
def test_a_new_form_begins_at_its_title(editor, address):
    page = parse(editor.get(address))

    assert [field.name for field in page.xpath("//*[@autofocus]")] == ["title"]
    # Django's script would take the first button.
    assert not page.xpath("//script[@data-model-name]")


def test_a_stored_issue_is_read_first(editor):
    page = parse(editor.get(at(make_draft())))

    assert not page.xpath("//*[@autofocus]")


def opened_form(editor, issue):
    """What the form sends if nobody touches it."""
    form = parse(editor.get(at(issue))).xpath("//form[@id='issue_form']")[0]
    return {name: value or "" for name, value in form.form_values()}


def test_a_form_that_was_open_does_not_undo_a_withdrawal(editor):
    issue = make_issue()
    sent = opened_form(editor, issue)
    withdraw_issue(issue=issue)

    answer = editor.post(at(issue), sent | {"dek": "Other words."})

    assert answer.status_code == 302
    issue.refresh_from_db()
    assert issue.status() is Status.WITHDRAWN
    assert issue.working_revision.dek == "Other words."


def test_a_time_that_somebody_else_has_changed_is_replaced_only_by_who_knows(editor):
    issue = make_issue()
    sent = opened_form(editor, issue)
    withdraw_issue(issue=issue)
    sent |= {"publish_at_0": "2022-01-01"}

    refused = editor.post(at(issue), sent)

    assert "Somebody has changed meanwhile when readers see it" in refused.text
    assert "Withdrawn since" in refused.text
    issue.refresh_from_db()
    assert issue.status() is Status.WITHDRAWN
    again = parse(refused).xpath("//input[@name='times']")[0].value
    assert editor.post(at(issue), sent | {"times": again}).status_code == 302
    issue.refresh_from_db()
    assert issue.status() is Status.PUBLISHED


def test_a_refused_publication_says_each_reason_once(editor):
    response = editor.post(ADD, typed(dek="", _publish="1"))

    assert response.context["adminform"].form.non_field_errors() == [
        "This can’t be published yet.",
        "The dek is missing: one sentence that says what is in the issue.",
    ]
