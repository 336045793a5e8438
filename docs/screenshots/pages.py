"""Takes pictures of every kind of page, from a site started by `make run`.

    make screenshots [ARGS=http://127.0.0.1:9000]

At 360, 768 and 1280 pixels, light and dark, to look at: in var/screenshots/. Those that
the documentation shows are kept beside this file. It plays the quiz of the first
demonstration issue, as one more player.
"""

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import launch

HERE = Path(__file__).parent
ALL = HERE.parent.parent / "var" / "screenshots"
WIDTHS = {360: 740, 768: 1024, 1280: 960}
# What the documentation shows of each kind: a width and a theme.
KEPT = ((1280, "light"), (360, "dark"))


def opened(path: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(path)

    return show


def show_note(page: Page) -> None:
    page.goto("/issues/2023-01-11/")
    note = page.locator(".footnote-ref a").first
    note.scroll_into_view_if_needed()
    note.click()
    page.locator(".sidenote").wait_for()
    page.mouse.move(0, 0)


def show_reveal(page: Page) -> None:
    page.goto("/quiz/2023-01-11/")
    page.get_by_label("Runway ML launches Cineffusion").check()
    page.wait_for_timeout(1_100)  # a guess within a second is not counted
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator("#verdict").wait_for()
    page.mouse.move(0, 0)


PAGES: dict[str, Callable[[Page], None]] = {
    "home": opened("/"),
    "archive": opened("/issues/"),
    "issue": opened("/issues/2023-01-11/"),
    "issue-note": show_note,
    "catalogue": opened("/papers/2022/"),
    "paper": opened("/papers/2022/rombach2022high/"),
    "author": opened("/papers/authors/robin-rombach/"),
    "map": opened("/papers/2022/map/"),
    "quizzes": opened("/quiz/"),
    "quiz": opened("/quiz/2023-01-11/"),
    "reveal": show_reveal,
    "search": opened("/search/?q=diffusion"),
    "nothing-found": opened("/search/?q=zzzzzz"),
    "follow": opened("/follow/"),
    "about": opened("/about/"),
    "no-such-page": opened("/nothing/"),
}


def take(browser: Browser, origin: str, name: str, width: int, theme: str) -> None:
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    PAGES[name](page)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    picture = Image.open(BytesIO(page.screenshot()))
    context.close()
    picture.save(ALL / f"{name}-{width}-{theme}.webp", quality=80)
    if (width, theme) in KEPT:
        picture.save(HERE / f"{name}-{width}-{theme}.webp", quality=70, method=6)


def main(origin: str) -> None:
    ALL.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name in PAGES:
            for width in WIDTHS:
                for theme in ("light", "dark"):
                    take(browser, origin, name, width, theme)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
