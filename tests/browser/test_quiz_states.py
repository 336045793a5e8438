"""Every state of the quiz, for everybody: by axe, by keyboard, by who only looks."""

from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from issues.services import publish_issue
from quiz.models import Guess, Quiz
from quiz.services import deal_cards
from quiz.services.corrections import correct_key, void_quiz
from tests.quiz.factories import make_guess, make_issue, make_quiz

pytestmark = pytest.mark.django_db(transaction=True)

FORM, REVEAL = "[data-quiz-form]", "[data-quiz-reveal]"
LOCK_IN, GIVE_UP = "Lock in my guess", "I give up, show me"
WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
KEYS = 6
FAST_MS = 1_100  # a form sent within a second is not counted
LONG = "A newspaper writes that an unpronounceably-named-startup taught its toaster law"


@pytest.fixture
def quiz():
    """The quiz of this week, with longer words than most, and one of last week."""
    make_quiz(publish_at=timezone.now() - timedelta(days=9), slug="before", number=1)
    texts = [f"{LONG}, part {part}" for part in "abcd"]
    quiz = make_quiz(publish_at=False, slug="played", number=2, texts=texts)
    publish_issue(issue=make_issue(quiz=quiz, slug="issue", publish_at=None), by=None)
    return Quiz.objects.get(pk=quiz.pk)


# What each state looks like --------------------------------------------------


def see_card(page, quiz):
    page.goto("/issues/issue/")
    page.locator(FORM).wait_for()


def see_links(page, quiz):
    page.route("**/card/", lambda route: route.abort())
    page.goto("/issues/issue/")
    page.wait_for_load_state("networkidle")


def see_form(page, quiz):
    page.goto(quiz.get_absolute_url())
    page.locator(FORM).wait_for()


def see_form_with_a_choice(page, quiz):
    page.goto(f"{quiz.get_absolute_url()}?c={quiz.lie.handle}")
    page.locator("input:checked").wait_for()


def see_error(page, quiz):
    see_form(page, quiz)
    page.get_by_label(quiz.lie.text).check()
    page.eval_on_selector("[name=token]", "input => { input.value = 'x' }")
    page.get_by_role("button", name=LOCK_IN).click()
    page.get_by_role("alert").wait_for()


def see_spotted(page, quiz):
    see_form(page, quiz)
    pick(page, quiz.lie)


def see_fooled(page, quiz):
    see_form(page, quiz)
    pick(page, quiz.headlines.exclude(pk=quiz.lie_id).first())


def see_given_up(page, quiz):
    see_form(page, quiz)
    page.get_by_role("button", name=GIVE_UP).click()
    page.locator(REVEAL).wait_for()


def see_many_guesses(page, quiz):
    for headline in quiz.headlines.all():
        for _ in range(9):
            make_guess(quiz, headline=headline)
    see_spotted(page, quiz)


def see_void(page, quiz):
    see_spotted(page, quiz)
    void_quiz(quiz=quiz, reason="Two of the four were invented.", by=None)
    page.reload()


def see_corrected(page, quiz):
    see_spotted(page, quiz)
    other = quiz.headlines.exclude(pk=quiz.lie_id).first()
    correct_key(quiz=quiz, new_lie=other, reason="It was reported after all.", by=None)
    page.reload()


def see_come_true(page, quiz):
    see_spotted(page, quiz)
    quiz.came_true_on = timezone.now().date()
    quiz.came_true_url = "https://news.example/it-came-true"
    quiz.save()
    page.reload()


def see_receipt(page, quiz):
    refuse_cookies(page)
    see_spotted(page, quiz)


def see_list(page, quiz):
    page.goto("/quiz/")
    page.locator(FORM).wait_for()


def see_player(page, quiz):
    see_spotted(page, quiz)
    page.goto("/quiz/player/")


def see_stranger(page, quiz):
    page.goto("/quiz/player/")


def see_code(page, quiz):
    see_player(page, quiz)
    page.get_by_role("button", name="Make a code").click()
    page.locator("#code-made").wait_for()


def see_wrong_code(page, quiz):
    page.goto("/quiz/player/")
    page.get_by_label("Code from your other device").fill("ABCD EFGH")
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("alert").wait_for()


def see_forgotten(page, quiz):
    see_player(page, quiz)
    page.get_by_role("button", name="Forget me").click()
    page.wait_for_url("**/?done=forgotten")


STATES = {
    "links": see_links,
    "card": see_card,
    "form": see_form,
    "choice": see_form_with_a_choice,
    "error": see_error,
    "spotted": see_spotted,
    "fooled": see_fooled,
    "gave-up": see_given_up,
    "figures": see_many_guesses,
    "void": see_void,
    "corrected": see_corrected,
    "came-true": see_come_true,
    "receipt": see_receipt,
    "list": see_list,
    "player": see_player,
    "stranger": see_stranger,
    "code": see_code,
    "wrong-code": see_wrong_code,
    "forgotten": see_forgotten,
}


