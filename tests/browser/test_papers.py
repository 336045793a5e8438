"""Papers in a browser: cited, saved, reported, seen at a glance; by axe and by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from papers.models import MistakeReport, RelatedPaper
from tests.papers.factories import make_mention, make_paper

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "superfast.reading-list"


@pytest.fixture
def papers():
    """Two papers of a topic, one of them with everything that its page can show."""
    one = make_paper(
        slug="one",
        title="Diffusion Models: an Unpronounceably-Long-Compound of a Title",
        authors=["Ada Byron", "Aäron van den Oord"],
        topics=["vision"],
        venue="CVPR 2022",
        first_posted="2021-12",
        arxiv_id="2112.10752",
        takeaway="Keep *this*.",
        abstract="A long abstract.",
    )
    two = make_paper(slug="two", title="Two", first_posted="2022-03", topics=["vision"])
    RelatedPaper.objects.create(paper=one, other=two)
    make_mention(one)
    return one, two


PAGES = {
    "paper": "/papers/2022/one/#cite",
    "list": "/papers/2022/#take",
    "saved": "/papers/saved/?papers=2022/one,2022/two",
    "nothing saved": "/papers/saved/",
    "report": "/papers/2022/one/report/",
    "map": "/papers/2022/map/",
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_with_everything_unfolded(
    open_page, papers, name, width, dark
):
    page = open_page(width, dark=dark)
    page.goto(PAGES[name])
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")

    violations = Axe().run(page).response["violations"]

    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in violations] == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_a_paper_is_saved_by_key_listed_and_handed_on(open_page, papers):
    page = open_page(1280)
    page.goto("/papers/2022/one/")
    button = page.locator("[data-save]").first
    expect(button).to_have_attribute("aria-pressed", "false")

    page.keyboard.press("s")

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".papers-status")).to_have_text("Saved to your reading list.")
    expect(page.get_by_role("link", name="Reading list (1)")).to_be_visible()
    page.goto("/papers/2022/")
    page.get_by_role("link", name="Two", exact=True).focus()
    page.keyboard.press("s")
    page.goto("/papers/saved/")
    page.wait_for_url("**/papers/saved/?papers=2022/one,2022/two")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your reading list")

    friend = open_page(360)
    friend.goto("/papers/saved/?papers=2022/one,2022/two")
    expect(friend.get_by_role("heading", level=1)).to_have_text("A reading list")
    friend.get_by_role("button", name="Add all to mine").click()
    expect(friend.get_by_role("heading", level=1)).to_have_text("Your reading list")
    kept = friend.evaluate(f"localStorage.getItem('{KEY}')")
    assert kept == '["2022/one","2022/two"]'


def test_what_the_browser_keeps_may_be_nonsense(open_page, papers):
    page = open_page(1280)
    page.goto("/papers/2022/one/")
    for kept in ("{", "7", '{"a": 1}', '[7, null, "<x>", "2022/one"]'):
        page.evaluate(f"localStorage.setItem('{KEY}', {kept!r})")
        page.reload()
        expect(page.locator("[data-save]").first).to_be_visible()
    expect(page.get_by_role("link", name="Reading list (1)")).to_be_visible()


def test_a_citation_is_opened_by_key_and_copied_with_its_italics(open_page, papers):
    page = open_page(1280)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/papers/2022/")
    page.locator(".paper-title a", has_text="Diffusion").focus()
    page.keyboard.press("c")
    page.wait_for_url("**/papers/2022/one/#cite")
    expect(page.locator("#cite")).to_have_attribute("open", "")
    page.wait_for_function("document.activeElement.matches('#cite > summary')")

    page.get_by_role("button", name="Copy APA").click()

    expect(page.locator(".papers-status")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Byron, A., & van den Oord, A. (2022). Diffusion Models")
    rich = page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html'))"
        ".then((blob) => blob.text())"
    )
    assert "<i>CVPR 2022</i>" in rich


def test_the_list_is_copied_whole_and_its_key_does_not_disturb_who_types(
    open_page, papers
):
    page = open_page(1280)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/papers/2022/?topic=vision")
    page.locator("#q").press_sequentially("cs")
    expect(page.locator("#q")).to_have_value("cs")
    page.locator("h1").click()

    page.keyboard.press("c")

    expect(page.locator("#take")).to_have_attribute("open", "")
    page.get_by_role("button", name="Copy IEEE").click()
    expect(page.locator(".papers-status")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "[1] " in text
    assert "[2] " in text


def test_without_scripts_files_reports_and_shared_lists_work(
    page_without_javascript, papers
):
    page = page_without_javascript
    page.goto("/papers/2022/one/")
    expect(page.locator("[data-save]").first).to_be_hidden()
    page.locator("#cite summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()
    assert download.value.suggested_filename == "one.bib"

    page.goto("/papers/saved/?papers=2022/one,2022/two")
    page.get_by_role("checkbox").first.uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="APA").click()
    assert "papers=2022%2Ftwo" in download.value.url
    page.get_by_role("link", name="Leave out Two").click()
    expect(page.get_by_role("checkbox")).to_have_count(1)

    page.goto("/papers/2022/one/")
    page.get_by_role("link", name="Report a mistake").click()
    page.get_by_label("What is wrong?").fill("The year.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert MistakeReport.objects.get().text == "The year."


def test_the_map_is_walked_by_keyboard_into_the_list(open_page, papers):
    page = open_page(1280)
    page.goto("/papers/2022/map/")
    mark = page.locator('a[aria-label="Vision, March 2022: 1"]')
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/2022/?topic=vision&posted=2022-03")
    expect(page.locator(".paper-title")).to_have_count(1)
