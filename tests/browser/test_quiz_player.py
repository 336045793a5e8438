"""Passing on a result, and the player's page, in a browser."""

import os
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from issues.services import publish_issue
from quiz.models import Player
from tests.quiz.factories import make_issue, make_quiz

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/quiz/player/"
WORDS = "3 Headlines and a Lie, no. 2: spotted it."
NO_SHARE = "delete Navigator.prototype.share;"
SHARE = """
  window.passed = [];
  Navigator.prototype.share = async (data) => { window.passed.push(data); };
"""
REFUSED = """
  Navigator.prototype.share = async () => { throw new DOMException("", "AbortError"); };
"""
CLIPBOARD = """
  window.copied = [];
  navigator.clipboard.writeText = async (text) => { window.copied.push(text); };
"""
NO_CLIPBOARD = "delete Navigator.prototype.clipboard;"


@pytest.fixture
def quiz():
    make_quiz(publish_at=timezone.now() - timedelta(days=9), slug="before", number=1)
    quiz = make_quiz(publish_at=False, slug="played", number=2)
    publish_issue(issue=make_issue(quiz=quiz, slug="issue", publish_at=None), by=None)
    return quiz


def guess(page, quiz, place=None):
    """Guesses the lie, on the quiz's own page or where the card stands."""
    page.goto(place or quiz.get_absolute_url())
    page.get_by_label(quiz.lie.text).check()
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator("[data-quiz-reveal]").wait_for()


def shown(page):
    if folder := os.environ.get("SCREENSHOTS"):
        name = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].split(" ")[0]
        scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        width = page.viewport_size["width"]
        page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("place", ["/quiz/played/", "/issues/issue/"])
def test_the_systems_own_sheet_gets_words_and_address(open_page, quiz, place):
    page = open_page(360)
    page.add_init_script(SHARE)
    guess(page, quiz, place)
    page.get_by_role("button", name="Share", exact=True).click()

    (passed,) = page.evaluate("window.passed")
    assert passed["text"] == WORDS
    assert passed["url"].endswith("/quiz/played/")


def test_thinking_better_of_it_copies_nothing(open_page, quiz):
    page = open_page(360)
    page.add_init_script(REFUSED + CLIPBOARD)
    guess(page, quiz)
    page.get_by_role("button", name="Share", exact=True).click()

    assert page.evaluate("window.copied") == []
    assert page.locator("quiz-share [role=status]").inner_text() == ""


def test_else_the_clipboard_gets_them(open_page, quiz):
    page = open_page(1280)
    page.add_init_script(NO_SHARE + CLIPBOARD)
    guess(page, quiz)
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.").wait_for()

    (copied,) = page.evaluate("window.copied")
    assert copied.startswith(f"{WORDS}\nhttp")
    assert copied.endswith("/quiz/played/")


def test_else_the_field_is_selected(open_page, quiz):
    page = open_page(1280)
    page.add_init_script(NO_SHARE + NO_CLIPBOARD)
    guess(page, quiz)
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Selected").wait_for()

    selected = page.evaluate("getSelection().toString()")
    assert selected.startswith(WORDS)


def test_without_scripts_the_words_stand_there_to_copy(open_page, quiz):
    page = open_page(1280, javascript=False)
    guess(page, quiz)

    assert page.get_by_label("Share it").input_value().startswith(WORDS)
    assert page.locator("quiz-share button").is_hidden()


# The player's page ------------------------------------------------------------


def see_stranger(open_page, quiz):
    page = open_page(1280)
    page.goto(PAGE)
    return page


def see_player(open_page, quiz):
    page = open_page(1280)
    guess(page, quiz)
    page.get_by_role("link", name="Take it to another device").click()
    return page


def see_kept(open_page, quiz):
    page = see_player(open_page, quiz)
    page.get_by_role("button", name="Keep my streak").click()
    page.get_by_text("13 months from").wait_for()
    return page


def see_code(open_page, quiz):
    page = see_player(open_page, quiz)
    page.get_by_role("button", name="Make a code").click()
    page.locator(".code").wait_for()
    return page


def see_wrong_code(open_page, quiz):
    page = see_player(open_page, quiz)
    page.get_by_label("Code from your other device").fill("CDFG-3467")
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("alert").wait_for()
    return page


def see_forgotten(open_page, quiz):
    page = see_player(open_page, quiz)
    page.get_by_role("button", name="Forget me").click()
    page.get_by_text("You are forgotten").wait_for()
    return page


def see_reveal(open_page, quiz):
    page = open_page(1280)
    guess(page, quiz)
    page.get_by_role("button", name="Copy").wait_for()
    return page


STATES = {
    state.__name__: state
    for state in (
        see_stranger,
        see_player,
        see_kept,
        see_code,
        see_wrong_code,
        see_forgotten,
        see_reveal,
    )
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_on_the_players_page(open_page, quiz, state):
    page = STATES[state](open_page, quiz)
    found = []
    for width in (360, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            shown(page)
            rules = Axe().run(page).response["violations"]
            found += [(width, scheme, r["id"], r["nodes"][0]["html"]) for r in rules]
    page.set_viewport_size({"width": 320, "height": 900})

    assert not found
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("javascript", [True, False])
def test_a_player_is_kept_moved_and_forgotten(open_page, quiz, javascript):
    here, there = (open_page(360, javascript=javascript) for _ in range(2))
    guess(here, quiz)
    here.get_by_role("button", name="Keep my streak").click()
    here.locator("[data-quiz-reveal]").wait_for()
    assert here.get_by_role("button", name="Keep my streak").count() == 0
    (cookie,) = here.context.cookies()
    days = (cookie["expires"] - timezone.now().timestamp()) / 86_400
    assert 394 < days <= 395

    here.goto(PAGE)
    here.get_by_role("button", name="Make a code").click()
    code = here.locator(".code").inner_text().split()[-1]
    there.goto(PAGE)
    there.get_by_label("Code from your other device").fill(code.lower())
    there.get_by_role("button", name="Use it").click()
    there.get_by_text("Welcome back").wait_for()
    there.goto(quiz.get_absolute_url())
    assert "You spotted the lie" in there.locator("#verdict").inner_text()

    there.goto(PAGE)
    there.get_by_role("button", name="Forget me").click()
    there.get_by_text("You are forgotten").wait_for()
    assert there.context.cookies() == []
    assert not Player.objects.exists()
    here.reload()
    here.goto(quiz.get_absolute_url())
    assert here.locator("[data-quiz-form]").count() == 1
