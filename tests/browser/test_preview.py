"""The preview is the page: the newest one, without a flash, at the place that is written."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import TEXT, open_desk, select
from tests.issues.factories import make_draft, make_image

pytestmark = pytest.mark.django_db(transaction=True)

PREVIEW = "**/admin/issues/issue/preview/"
LONG = "\n\n".join(
    f"## Part {part}\n\n" + "\n\n".join(f"Words {part}.{n}. " * 12 for n in range(5))
    for part in range(20)
)


@pytest.fixture
def desk(open_page, live_server):
    picture = make_image()
    issue = make_draft(body=f"First words.\n\n![]({picture.src})\n\n{LONG}")
    page = open_desk(open_page, live_server, f"/admin/issues/issue/{issue.pk}/change/")
    expect(page_of(page).get_by_role("heading", name="Part 19")).to_be_attached()
    return page


def page_of(page):
    return page.frame_locator("iframe.desk-preview-frame")


def state_of(page):
    return page.locator(".desk-preview-state")


def in_page(page, code):
    frame = page.locator("iframe.desk-preview-frame")
    return frame.evaluate(f"frame => {{ const page = frame.contentWindow; {code} }}")


def answer(text):
    return f"<!doctype html><main id='content'><p>{text}</p></main>"


def hold_two(desk):
    """Two requests that wait for their answers, the older one first."""
    held = []
    desk.route(PREVIEW, lambda route: held.append(route))
    for word in ("older", "newer"):
        with desk.expect_request(PREVIEW) as asked:
            desk.locator(TEXT).fill(word)
        assert f"\r\n\r\n{word}\r\n" in (asked.value.post_data or "")
        # The route is handed over some time after the request is told of.
        wait_until(desk, lambda: held and held[-1].request == asked.value)
    assert len(held) == 2
    return held


def wait_until(page, happened):
    """Lets the browser speak until something has happened in the test itself."""
    for _ in range(300):
        if happened():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It has not happened.")


def test_an_older_answer_never_replaces_a_newer_one(desk):
    held = hold_two(desk)
    held[1].fulfill(body=answer("The newer page."), content_type="text/html")
    expect(page_of(desk).get_by_text("The newer page.")).to_be_visible()
    with desk.expect_response(PREVIEW):
        held[0].fulfill(body=answer("The older page."), content_type="text/html")
    desk.evaluate("() => new Promise(done => setTimeout(done, 50))")

    expect(page_of(desk).get_by_text("The newer page.")).to_be_visible()
    expect(page_of(desk).get_by_text("The older page.")).to_have_count(0)
    expect(state_of(desk)).to_be_empty()


def test_an_older_answer_does_not_take_back_that_the_newer_one_failed(desk):
    held = hold_two(desk)
    held[1].fulfill(status=500, body="")
    expect(state_of(desk)).to_contain_text("The server answered 500.")
    held[0].fulfill(body=answer("The older page."), content_type="text/html")
    expect(page_of(desk).get_by_text("The older page.")).to_be_visible()

    expect(state_of(desk)).to_contain_text("The server answered 500.")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"status": 500}, "The server answered 500."),
        ({"status": 403}, "You are no longer signed in"),
        ({"status": 422}, "A field is too long"),
        ({"status": 200, "body": "<p>?</p>"}, "a page without a text"),
        (None, "The server can’t be reached."),
    ],
)
def test_an_error_says_so_and_keeps_the_last_good_page(desk, trouble, words):
    def break_(route):
        return route.fulfill(**trouble) if trouble else route.abort()

    desk.route(PREVIEW, break_)
    desk.locator(TEXT).fill("Lost on the way.")
    expect(state_of(desk)).to_contain_text("This is the last good preview.")
    expect(state_of(desk)).to_contain_text(words)
    expect(page_of(desk).get_by_text("First words.")).to_be_visible()

    desk.unroute(PREVIEW)
    desk.locator(TEXT).fill("Found again.")
    expect(page_of(desk).get_by_text("Found again.")).to_be_visible()
    expect(state_of(desk)).to_be_empty()


def test_what_did_not_change_is_not_replaced(desk):
    expect(page_of(desk).locator(".figure img")).to_be_visible()
    in_page(desk, "page.document.querySelector('.figure img').kept = true")
    in_page(desk, "page.document.querySelector('.contents details').open = true")
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    select(desk, "|First words.")
    desk.keyboard.insert_text("Typed before everything.\n\n")
    expect(page_of(desk).get_by_text("Typed before everything.")).to_be_visible()

    assert in_page(desk, "return page.document.querySelector('.figure img').kept")
    assert in_page(desk, "return page.document.querySelector('details').open")
    ours = re.compile(r"/(?:preview|autosave|presence|checklist)/$")
    assert [url for url in asked if not ours.search(url)] == []


def test_the_page_follows_the_cursor(desk):
    for words in ("Part 15", "Words 3.4.", "Part 19", "Part 0"):
        select(desk, f"|{words}")
        place = page_of(desk).locator(f"h2:text-is('{words}'), p:text('{words}')")
        expect(place).to_be_in_viewport()
    select(desk, "|Part 17")
    desk.keyboard.insert_text("Typed in ")
    place = page_of(desk).get_by_role("heading", name="Typed in Part 17")
    expect(place).to_be_in_viewport()
    desk.get_by_label("Title:").focus()
    expect(page_of(desk).get_by_role("heading", level=1)).to_be_in_viewport()


def test_a_press_in_the_page_goes_to_its_line_and_nowhere_else(desk):
    page_of(desk).get_by_role("heading", name="Part 12").click()
    selected = "f => f.value.slice(f.selectionStart, f.selectionEnd)"
    assert desk.locator(TEXT).evaluate(selected) == "## Part 12"
    expect(desk.locator(TEXT)).to_be_focused()
    assert desk.locator(TEXT).evaluate("f => f.scrollTop") > 0
    address = in_page(desk, "return page.location.pathname")
    page_of(desk).get_by_role("link", name="Papers", exact=True).first.click()

    assert in_page(desk, "return page.location.pathname") == address


def test_the_page_is_as_wide_as_a_phone_or_scaled_from_a_desktop(desk, live_server):
    box = "return [page.innerWidth, frame.getBoundingClientRect().width, frame.parentElement.clientWidth]"
    inner, outer, stage = in_page(desk, box)
    assert (inner, outer) == (390, 390)
    desk.get_by_role("button", name="Desktop").click()
    inner, outer, stage = in_page(desk, box)

    assert inner == 1280
    assert outer == pytest.approx(stage, abs=1)


def test_the_page_is_shown_in_the_light_and_in_the_dark(desk):
    ground = "return page.getComputedStyle(page.document.body).backgroundColor"
    light = in_page(desk, ground)
    desk.get_by_role("button", name="Dark", exact=True).click()
    dark = in_page(desk, ground)
    desk.get_by_role("button", name="Light", exact=True).click()

    assert (light, dark) == ("rgb(251, 251, 249)", "rgb(20, 22, 26)")
    assert in_page(desk, ground) == light


def test_the_frame_may_run_nothing(desk):
    frame = desk.locator("iframe.desk-preview-frame")

    expect(frame).to_have_attribute("sandbox", "allow-same-origin")
    for text in (
        "<script>parent.document.title = 'taken'</script>",
        "<b onclick=alert(1)>b</b>",
    ):
        desk.locator(TEXT).fill(text + "\n\nDone.")
        expect(page_of(desk).get_by_text("Done.")).to_be_visible()
    assert desk.title() != "taken"


@pytest.mark.parametrize("is_dark", [False, True])
def test_on_a_phone_everything_stands_below_one_another(
    open_page, live_server, is_dark
):
    page = open_desk(
        open_page, live_server, "/admin/issues/issue/add/", width=360, dark=is_dark
    )
    page.locator(TEXT).fill("Small words.")
    expect(page_of(page).get_by_text("Small words.")).to_be_attached()
    text, preview = (
        page.locator(TEXT).bounding_box(),
        page.locator(".desk-preview").bounding_box(),
    )

    assert preview["y"] > text["y"] + text["height"]
    assert preview["x"] + preview["width"] <= 360
    assert in_page(page, "return page.innerWidth") == 390
    pressed = page.locator("button[data-scheme][aria-pressed=true]")
    expect(pressed).to_have_text("Dark" if is_dark else "Light")
