"""What every page is looked at for: axe, sideways scrolling, and by people."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look_at(
    page: Page, name: str, *, by_axe: bool = True, within: str = "body"
) -> None:
    """Nothing that axe finds, nothing that scrolls sideways; a picture for `LOOK`.

    Who has pressed something waits for the page that it leads to first. `within` is
    what axe looks at where the rest is Django's own.
    """
    page.wait_for_load_state("load")
    if folder := os.environ.get("LOOK"):
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        scheme = "dark" if dark else "light"
        shot = f"{name}-{page.evaluate('innerWidth')}-{scheme}.png"
        page.screenshot(path=Path(folder) / shot, full_page=True)
    assert page.evaluate(WIDE) <= 0, f"{name} scrolls sideways"
    if not by_axe:
        return
    # Django's own search box has a picture for a label.
    looked_at = {"include": [[within]], "exclude": [["#searchbar"]]}
    found = Axe().run(page, context=looked_at)
    violations = found.response["violations"]
    told = [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in violations]
    assert told == [], name
