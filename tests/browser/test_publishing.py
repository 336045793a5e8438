"""Publishing from the form: where typing begins, and which button is there."""

import re

import pytest
from playwright.sync_api import expect

from issues.models import Issue
from tests.browser.desk import open_desk
from tests.issues.factories import make_draft, make_issue, make_scheduled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/issues/issue/add/",
        "/admin/quiz/quiz/add/",
        "/admin/quiz/quiz/add/?_popup=1",
    ],
)
def test_a_new_form_takes_the_title_at_once(open_page, live_server, address):
    page = open_desk(open_page, live_server, address)
    title = page.get_by_label("Title:")
    expect(title).to_be_focused()
    page.keyboard.type("Toast")

    expect(title).to_have_value("Toast")


def test_the_button_follows_the_date(open_page, live_server):
    issue = make_draft()
    page = open_desk(open_page, live_server, f"/admin/issues/issue/{issue.pk}/change/")
    now, later = (
        page.get_by_role("button", name=name, exact=True)
        for name in ("Publish now", "Schedule")
    )
    day, time = (page.locator(f"#id_publish_at_{part}") for part in (0, 1))
    expect(now).to_have_count(2)

    day.fill("2199-01-01")
    expect(later).to_have_count(2)
    expect(now).to_have_count(0)
    day.fill("2023-01-01")
    expect(now).to_have_count(2)
    # What Django's shortcuts fill in, too.
    page.locator(".field-publish_at .date-icon").first.click()
    page.locator(".calendarbox:visible").get_by_role("link", name="Tomorrow").click()
    expect(later).to_have_count(2)
    day.fill("2199-01-01")
    time.fill("12:00:00")
    later.first.click()

    expect(page.locator(".messagelist .success")).to_contain_text(
        re.compile(
            "is scheduled. Readers see it from Tuesday, 1 January 2199, 12:00 UTC"
        )
    )


def test_a_save_by_key_tells_the_state_and_changes_the_buttons(open_page, live_server):
    issue = make_scheduled()
    page = open_desk(open_page, live_server, f"/admin/issues/issue/{issue.pk}/change/")
    line = page.locator("[data-state-line]")
    expect(line).to_contain_text("Scheduled for Tuesday, 1 January 2199")
    page.locator("#id_publish_at_0").fill("2023-01-01")
    page.keyboard.press("Control+s")

    expect(line).to_contain_text("Published since Sunday, 1 January 2023")
    changes = page.get_by_role("button", name="Save and publish the changes")
    expect(changes).to_have_count(2)
    expect(page.get_by_role("link", name="Withdraw")).to_have_count(2)
    assert Issue.objects.get().is_published()


@pytest.mark.parametrize("dark", [False, True])
def test_withdrawing_does_not_look_like_the_way_back(open_page, live_server, dark):
    issue = make_issue()
    address = f"/admin/issues/issue/{issue.pk}/withdraw/"
    page = open_desk(open_page, live_server, address, dark=dark)
    buttons = page.locator("#content-main .button")
    colour = "each => getComputedStyle(each).backgroundColor"

    expect(buttons).to_have_text(["Withdraw", "No, take me back"])
    assert buttons.nth(0).evaluate(colour) != buttons.nth(1).evaluate(colour)


def test_what_a_field_lacks_stands_above_it(open_page, live_server):
    page = open_desk(open_page, live_server, "/admin/issues/issue/add/")
    page.get_by_role("button", name="Publish now").first.click()
    title = page.get_by_label("Title:")
    said = page.locator("#id_title_error li")

    expect(said).to_have_text("This field is required.")
    assert said.bounding_box()["x"] - title.bounding_box()["x"] < 16
