"""Takes the pictures that the README shows, from a site started by `make run`.

    make screenshots [ARGS=http://127.0.0.1:9000]

It plays the quiz of the first demonstration issue, as one more player.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import launch

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 960}


def show_issue(page: Page) -> None:
    page.goto("/issues/2023-01-11/")


def show_reveal(page: Page) -> None:
    page.goto("/quiz/2023-01-11/")
    page.get_by_label("Runway ML launches Cineffusion").check()
    page.wait_for_timeout(1_100)  # a guess within a second is not counted
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator("#verdict").wait_for()
    page.mouse.move(0, 0)


def main(origin: str) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, show in {"issue": show_issue, "reveal": show_reveal}.items():
            context = browser.new_context(base_url=origin, viewport=SIZE)  # type: ignore[arg-type]
            page = context.new_page()
            show(page)
            page.evaluate("document.fonts.ready")
            page.wait_for_timeout(500)
            page.screenshot(path=HERE / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
