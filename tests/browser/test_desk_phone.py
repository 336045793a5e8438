"""The desk on a phone: what an issue is written with comes first, and nothing is off screen."""

import pytest
from playwright.sync_api import expect

from issues.services import save_work
from tests.browser.desk import open_desk
from tests.browser.looking import look_at
from tests.issues.factories import make_draft
from tests.quiz.factories import make_editor


@pytest.fixture
def desk(open_page, live_server):
    def open_at(path, **options):
        return open_desk(open_page, live_server, path, **options)

    return open_at


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def test_two_buttons_stand_above_the_title_and_the_others_at_the_foot(desk):
    issue = make_draft()
    page = desk(f"/admin/issues/issue/{issue.pk}/change/", width=360)
    top, foot = page.locator(".submit-row").first, page.locator(".submit-row").last
    above = top.locator("input:visible, a:visible")

    assert [each.get_attribute("name") for each in above.all()] == ["_save", "_publish"]
    assert above.first.bounding_box()["y"] == above.last.bounding_box()["y"]
    # All but Delete stand above it, where nobody presses it for another.
    delete = foot.locator(".deletelink")
    assert foot.locator("input:visible").count() == 4
    assert delete.bounding_box()["y"] >= 16 + max(
        bottom(each) for each in foot.locator("input").all()
    )
    page.set_viewport_size({"width": 1280, "height": 800})
    assert top.locator("input:visible, a:visible").count() == 5


@pytest.mark.parametrize("is_dark", [False, True])
def test_every_state_of_an_issue_can_be_restored_on_a_phone(desk, is_dark):
    issue, editor = make_draft(), make_editor()
    for title in ("A title", "A long title that is wider than any telephone can be"):
        issue.title = title
        save_work(issue=issue, by=editor)
    page = desk(
        f"/admin/issues/issue/{issue.pk}/history/",
        width=360,
        dark=is_dark,
        user=editor,
    )
    restore = page.get_by_role("button", name="Restore the text")

    expect(restore.first).to_be_visible()
    for each in [*restore.all(), *page.get_by_role("radio").all()]:
        box = each.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    look_at(page, f"history-phone-{'dark' if is_dark else 'light'}")
    restore.first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
