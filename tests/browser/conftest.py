"""A real browser for the tests of this folder.

`CHROMIUM` names a browser; else an installed Chromium or Chrome is used, else
Playwright's own is downloaded, else the tests are skipped, loudly.
`REQUIRE_BROWSER=1` turns that skip into a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    Browser,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.conftest import BROWSER_MISSING

HERE = Path(__file__).parent
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HEIGHTS = {360: 740, 768: 1024, 1280: 900}
TIMEOUT_MS = 15_000
DOWNLOAD_SECONDS = 300

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def find_browser() -> str | None:
    """The path of an installed browser."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def download_browser() -> bool:
    """Playwright's own browser, where the network gives it."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        result = subprocess.run(
            command, capture_output=True, timeout=DOWNLOAD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0


def launch(playwright: Playwright) -> Browser:
    """A running browser, or a skip that `REQUIRE_BROWSER` makes a failure."""
    if path := find_browser():
        return playwright.chromium.launch(executable_path=path, args=FLAGS)
    try:
        return playwright.chromium.launch(args=FLAGS)
    except Error:
        if download_browser():
            return playwright.chromium.launch(args=FLAGS)
    sentence = (
        f"{BROWSER_MISSING}: neither Chromium nor Chrome is installed or downloadable"
    )
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a worker."""
    # Playwright's synchronous interface keeps an event loop running in this thread,
    # and Django would refuse every query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """A function that opens a new page in a context of its own (a new visitor).

    Paths are relative to the running site: `open_page(width=360).goto("/")`.
    At the end the test fails where a page logged an error, threw one, or asked
    another host for anything; `page.problems` may be cleared by a test that meant it.
    """
    contexts = []
    problems: list[str] = []

    def open_one(
        width: int = 1280,
        *,
        dark: bool = False,
        javascript: bool = True,
        print_media: bool = False,
        **options: Any,
    ) -> Page:
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            # Else what a test puts in the way of a request never sees it.
            service_workers=options.pop("service_workers", "block"),
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        if print_media:
            page.emulate_media(media="print")
        watch(page, live_server.url, problems)
        return page

    open_one.problems = problems  # type: ignore[attr-defined]  # read by tests that expect some
    yield open_one
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


def watch(page: Page, origin: str, problems: list[str]) -> None:
    """Collect what a reader would not see: refusals of the policy, script errors, strange hosts."""

    def on_console(message: Any) -> None:
        # A status such as 404 or 422 is the test's business, not an error of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(f"console: {message.text}")

    def on_request(request: Any) -> None:
        if not request.url.startswith((origin, "data:", "blob:", "about:")):
            problems.append(f"a request to another host: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", on_request)


@pytest.fixture(params=[360, 1280], ids=["phone", "desktop"])
def width(request: pytest.FixtureRequest) -> Any:
    """Each test that takes it runs at both widths."""
    return request.param


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def dark(request: pytest.FixtureRequest) -> Any:
    """Each test that takes it runs in both colour schemes."""
    return request.param


@pytest.fixture
def page(open_page: OpenPage, width: int) -> Page:
    """A visitor's page, at both widths, with scripts."""
    return open_page(width)


@pytest.fixture
def page_without_javascript(open_page: OpenPage, width: int) -> Page:
    """A visitor's page, at both widths, without scripts."""
    return open_page(width, javascript=False)
