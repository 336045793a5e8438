"""The quiz in place: the card in an issue, with and without what a script needs."""

import re

import pytest

from issues.services import publish_issue
from quiz import tokens
from quiz.models import Guess
from tests.quiz.factories import make_issue, make_quiz

pytestmark = pytest.mark.django_db(transaction=True)

FORM, REVEAL = "[data-quiz-form]", "[data-quiz-reveal]"


@pytest.fixture
def quiz():
    quiz = make_quiz(publish_at=False, slug="played")
    publish_issue(issue=make_issue(quiz=quiz, slug="issue", publish_at=None), by=None)
    return quiz


def read(page):
    """Takes the second without which nobody has read four headlines."""
    page.wait_for_timeout(1_100)


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.value")


def test_the_links_of_an_issue_become_the_form_and_the_reveal(open_page, quiz, width):
    page = open_page(width)
    page.goto("/issues/issue/")
    page.locator(FORM).wait_for()
    assert page.locator(".clipping a").count() == 0
    assert Guess.objects.count() == 0

    page.get_by_label(quiz.lie.text).check()
    read(page)
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator(REVEAL).wait_for()

    assert page.url.endswith("/issues/issue/")
    assert focused(page) == "verdict"
    assert "You spotted the lie." in page.locator("#verdict").inner_text()
    guess = Guess.objects.get()
    assert (guess.channel, guess.counted) == ("card", True)
    page.reload()
    page.locator(REVEAL).wait_for()


def test_the_keyboard_reaches_the_reveal_in_six_keys(open_page, quiz):
    page = open_page(360)
    page.goto(quiz.get_absolute_url())
    page.locator("input[type=radio]").first.focus()
    for key in ("Space", "Tab", "Enter"):
        page.keyboard.press(key)
    page.locator(REVEAL).wait_for()

    assert focused(page) == "verdict"


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripts"])
def test_who_gives_up_needs_no_choice(open_page, quiz, javascript):
    page = open_page(360, javascript=javascript)
    page.goto(quiz.get_absolute_url())
    page.get_by_role("button", name="I give up, show me").click()
    page.locator(REVEAL).wait_for()

    assert Guess.objects.get().headline is None


def test_who_gives_up_in_an_issue_stays_there(open_page, quiz):
    page = open_page(360)
    page.goto("/issues/issue/")
    page.locator(FORM).wait_for()
    page.get_by_role("button", name="I give up, show me").click()
    page.locator(REVEAL).wait_for()

    assert page.url.endswith("/issues/issue/")
    assert focused(page) == "verdict"
    assert Guess.objects.get().headline is None


def test_the_trap_is_seen_and_reached_by_nobody(open_page, quiz, width):
    page = open_page(width)
    page.goto(quiz.get_absolute_url())
    trap = page.locator("[name=website]")
    box = trap.locator("xpath=ancestor::div[1]").bounding_box()
    page.locator("input[type=radio]").first.focus()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name"))

    assert (box["width"], box["height"]) == (1, 1)
    assert "give_up" in reached
    assert "website" not in reached


def test_a_reload_draws_another_order_and_keeps_no_choice(open_page, quiz, monkeypatch):
    numbers = iter([0, 23])
    monkeypatch.setattr(tokens, "draw_arrangement", lambda: next(numbers))
    page = open_page(360)
    page.goto(quiz.get_absolute_url())
    order = "inputs => inputs.map(input => input.value)"
    first = page.eval_on_selector_all("input[type=radio]", order)
    page.locator("input[type=radio]").first.check()
    page.reload()

    assert page.eval_on_selector_all("input[type=radio]", order) == first[::-1]
    assert page.locator("input:checked").count() == 0


def test_a_choice_that_is_refused_keeps_the_form_and_says_why(open_page, quiz):
    page = open_page(360)
    page.goto(quiz.get_absolute_url())
    picked = page.locator("input[type=radio]").nth(1).get_attribute("value")
    page.locator("input[type=radio]").nth(1).check()
    page.eval_on_selector("[name=token]", "input => { input.value = 'x' }")
    page.get_by_role("button", name="Lock in my guess").click()
    page.get_by_role("alert").wait_for()

    chosen = page.locator("input:checked").get_attribute("value")
    assert chosen == picked
    assert focused(page) == chosen
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator(REVEAL).wait_for()


def test_links_stay_where_the_card_cannot_be_had(open_page, quiz):
    page = open_page(360)
    page.route("**/card/", lambda route: route.abort())
    page.goto("/issues/issue/")
    page.wait_for_load_state("networkidle")
    page.locator(".clipping a").first.click()
    page.locator(FORM).wait_for()

    assert page.locator("input:checked").count() == 1
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator(REVEAL).wait_for()
    assert Guess.objects.get().channel == "link"


@pytest.mark.parametrize("button", ["Lock in my guess", "I give up, show me"])
def test_the_form_is_sent_as_a_form_where_the_script_fails(open_page, quiz, button):
    page = open_page(360)
    failures = []

    def fail_once(route):
        if route.request.resource_type == "fetch":
            failures.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.goto(quiz.get_absolute_url())
    page.route("**/guess/", fail_once)
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile("/quiz/played/$"))
    page.locator(REVEAL).wait_for()

    assert len(failures) == 1
    given_up = button.startswith("I give up")
    assert (Guess.objects.get().headline is None) is given_up


def test_two_presses_are_one_guess(open_page, quiz):
    page = open_page(360)
    page.goto(quiz.get_absolute_url())
    page.locator("input[type=radio]").first.check()
    page.eval_on_selector(
        "form.quiz button", "button => { button.click(); button.click() }"
    )
    page.locator(REVEAL).wait_for()

    assert Guess.objects.count() == 1


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripts"])
def test_who_refuses_cookies_sees_the_reveal_and_is_not_counted(
    open_page, quiz, javascript
):
    page = open_page(360, javascript=javascript)

    def forget(route):
        answer = route.fetch(max_redirects=0)
        page.context.clear_cookies()  # fetch() keeps them for the context
        headers = {k: v for k, v in answer.headers.items() if k != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    page.route("**/guess/", forget)
    page.goto(quiz.get_absolute_url())
    page.locator("input[type=radio]").first.check()
    read(page)
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator(REVEAL).wait_for()

    assert not page.context.cookies()
    assert Guess.objects.get().uncounted_reason == "no cookie"


def test_back_shows_the_stored_result(open_page, quiz):
    page = open_page(360, javascript=False)
    page.goto("/quiz/")
    page.goto(quiz.get_absolute_url())
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator(REVEAL).wait_for()
    page.go_back()

    assert page.locator(FORM).count() == 0
    assert Guess.objects.count() == 1
