"""Takes the pictures of the README and the editors' guide, from a site started by `make run`.

    make screenshots [ARGS=http://127.0.0.1:9000]

It plays the quiz of the first demonstration issue, as one more player. Pictures of the
desk need an account: EDITOR_NAME (else `editor`) and EDITOR_PASSWORD. What it types may be
saved by itself: take them from a demonstration site.
"""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import PIL.Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import launch

HERE = Path(__file__).parent
WIDE = (1280, 960)
PHONE = (360, 740)
COLOURS = 96  # enough for pages of text, and a quarter of the bytes
TEXT = "textarea.markdown-editor"

Show = Callable[[Page], None]


def show_issue(page: Page) -> None:
    page.goto("/issues/2023-01-11/")


def show_reveal(page: Page) -> None:
    page.goto("/quiz/2023-01-11/")
    page.get_by_label("Runway ML launches Cineffusion").check()
    page.wait_for_timeout(1_100)  # a guess within a second is not counted
    page.get_by_role("button", name="Lock in my guess").click()
    page.locator("#verdict").wait_for()
    page.mouse.move(0, 0)


def show_desk(page: Page) -> None:
    page.goto("/admin/")


def show_writing(page: Page) -> None:
    open_draft(page)
    put_cursor(page, "## ")
    page.locator(TEXT).scroll_into_view_if_needed()


def show_finding(page: Page) -> None:
    open_draft(page)
    put_cursor(page, "\n\n## ")
    page.keyboard.type(" We wrote about this before: [[mod")
    page.get_by_role("option").first.wait_for()


def show_blocks(page: Page) -> None:
    open_draft(page)
    page.get_by_role("button", name="Desktop").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.get_by_role("button", name="Block", exact=True).click()


def show_phone(page: Page) -> None:
    open_draft(page)
    page.locator(TEXT).scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.desk-bar').scrollIntoView()")


def open_draft(page: Page) -> None:
    page.goto("/admin/issues/issue/?status=draft")
    page.locator("#result_list .field-title a").first.click()
    frame = page.frame_locator("iframe.desk-preview-frame")
    frame.get_by_role("heading", level=2).first.wait_for()


def put_cursor(page: Page, words: str) -> None:
    page.locator(TEXT).evaluate(
        """(field, words) => {
          const place = Math.max(0, field.value.indexOf(words));
          field.focus();
          field.setSelectionRange(place, place);
        }""",
        words,
    )


READERS: dict[str, tuple[Show, tuple[int, int]]] = {
    "issue": (show_issue, WIDE),
    "reveal": (show_reveal, WIDE),
}
EDITORS: dict[str, tuple[Show, tuple[int, int]]] = {
    "desk": (show_desk, WIDE),
    "writing": (show_writing, WIDE),
    "blocks": (show_blocks, WIDE),
    "phone": (show_phone, PHONE),
    "finding": (show_finding, WIDE),  # last: what it types is saved by itself
}


def sign_in(page: Page, password: str) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(os.environ.get("EDITOR_NAME", "editor"))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def take(
    browser: Browser,
    origin: str,
    name: str,
    show: Show,
    size: tuple[int, int],
    password: str,
) -> None:
    width, height = size
    context = browser.new_context(
        base_url=origin, viewport={"width": width, "height": height}
    )
    page = context.new_page()
    # An unsaved text asks before it is left.
    page.on("dialog", lambda dialog: dialog.accept())
    if password:
        sign_in(page, password)
    show(page)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(500)
    picture = PIL.Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=PIL.Image.Dither.NONE).save(
        HERE / f"{name}.png", optimize=True
    )
    context.close()


def main(origin: str) -> None:
    password = os.environ.get("EDITOR_PASSWORD", "")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, (show, size) in READERS.items():
            take(browser, origin, name, show, size, "")
        for name, (show, size) in EDITORS.items() if password else ():
            take(browser, origin, f"desk-{name}", show, size, password)
        browser.close()
    if not password:
        sys.stderr.write("Without EDITOR_PASSWORD, the desk was left out.\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
