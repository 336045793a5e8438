"""`[[` finds past issues and papers, without a mouse and without Tab."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from superfast.search.documents import Kind
from superfast.search.index import rebuild
from tests.browser.desk import TEXT, open_desk, value
from tests.issues.factories import make_draft, make_issue
from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(open_page, live_server):
    page = open_desk(open_page, live_server, start(), bypass_csp=True)
    page.locator(TEXT).fill("")  # without the sections of the last issue
    return page


def start():
    make_issue(
        title="Otters at work", slug="otters", body="## Tools\n\nOtters use stones."
    )
    make_draft(title="Otters unseen", slug="unseen")
    make_paper(title="Otters [do] learn", slug="otters2022learn")
    rebuild(Kind.PAPER)
    return "/admin/issues/issue/add/"


def options(page):
    return page.get_by_role("option")


def type_(page, words):
    page.locator(TEXT).focus()
    page.keyboard.type(words)


def test_an_issue_is_found_and_becomes_a_link_that_undo_takes_back(desk):
    type_(desk, "See [[otters at")
    expect(options(desk)).to_have_count(1)
    expect(desk.get_by_role("listbox")).to_be_visible()
    expect(options(desk).first).to_have_attribute("aria-selected", "true")
    first = options(desk).first.get_attribute("id")
    expect(desk.locator(TEXT)).to_have_attribute("aria-activedescendant", first)
    desk.keyboard.press("Enter")
    assert value(desk) == "See [Otters at work](/issues/otters/)|"
    expect(desk.get_by_role("listbox")).to_be_hidden()
    desk.keyboard.press("Control+z")

    assert desk.locator(TEXT).input_value() == "See [[otters at"


def test_the_arrows_choose_and_a_paper_is_a_link_or_an_item(desk):
    type_(desk, "[[otters")
    paper = options(desk).filter(has_text="Otters [do] learn")
    expect(paper).to_have_count(1)
    expect(options(desk).filter(has_text="unseen")).to_have_count(0)
    for _ in range(options(desk).count()):
        if paper.get_attribute("aria-selected") == "true":
            break
        desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    link = desk.locator(TEXT).input_value()
    assert link.startswith("[Otters \\[do\\] learn](/papers/")

    desk.locator(TEXT).fill("")
    desk.keyboard.insert_text("::: papers\n- ")
    type_(desk, "[[otters")
    expect(options(desk)).to_have_count(1)
    desk.keyboard.press("Enter")

    assert value(desk) == "::: papers\n- otters2022learn: |"


def test_escape_leaves_the_words_and_enter_is_a_line_again(desk):
    type_(desk, "[[otters")
    expect(options(desk).first).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("listbox")).to_be_hidden()
    type_(desk, " a")
    desk.keyboard.press("Enter")

    assert value(desk) == "[[otters a\n|"


def test_tab_leaves_the_field_while_the_list_is_open(desk):
    type_(desk, "[[otters")
    expect(options(desk).first).to_be_visible()
    desk.keyboard.press("Tab")
    expect(desk.locator(TEXT)).not_to_be_focused()
    expect(desk.get_by_role("listbox")).to_be_hidden()

    assert desk.locator(TEXT).input_value() == "[[otters"


def test_a_press_takes_what_is_pressed(desk):
    type_(desk, "[[otters at")
    options(desk).first.click()

    assert value(desk) == "[Otters at work](/issues/otters/)|"


def test_a_server_out_of_reach_says_so_and_takes_nothing(desk):
    desk.route("**/find/**", lambda route: route.abort())
    type_(desk, "[[otters")
    expect(desk.get_by_text("Nothing could be looked up.")).to_be_attached()

    assert value(desk) == "[[otters|"


def test_axe_finds_nothing_on_the_open_list(open_page, live_server, width, dark):
    page = open_desk(
        open_page, live_server, start(), width=width, dark=dark, bypass_csp=True
    )
    type_(page, "[[otters")
    expect(options(page).first).to_be_visible()
    box = page.get_by_role("listbox").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    found = Axe().run(page, context=".markdown-desk")

    assert found.violations_count == 0, found.generate_report()
