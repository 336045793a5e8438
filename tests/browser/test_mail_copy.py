"""Copying a mail in a browser: with its clipboard, and where that is refused."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.desk import open_desk
from tests.issues.factories import make_issue
from tests.quiz.factories import make_quiz

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What the last copy put on the clipboard, as the page's own event has it.
LISTEN = """() => addEventListener("copy", (event) => {
  window.copied = Object.fromEntries(
    [...event.clipboardData.types].map((type) => [type, event.clipboardData.getData(type)]));
})"""
REFUSE = "() => { document.execCommand = () => false; }"


def open_mail(open_page, live_server, **options):
    issue = make_issue(title="A & B", quiz=make_quiz(publish_at=False))
    address = f"/admin/issues/issue/{issue.pk}/mail/"
    return issue, open_desk(open_page, live_server, address, **options)


def test_the_mail_is_copied_as_html_with_its_styles_and_as_text(open_page, live_server):
    _, page = open_mail(open_page, live_server)
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Copy the mail").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("window.copied")
    assert copied["text/html"] == page.locator("#mail-html").input_value()
    assert copied["text/plain"] == page.locator("#mail-text").input_value()

    page.get_by_role("button", name="Copy the subject").click()
    page.wait_for_function("window.copied['text/plain'] === 'A & B'")


def test_where_the_command_is_refused_the_clipboard_itself_is_asked(
    open_page, live_server
):
    _, page = open_mail(open_page, live_server)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(REFUSE)
    page.get_by_role("button", name="Copy the subject").click()
    page.get_by_text("Copied.").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == "A & B"


def test_where_nothing_lets_us_copy_the_page_says_so(open_page, live_server):
    _, page = open_mail(open_page, live_server)
    page.evaluate(REFUSE)
    page.evaluate("() => { delete window.ClipboardItem; }")
    page.get_by_role("button", name="Copy its HTML").click()

    page.get_by_text("select the text below and copy it").wait_for()


def test_the_preview_shows_the_mail_and_axe_finds_nothing(open_page, live_server):
    issue, page = open_mail(open_page, live_server, width=360)
    frame = page.frame_locator(".mail-frame-narrow")
    frame.get_by_role("heading", name=issue.title).wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