def pick(page, headline):
    page.get_by_label(headline.text).check()
    page.get_by_role("button", name=LOCK_IN).click()
    page.locator(REVEAL).wait_for()


def refuse_cookies(page):
    """The browser takes no cookie, whatever a form's answer brings."""

    def forget(route):
        answer = route.fetch(max_redirects=0)
        page.context.clear_cookies()  # fetch() keeps them for the context
        headers = {k: v for k, v in answer.headers.items() if k != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    page.route("**/guess/", forget)


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(open_page, quiz, state):
    page = open_page(1280)
    STATES[state](page, quiz)
    found = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            results = Axe().run(page)
            found += [
                (
                    width,
                    scheme,
                    rule["id"],
                    [node["html"][:120] for node in rule["nodes"]],
                )
                for rule in results.response["violations"]
            ]

    assert not found


@pytest.mark.parametrize("state", STATES)
def test_no_state_scrolls_sideways_at_320(open_page, quiz, state):
    page = open_page(320)
    STATES[state](page, quiz)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320


# By keyboard alone ------------------------------------------------------------


def within(page, selector):
    return page.evaluate(
        "selector => Boolean(document.activeElement.closest(selector))", selector
    )


def tab_to(page, selector, *, most):
    """Presses Tab until the focus is there; returns how often."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if within(page, selector):
            return presses
    pytest.fail(f"{most} times Tab do not reach {selector}")


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("mode", ["scripts", "plain", "no-cookies"])
def test_the_whole_way_goes_by_keyboard(open_page, quiz, mode, place):
    page = open_page(360, javascript=mode != "plain")
    if mode == "no-cookies":
        refuse_cookies(page)
    page.goto(quiz.get_absolute_url())
    values = page.locator(f"{FORM} input[type=radio]").evaluate_all(
        "inputs => inputs.map(input => input.value)"
    )
    tab_to(page, f"{FORM} input[type=radio]", most=30)

    page.wait_for_timeout(FAST_MS)
    keys = ["Space"] + place * ["ArrowDown"]
    for key in keys:
        page.keyboard.press(key)
    used = len(keys) + tab_to(page, f"{FORM} button", most=1) + 1
    page.keyboard.press("Enter")
    page.locator(REVEAL).wait_for()

    assert used <= KEYS
    guess = Guess.objects.get()
    assert guess.headline.handle == values[place]
    assert guess.counted is (mode != "no-cookies")
    if mode != "plain":
        assert page.evaluate("document.activeElement.id") == "verdict"
    tab_to(page, f"{REVEAL} .quiz-go a", most=30)
    page.keyboard.press("Enter")
    page.locator(FORM).wait_for()


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripts"])
def test_giving_up_goes_by_keyboard_too(open_page, quiz, javascript):
    page = open_page(360, javascript=javascript)
    page.goto(quiz.get_absolute_url())
    tab_to(page, f"{FORM} input[type=radio]", most=30)
    used = tab_to(page, f"{FORM} [name=give_up]", most=KEYS - 1)
    page.keyboard.press("Enter")
    page.locator(REVEAL).wait_for()

    assert used + 1 <= KEYS
    assert Guess.objects.get().headline is None


def test_the_links_of_an_issue_go_by_keyboard_without_scripts(open_page, quiz):
    page = open_page(360, javascript=False)
    page.goto("/issues/issue/")
    tab_to(page, ".clipping a", most=40)
    page.keyboard.press("Enter")
    page.locator(FORM).wait_for()
    tab_to(page, f"{FORM} input:checked", most=30)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(REVEAL).wait_for()

    assert Guess.objects.get().headline.handle == deal_cards(quiz)[0].handle


# Who only looks ---------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_mail_scanner_that_opens_all_four_links_guesses_nothing(
    live_server, quiz, method
):
    address = urlsplit(live_server.url)
    for link in mail_links(quiz):
        connection = HTTPConnection(address.hostname, address.port, timeout=20)
        connection.request(method, link)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()

        assert answer.status == 200
        assert answer.getheader("Set-Cookie") is None
        assert bool(body) is (method == "GET")

    assert Guess.objects.count() == 0


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripts"])
def test_a_browser_that_opens_all_four_links_guesses_nothing(
    open_page, quiz, javascript
):
    page = open_page(360, javascript=javascript)
    for link in mail_links(quiz):
        page.goto(link)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)

        assert page.locator("input:checked").get_attribute("value") in link
        assert page.context.request.head(link).status == 200

    assert not page.context.cookies()
    assert Guess.objects.count() == 0


def mail_links(quiz):
    address = quiz.get_absolute_url()
    return [f"{address}?c={card.handle}&m=1" for card in deal_cards(quiz)]
