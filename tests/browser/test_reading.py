"""Every kind of page as readers meet it: axe, zoom, fingers, contrast modes, paper, no pictures."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looking import WIDE
from tests.issues.factories import make_issue
from tests.papers.factories import make_paper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo"),
]

ISSUE = "/issues/2023-01-11/"
PAPER = "/papers/2022/rombach2022high/"
PAGES = {
    "home": "/",
    "archive": "/issues/",
    "issue": ISSUE,
    "search": "/search/?q=diffusion",
    "nothing found": "/search/?q=zzzzzz",
    "search, empty": "/search/",
    "catalogues": "/papers/",
    "catalogue": "/papers/2022/",
    "no paper": "/papers/2022/?q=zzzzzz",
    "paper": PAPER,
    "author": "/papers/authors/robin-rombach/",
    "map": "/papers/2022/map/",
    "quizzes": "/quiz/",
    "quiz": "/quiz/2023-01-11/",
    "player": "/quiz/player/",
    "follow": "/follow/",
    "about": "/about/",
    "404": "/nothing/",
}
# Of all that can be pressed, what is smaller than a finger. Left out, as WCAG does: links
# within a sentence, what is not shown, and marks of a chart that its table has, too.
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, input, textarea")]
  .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden, .skip, svg, [aria-hidden=true]"))
  .filter((each) => !(getComputedStyle(each).display === "inline" && each.closest("p, li, dd, td, th, caption")
    ?.textContent.trim().length > each.textContent.trim().length + 3))
  .filter((each) => {
    const area = each.closest("label")
      ?? (getComputedStyle(each, "::after").position === "absolute" ? each.offsetParent : each);
    const box = area.getBoundingClientRect();
    return box.height < 43.5 || box.width < 24;
  })
  .map((each) => `${each.outerHTML.slice(0, 110)} ${each.getBoundingClientRect().height}`)"""


def settled(page, address):
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_axe_finds_nothing_on_any_kind_of_page(open_page, width, dark):
    page = open_page(width, dark=dark)
    found = {}
    for name, address in PAGES.items():
        settled(page, address)
        page.evaluate(
            "document.querySelectorAll('details').forEach((d) => d.open = true)"
        )
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"]][:3]
            found[name, violation["id"]] = nodes

    assert found == {}


def test_at_400_per_cent_nothing_scrolls_sideways(open_page):
    page = open_page(320)  # what a window of 1280 pixels shows then
    wide = {}
    for name, address in PAGES.items():
        settled(page, address)
        page.evaluate(
            "document.querySelectorAll('details').forEach((d) => d.open = true)"
        )
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[name] = over

    assert wide == {}


def test_whatever_can_be_pressed_is_as_large_as_a_finger(open_page):
    page = open_page(360, has_touch=True, is_mobile=True)
    small = {}
    for name, address in PAGES.items():
        settled(page, address)
        if found := page.evaluate(SMALL):
            small[name] = found

    assert small == {}


def test_the_contents_follow_the_reading(open_page):
    page = settled(open_page(1280), ISSUE)
    current = page.locator(".contents a[aria-current]")
    expect(current).to_have_count(0)
    page.get_by_role("heading", name="Concepts & Learning").scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    expect(current).to_have_text("Concepts & Learning")
    expect(current).to_be_in_viewport()
    page.mouse.wheel(0, 20_000)
    expect(current).to_have_text("Miscellaneous")


@pytest.mark.parametrize(("width", "beside"), [(360, False), (1440, True)])
def test_a_footnote_opens_beside_the_text_or_below_its_paragraph(
    open_page, width, beside
):
    page = settled(open_page(width), ISSUE)
    ref = page.locator(".footnote-ref a").first
    ref.click()
    note, text = (
        page.locator(selector).bounding_box()
        for selector in (".sidenote", ".issue-body")
    )
    at = ref.bounding_box()["y"]

    assert (note["x"] >= text["x"] + text["width"]) is beside
    assert note["x"] + note["width"] <= width
    assert abs(note["y"] - at) < (200 if beside else 400)
    expect(ref).to_have_attribute("aria-expanded", "true")
    ref.click()
    expect(page.locator(".sidenote")).to_have_count(0)


def test_nothing_moves_where_motion_is_unwanted(open_page):
    moving = """() => [...document.querySelectorAll("*")].filter((each) => {
      const style = getComputedStyle(each);
      return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
    }).length"""
    page = open_page(1280)
    for address in PAGES.values():
        assert settled(page, address).evaluate(moving) == 0, address
    page.emulate_media(reduced_motion="no-preference")
    assert settled(page, ISSUE).evaluate(moving) > 0


def test_forced_colours_keep_what_colour_says(open_page):
    page = open_page(360)
    page.emulate_media(forced_colors="active")
    settled(page, "/quiz/2023-01-11/")
    radio = page.locator(".clipping input").first
    radio.check()
    marks = page.locator(".clipping input").evaluate_all(
        "all => all.map((each) => getComputedStyle(each, '::before').backgroundColor)"
    )
    assert marks[0] not in marks[1:]
    current = page.locator(".mainnav a[aria-current]")
    assert "underline" in current.evaluate(
        "e => getComputedStyle(e).textDecorationLine"
    )
    for selector in (".quiz", ".clipping-face", ".logotype-slab"):
        border = page.locator(selector).first.evaluate(
            "e => getComputedStyle(e).borderTopWidth"
        )
        assert float(border.removesuffix("px")) > 0, selector
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_paper_has_the_text_and_its_addresses_and_nothing_to_press(open_page):
    page = settled(open_page(794, print_media=True), ISSUE)
    for selector in (".mainnav", ".footer", ".contents", ".nextprev", ".skip"):
        expect(page.locator(selector)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    link = page.locator('.flow a[href^="https"]').first
    written = link.evaluate("e => getComputedStyle(e, '::after').content")
    assert (
        link.get_attribute("href") in written.replace('" "', "") or "attr(" in written
    )
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    expect(page.locator(".footnotes")).to_be_visible()


def test_with_pictures_off_everything_is_said_in_words(open_page):
    page = open_page(360)
    page.route("**/media/**", lambda route: route.abort())
    for address in ("/", ISSUE):
        settled(page, address)
        pictures = page.locator("main img")
        pictures.evaluate_all("all => all.forEach((each) => each.loading = 'eager')")
        assert pictures.count() > 0
        for alt in pictures.evaluate_all("all => all.map((each) => each.alt)"):
            assert len(alt.split()) > 3, alt
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0


def test_every_page_names_its_language_and_one_first_heading(open_page):
    page = open_page(1280)
    for name, address in PAGES.items():
        settled(page, address)
        assert page.locator("html").get_attribute("lang") == "en", name
        assert page.locator("h1").count() == 1, name
        levels = page.locator("h1, h2, h3, h4").evaluate_all(
            "all => all.map((each) => Number(each.tagName[1]))"
        )
        steps = [after - before for before, after in pairwise(levels)]
        assert max(steps, default=0) <= 1, (name, levels)


@pytest.mark.parametrize("where", ["code", "title"])
def test_a_word_that_is_wider_than_a_phone_is_broken(open_page, where):
    word = "unreasonable" * 8
    if where == "code":
        address = make_issue(body=f"```\n{word}\n```\n").get_absolute_url()
    else:
        address = make_paper(title=word).get_absolute_url()
    page = settled(open_page(360), address)

    assert page.evaluate(WIDE) <= 0
