"""The editor's keys and buttons: each does what it says, and undo takes it back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from issues.models import Issue, Revision
from superfast.pages.models import Page
from tests.browser.desk import TEXT, open_desk, select, value
from tests.issues.factories import make_draft

pytestmark = pytest.mark.django_db(transaction=True)

# Each: the text, what is selected or where the cursor stands, key, button, what becomes of it.
COMMANDS = [
    ("one two", "two", "Control+b", "Bold", "one **|two|**"),
    ("one **two**", "two", "Control+b", "Bold", "one |two|"),
    ("one two ", "two ", "Control+b", "Bold", "one **|two|** "),
    ("one two", "t|wo", "Control+b", "Bold", "one **t|wo**"),
    ("one two", "two", "Control+i", "Italic", "one *|two|*"),
    ("one **two**", "two", "Control+i", "Italic", "one ***|two|***"),
    ("one ***two***", "two", "Control+i", "Italic", "one **|two|**"),
    ("one two", "two", "Control+k", "Link", "one [two](|)"),
    ("https://a.example", "https://a.example", "Control+k", "Link", "[|](https://a.example)"),
    ("one", "on|e", "Control+Alt+Digit2", "Section", "## on|e"),
    ("## one", "on|e", "Control+Alt+Digit2", "Section", "on|e"),
    ("## one", "on|e", "Control+Alt+Digit3", "Heading", "### on|e"),
    ("one\ntwo", "one\ntwo", "Control+Shift+Digit8", "List", "|- one\n- two|"),
    ("- one\n- two", "- one\n- two", "Control+Shift+Digit8", "List", "|one\ntwo|"),
    ("one\n\ntwo", "one\n\ntwo", "Control+Shift+Digit7", "Numbered list", "|1. one\n\n2. two|"),
    ("- one", "o|ne", "Control+Shift+Digit7", "Numbered list", "1. o|ne"),
    ("one\ntwo", "one\ntwo", "Control+Shift+Digit9", "Quote", "|> one\n> two|"),
    ("one two\n", "one| two", "Control+Alt+KeyF", "Footnote", "one[^1] two\n\n[^1]: |"),
    ("a[^1]b\n\n[^1]: x", "b|", "Control+Alt+KeyF", "Footnote", "a[^1]b[^2]\n\n[^1]: x\n[^2]: |"),
]  # fmt: skip
BLOCKS = {
    "Quiz": "one\n\n::: quiz\n:::|\n\ntwo",
    "Papers": "one\n\n::: papers\n- |\n:::\n\ntwo",
    "Card": "one\n\n::: card\n[](|)\n:::\n\ntwo",
    "Compare": "one\n\n::: compare\n### |\n\n\n\n### \n\n:::\n\ntwo",
    "Callout": "one\n\n::: callout\n|\n:::\n\ntwo",
    "Details": "one\n\n::: details |\n\n:::\n\ntwo",
    "Table": "one\n\n| | |  |\n| --- | --- |\n|  |  |\n\ntwo",
    "Code": "one\n\n```\n|\n```\n\ntwo",
}


@pytest.fixture
def desk(open_page, live_server):
    page = open_desk(open_page, live_server, "/admin/issues/issue/add/")
    page.locator(TEXT).fill("")
    return page


def write(page, text):
    """The text as if typed: in one step of undo, after what was there."""
    page.locator(TEXT).fill("")
    page.locator(TEXT).focus()
    page.keyboard.insert_text(text)


def test_each_command_by_key_and_by_button_and_undone_at_once(desk):
    for text, where, key, button, wanted in COMMANDS:
        for by_key in (True, False):
            write(desk, text)
            select(desk, where)
            if by_key:
                desk.keyboard.press(key)
            else:
                bar = desk.get_by_role("toolbar", name="Formatting")
                bar.get_by_role("button", name=button, exact=True).click()
            assert value(desk) == wanted, (button, by_key)
            expect(desk.locator(TEXT)).to_be_focused()
            desk.keyboard.press("Control+z")
            assert desk.locator(TEXT).input_value() == text, (button, by_key)
            if button == "Footnote":
                continue  # Chromium's own redo stops at an empty line
            desk.keyboard.press("Control+Shift+z")
            assert desk.locator(TEXT).input_value() == wanted.replace("|", "")


def test_each_block_by_button_and_undone_at_once(desk):
    for name, wanted in BLOCKS.items():
        write(desk, "one\ntwo")
        select(desk, "|\ntwo")
        desk.keyboard.press("Delete")
        desk.keyboard.press("Control+Alt+KeyB")
        button = desk.get_by_role("group", name="Blocks").get_by_role(
            "button", name=name
        )
        expect(button).to_be_visible()
        button.press("Enter")
        assert value(desk) == wanted, name
        expect(button).to_be_hidden()
        desk.keyboard.press("Control+z")
        assert desk.locator(TEXT).input_value() == "onetwo"


def test_a_selection_goes_into_its_block(desk):
    write(desk, "Mind this.")
    select(desk, "Mind this.")
    desk.get_by_role("button", name="Block", exact=True).click()
    desk.get_by_role("button", name="Callout").click()

    assert value(desk) == "::: callout\nMind this.|\n:::\n\n"


def test_escape_closes_the_blocks_and_the_arrows_go_through_the_bar(desk):
    desk.get_by_role("button", name="Bold").focus()
    desk.keyboard.press("ArrowLeft")
    more = desk.get_by_role("button", name="Block", exact=True)
    expect(more).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("button", name="Quiz")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(desk.get_by_role("button", name="Quiz")).to_be_hidden()


def test_tab_leaves_the_text_in_both_directions(desk):
    write(desk, "one")
    desk.keyboard.press("Shift+Tab")
    expect(desk.locator(TEXT)).not_to_be_focused()
    desk.locator(TEXT).focus()
    desk.keyboard.press("Tab")
    expect(desk.locator(TEXT)).not_to_be_focused()
    assert desk.locator(TEXT).input_value() == "one"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- one", "- one\n- |"),
        ("  * one", "  * one\n  * |"),
        ("9. one", "9. one\n10. |"),
        ("> one", "> one\n> |"),
        ("- one\n- ", "- one\n|"),
        ("one", "one\n|"),
        ("```\n- one", "```\n- one\n|"),
    ],
)
def test_enter_goes_on_with_a_list_or_ends_it(desk, text, wanted):
    write(desk, text)
    desk.keyboard.press("Enter")
    assert value(desk) == wanted
    desk.keyboard.press("Control+z")
    assert desk.locator(TEXT).input_value() == text


def save_by_key(page):
    def is_ours(answer):
        return answer.request.method == "POST" and answer.url.endswith("/change/")

    with page.expect_response(is_ours):
        page.keyboard.press("Control+s")
    expect(page.locator("[data-saving] [data-state]")).to_contain_text("Saved at")


def test_the_save_key_saves_and_what_was_typed_can_still_be_undone(
    open_page, live_server
):
    issue = make_draft(body="One.\n\n" * 200)
    page = open_desk(open_page, live_server, f"/admin/issues/issue/{issue.pk}/change/")
    page.locator(TEXT).evaluate("f => { f.focus(); f.setSelectionRange(600, 600); }")
    page.keyboard.insert_text("Typed.")
    save_by_key(page)

    assert value(page).index("|") == 606
    assert "Typed." in Issue.objects.get().body
    assert issue.revisions.first().kind == Revision.Kind.SAVE
    page.keyboard.press("Control+z")
    assert "Typed." not in value(page)
    page.keyboard.insert_text("Again.")
    save_by_key(page)
    page.get_by_label("Title:", exact=True).fill("Another title")
    save_by_key(page)
    issue = Issue.objects.get()
    assert (issue.title, "Again." in issue.body) == ("Another title", True)


def test_the_save_key_shows_what_is_wrong(open_page, live_server):
    issue = make_draft(body="One.")
    page = open_desk(open_page, live_server, f"/admin/issues/issue/{issue.pk}/change/")
    page.get_by_label("Title:", exact=True).fill("")
    page.locator(TEXT).focus()
    page.keyboard.insert_text("Typed. ")
    page.keyboard.press("Control+s")
    expect(page.locator(".errorlist")).to_contain_text("required")
    assert "Typed. " in page.locator(TEXT).input_value()


def test_the_bar_is_at_standing_pages_too(open_page, live_server):
    page = open_desk(
        open_page, live_server, f"/admin/pages/page/{Page.objects.first().pk}/change/"
    )
    page.locator(TEXT).fill("one")
    select(page, "one")
    page.keyboard.press("Control+b")

    assert value(page) == "**|one|**"


def test_axe_finds_nothing_on_the_form(open_page, live_server, width, dark):
    issue = make_draft()
    page = open_desk(
        open_page,
        live_server,
        f"/admin/issues/issue/{issue.pk}/change/",
        width=width,
        dark=dark,
        bypass_csp=True,
    )
    page.get_by_role("button", name="Block", exact=True).click()
    frame = page.frame_locator("iframe.desk-preview-frame")
    expect(frame.get_by_role("heading", name="News")).to_be_visible()
    found = Axe().run(page, context=".desk-split", options={"iframes": False})

    assert found.violations_count == 0, found.generate_report()
    sideways = (
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert page.evaluate(sideways) <= 0


def test_axe_finds_nothing_on_the_desks_first_page(open_page, live_server, width, dark):
    make_draft(title="A draft", body="One (link).")
    page = open_desk(
        open_page, live_server, "/admin/", width=width, dark=dark, bypass_csp=True
    )
    expect(page.get_by_role("heading", name="Drafts")).to_be_visible()
    found = Axe().run(page, context=".front")

    assert found.violations_count == 0, found.generate_report()
    sideways = (
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert page.evaluate(sideways) <= 0
