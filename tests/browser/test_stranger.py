"""A stranger's way through the site on a phone, by keyboard alone, with and without scripts.

From a search to a section, its footnote, a paper, how to cite it, back to the issue, a
guess, and the words to pass on. Wherever the focus goes it is seen.
"""

import pytest
from playwright.sync_api import Page, expect

from quiz.models import Guess

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = "/issues/2023-01-11/"
SECTION = "Large or small? The medical case"
LIE = "Runway ML launches Cineffusion"
PAPER = "High-Resolution Image Synthesis with Latent Diffusion Models"
FAST_MS = 1_100  # a guess within a second is taken for a machine's

# Whether what has the focus is on the screen, and nothing lies over it.
SEEN = """() => {
  const here = document.activeElement;
  const box = here.getClientRects()[0];
  const x = Math.max(0, Math.min(box.x + box.width / 2, innerWidth - 1));
  const y = Math.max(0, Math.min(box.y + box.height / 2, innerHeight - 1));
  const top = document.elementFromPoint(x, y);
  return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    && (here.contains(top) || top.contains(here));
}"""


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def scripted(request):
    return request.param


@pytest.fixture
def stranger(demo, open_page, scripted) -> Page:
    page: Page = open_page(360, javascript=scripted)
    page.goto("/")
    return page


def reach(page: Page, selector: str, words: str = "", *, key="Tab", most=60) -> int:
    """Presses Tab until the focus is there; returns how often. Each stop is seen."""
    for presses in range(1, most + 1):
        page.keyboard.press(key)
        here = page.evaluate(
            """([selector, words]) => document.activeElement.matches(selector)
              && document.activeElement.textContent.includes(words)""",
            [selector, words],
        )
        stop = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert page.evaluate(SEEN), f"the focus is out of sight: {stop}"
        if here:
            return presses
    pytest.fail(
        f"{most} times {key} do not reach {selector} {words!r}; last was {stop}"
    )


def test_the_whole_way(stranger, scripted):
    search(stranger, scripted)
    read_the_section(stranger)
    read_the_footnote(stranger, scripted)
    cite_a_paper(stranger, scripted)
    guess(stranger, scripted)
    share(stranger, scripted)


def search(page, scripted):
    if scripted:
        page.keyboard.press("/")
        page.wait_for_url("**/search/**")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type("medical case")
        expect(page.locator(".hit").first).to_be_visible()
    else:
        reach(page, ".mainnav a", "Search")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/**")
        reach(page, "#q")
        page.keyboard.type("medical case")
        page.keyboard.press("Enter")
    expect(page.locator(".hit-title").first).to_have_text(SECTION)
    expect(page.locator(".hit mark").first).to_be_visible()


def read_the_section(page):
    reach(page, ".hit-title a", SECTION)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ISSUE}#*")
    heading = page.get_by_role("heading", name=SECTION)
    expect(heading).to_be_in_viewport()
    assert heading.bounding_box()["y"] < 200


def read_the_footnote(page, scripted):
    # The focus goes on from the section, not from the top of the page.
    assert reach(page, ".footnote-ref a") <= 6
    page.keyboard.press("Enter")
    if scripted:
        note = page.locator(".sidenote")
        expect(note).to_be_in_viewport()
        expect(note).to_contain_text("Flan-PaLM")
        page.keyboard.press("Escape")
        expect(note).to_have_count(0)
        assert page.evaluate("document.activeElement.matches('.footnote-ref a')")
    else:
        expect(page.locator(".footnotes li:target")).to_be_in_viewport()
        reach(page, ".backrefs a", most=2)
        page.keyboard.press("Enter")
        expect(
            page.locator(".footnote-ref:target, .footnote-ref :target")
        ).to_be_in_viewport()


def cite_a_paper(page, scripted):
    reach(page, ".paper-title a", PAPER, key="Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/2022/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAPER)
    if scripted:
        page.keyboard.press("c")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reach(page, "[data-copy]", "APA", most=3)
        page.keyboard.press("Enter")
        expect(page.locator(".papers-status")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("Rombach, R.")
    else:
        reach(page, "summary", "Cite")
        page.keyboard.press("Enter")
        expect(page.locator(".cite-text").first).to_contain_text("Rombach, R.")
        reach(page, ".cite-files a", "BibTeX", most=20)
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename.endswith(".bib")


def guess(page, scripted):
    reach(page, ".issue-card-title a", "Papers from 2022")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ISSUE}*")
    if scripted:
        page.locator("[data-quiz-form]").wait_for()
        reach(page, "[data-quiz-form] input[type=radio]")
        page.keyboard.press("Space")
        while not page.get_by_label(LIE).is_checked():
            page.keyboard.press("ArrowDown")
    else:
        reach(page, ".clipping a", LIE)
        page.keyboard.press("Enter")
        expect(page.get_by_label(LIE)).to_be_checked()
        reach(page, "[data-quiz-form] input[type=radio]")
    page.wait_for_timeout(FAST_MS)
    reach(page, "[data-quiz-form] button", "Lock in", most=2)
    page.keyboard.press("Enter")
    verdict = page.locator("#verdict")
    expect(verdict).to_be_in_viewport()
    expect(page.get_by_text(f"FAKE: {LIE}").first).to_be_visible()
    assert Guess.objects.get().counted


def share(page, scripted):
    reach(page, ".share-text")
    assert "/quiz/2023-01-11/" in page.locator(".share-text").input_value()
    assert LIE not in page.locator(".share-text").input_value()
    if not scripted:  # with scripts it is the issue itself
        back = page.get_by_role("link", name="The issue it came in")
        expect(back).to_have_attribute("href", ISSUE)
    else:
        reach(page, ".share-go button", most=1)
        page.keyboard.press("Enter")
        expect(page.locator("quiz-share [role=status]")).to_have_text("Copied.")
        assert "/quiz/2023-01-11/" in page.evaluate("navigator.clipboard.readText()")
