"""From a plain text to a published issue: imported, filled by keyboard, published."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from issues.models import Issue, LinkWaiver, Override
from issues.placeholders import find_placeholders
from tests.browser.test_journey import make_editor, sign_in
from tests.issues.factories import make_draft
from tests.papers.factories import make_paper

SAMPLE = Path(__file__).parents[1] / "issues" / "import_samples" / "weekly-plain.txt"
pytestmark = pytest.mark.django_db(transaction=True)


def import_sample(page: Page) -> None:
    page.goto("/admin/issues/issue/import/")
    page.get_by_label("File").set_input_files(SAMPLE)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("A Paper That Nobody Has Catalogued").first).to_be_visible()
    page.get_by_label("11 January 2023").check()
    page.get_by_role("button", name="Create the draft").click()
    expect(page.locator("#id_title")).to_have_value("Superfast AI 1/11/2023")


def drop_quiz():
    """The test publishes a text; a quiz has tests of its own."""
    issue = Issue.objects.get()
    quiz, issue.quiz = issue.quiz, None
    issue.body = issue.body.replace("::: quiz\n:::\n", "Next week.\n")
    issue.save()
    quiz.delete()
    issue.revisions.update(body=issue.body, quiz=None)


def test_the_sample_is_imported_filled_by_keyboard_and_published(open_page) -> None:
    make_editor()
    make_paper(
        slug="convnext", title="A ConvNet for the 2020s", url="https://a.example/"
    )
    page = open_page()
    sign_in(page)
    import_sample(page)
    drop_quiz()
    page.reload()
    page.get_by_role("tab", name="Links to fill").click()
    rows = page.locator("#panel-tray .tray-row")
    count = rows.count()
    assert count == len(find_placeholders(Issue.objects.get().body)) >= 25
    first = rows.first.locator("[data-url]").first
    first.focus()
    for number in range(count):
        words = 2 if page.evaluate("document.activeElement.closest('.tray-row').querySelectorAll('[data-url]').length") == 2 else 1  # fmt: skip
        for word in range(words):
            page.keyboard.insert_text(f"https://news.example/{number}-{word}")
            page.keyboard.press("Tab")
        expect(rows).to_have_count(count - number - 1)
    expect(page.locator("#panel-tray .tray-empty")).to_be_visible()
    text = page.locator("#id_body")
    assert "(link)" not in text.input_value()
    # What the tray has done is undone as any other typing is.
    text.focus()
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(rows).to_have_count(0)
    page.get_by_label("Dek:").fill("What is in it.")
    page.get_by_role("tab", name="Checklist").click()
    expect(page.locator("#panel-checklist [data-level=error]")).to_have_count(0)
    page.get_by_role("button", name="Publish now").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto("/issues/2023-01-11/")
    expect(page.get_by_role("heading", name="The paperclip problem")).to_be_visible()
    expect(
        page.get_by_role("link", name="A talk of an hour, with slides")
    ).to_have_count(1)


def test_the_tray_is_filled_and_waived_without_scripts(page_without_javascript) -> None:
    make_editor()
    issue = make_draft(body="- A story (link)\n- Another (link)\n", dek="D")
    page = page_without_javascript
    sign_in(page)
    page.goto(f"/admin/issues/issue/{issue.pk}/change/")
    expect(page.locator("#panel-checklist [data-level=error]")).to_have_count(2)
    page.get_by_role("link", name="Fill them on a page of their own").click()
    page.get_by_label("Link").nth(0).fill("https://news.example/a")
    page.get_by_label("left out, because").nth(1).fill("There is none.")
    page.get_by_role("button", name="Save the rows").click()
    expect(page.locator(".messagelist .success")).to_contain_text("The rows are saved")
    issue.refresh_from_db()
    assert issue.body == "- [A story](https://news.example/a)\n- Another (link)\n"
    assert LinkWaiver.objects.get().reason == "There is none."


def test_the_checklist_follows_the_text_and_leads_to_each_place(open_page) -> None:
    make_editor()
    issue = make_draft(body="One.\n\nTwo (link).\n", dek="D")
    page = open_page()
    sign_in(page)
    page.goto(f"/admin/issues/issue/{issue.pk}/change/")
    lines = page.locator("#panel-checklist [data-level=error]")
    expect(lines).to_have_count(1)
    expect(page.get_by_role("tab", name="Checklist")).to_contain_text("1")
    text = page.locator("#id_body")
    text.press("Control+End")
    page.keyboard.type("TK and on.")
    expect(lines).to_have_count(2)
    page.locator("#panel-checklist").get_by_role("link", name="Line 3").click()
    assert (
        text.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
        == "Two (link)."
    )
    page.get_by_label("Dek:").fill("")
    expect(lines).to_have_count(3)
    page.locator("#panel-checklist").get_by_role("link", name="Dek").click()
    expect(page.get_by_label("Dek:")).to_be_focused()


def test_a_link_is_left_out_with_a_reason_and_an_error_gone_over(open_page) -> None:
    make_editor()
    issue = make_draft(body="One (link) here.\n\nTwo TK.\n", dek="D")
    page = open_page()
    sign_in(page)
    page.goto(f"/admin/issues/issue/{issue.pk}/change/")
    page.get_by_role("tab", name="Links to fill").click()
    page.locator(".tray-waive summary").click()
    page.locator("[data-reason]").fill("No page.")
    page.locator("[data-reason]").press("Enter")
    expect(page.get_by_text("Left out: No page.")).to_be_visible()
    page.get_by_role("tab", name="Checklist").click()
    expect(page.locator("#panel-checklist [data-level=error]")).to_have_count(1)
    page.get_by_text("Publish in spite of an error").click()
    page.locator("#id_override").fill("It is to be said today.")
    page.get_by_role("button", name="Publish now").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Override.objects.get().reason == "It is to be said today."


def test_axe_finds_nothing_in_panels_tray_and_import(open_page, width, dark) -> None:
    make_editor()
    issue = make_draft(body="One (link) here (tweet and arxiv).\n\nTwo TK.\n")
    page = open_page(width, dark=dark, bypass_csp=True)
    sign_in(page)
    options = {"iframes": False}
    page.goto(f"/admin/issues/issue/{issue.pk}/change/")
    expect(page.locator("#panel-checklist [data-level=error]").first).to_be_visible()
    for tab in ("Checklist", "Links to fill"):
        page.get_by_role("tab", name=tab).click()
        found = Axe().run(page, context=".desk-panels", options=options)
        assert found.violations_count == 0, found.generate_report()
    page.goto(f"/admin/issues/issue/{issue.pk}/links-to-fill/")
    found = Axe().run(page, context="#content", options=options)
    assert found.violations_count == 0, found.generate_report()
    page.goto("/admin/issues/issue/import/")
    found = Axe().run(page, context="#content", options=options)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("File").set_input_files(SAMPLE)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    found = Axe().run(page, context="#content", options=options)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
