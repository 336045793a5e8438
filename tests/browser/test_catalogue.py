"""The catalogue's list in a browser: filtered in place, by keyboard, and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look_at
from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/papers/2022/"


@pytest.fixture(autouse=True)
def papers():
    """Three of vision, one of text; two venues; a highlight."""
    make_paper(
        title="Alpha",
        topics=["vision"],
        venue="CVPR 2022",
        position=1,
        authors=["Ada Byron"],
    )
    make_paper(title="Beta", topics=["vision"], venue="ECCV 2022", position=2)
    make_paper(
        title="Gamma",
        topics=["vision"],
        venue="CVPR 2022",
        position=3,
        takeaway="Look.",
        is_highlight=True,
    )
    make_paper(
        title="Delta",
        topics=["text"],
        venue="CVPR 2022",
        position=4,
        code_url="https://code.example/d",
    )


def titles(page):
    return page.locator(".paper-title").all_inner_texts()


def unfold(page):
    """On a small screen the facets are folded; an empty list has none."""
    summary = page.locator("details.facets:not([open]) > summary")
    if summary.count() and summary.is_visible():
        summary.click()


def choose(page, facet, label):
    unfold(page)
    page.locator(f"#facet-{facet} + ul a", has_text=label).click()


def counts(page, facet):
    """What the facet's links say, number and all."""
    unfold(page)
    return [
        " ".join(text.split())
        for text in page.locator(f"#facet-{facet} + ul li").all_inner_texts()
    ]


def walk_through_filters(page):
    """The same with scripts and without: choose two, see counts, take one away."""
    page.goto(LIST)
    expect(page.locator("#results")).to_have_text("4 papers")
    assert titles(page)[0] == "Gamma"
    choose(page, "topic", "Vision")
    page.wait_for_url("**/papers/2022/?topic=vision")
    expect(page.locator("#results")).to_have_text("3 of 4 papers")
    assert next(text for text in counts(page, "venue") if "CVPR" in text).endswith("2")
    choose(page, "venue", "CVPR 2022")
    expect(page.locator("#results")).to_have_text("2 of 4 papers")
    assert titles(page) == ["Gamma", "Alpha"]
    assert "topic=vision" in page.url
    assert "venue=CVPR" in page.url
    page.get_by_role("link", name="Remove Vision").click()
    expect(page.locator("#results")).to_have_text("3 of 4 papers")
    page.get_by_role("link", name="Title", exact=True).click()
    expect(page.locator(".paper-title").first).to_have_text("Alpha")
    page.locator("#q").fill("delta")
    page.locator("#q").press("Enter")
    expect(page.locator("#results")).to_have_text("1 of 4 papers")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator("#results")).to_have_text("4 papers")


def test_filters_change_the_list_in_place_and_back_brings_it_back(open_page, width):
    page = open_page(width)
    loads = []
    page.on("load", lambda _: loads.append(1))
    walk_through_filters(page)
    assert len(loads) == 1
    page.go_back()
    expect(page.locator("#results")).to_have_text("1 of 4 papers")
    assert titles(page) == ["Delta"]


def test_without_scripts_every_filter_is_an_address(page_without_javascript):
    walk_through_filters(page_without_javascript)


def test_the_list_is_walked_and_searched_by_keyboard(open_page):
    page = open_page(1280)
    page.goto(LIST)
    focused = page.locator(":focus")
    for key, title in (("j", "Gamma"), ("j", "Alpha"), ("j", "Beta"), ("k", "Alpha")):
        page.keyboard.press(key)
        expect(focused).to_have_text(title)
    page.keyboard.press("s")
    expect(page.get_by_role("link", name="Reading list (1)")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jks")
    expect(page.locator("#q")).to_have_value("jks")
    expect(page.locator("#results")).to_have_text("0 of 4 papers")
    expect(page.get_by_text("No paper matches this")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()


def test_the_compact_view_is_an_address_and_stays_with_a_filter(open_page, width):
    page = open_page(width)
    page.goto(LIST)
    tall = page.locator("[data-papers]").bounding_box()["height"]
    page.get_by_role("link", name="Compact").click()
    expect(page.locator(".papers-compact")).to_be_visible()
    assert "view=compact" in page.url
    assert page.locator("[data-papers]").bounding_box()["height"] < tall
    choose(page, "topic", "Vision")
    expect(page.locator("#results")).to_have_text("3 of 4 papers")
    expect(page.locator(".papers-compact")).to_be_visible()


@pytest.mark.parametrize(
    "query", ["?topic=vision&view=compact", "?q=nothing&topic=text"]
)
def test_axe_finds_nothing_in_a_filtered_list(open_page, query, width, dark):
    page = open_page(width, dark=dark)
    page.goto(LIST + query)
    unfold(page)
    look_at(page, "list-compact" if "compact" in query else "list-empty")
