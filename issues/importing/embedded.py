"""What is embedded in HTML, and has no place in a text."""

from collections.abc import Iterator
from html import unescape

from superfast.common.raw_html import RawElement, raw_elements
from superfast.common.text import clean_text

_EMBEDS = {"audio", "embed", "iframe", "object", "video"}
_LONGEST = 500


def name_embedded(html: str) -> Iterator[str]:
    """A sentence for each film, sound or page within the page: it does not come along."""
    for element in _find_embedded(html):
        address = clean_text(unescape(element.address))[:_LONGEST]
        yield f"“<{element.name}>” was left out: {address or 'it has no address'}"


def _find_embedded(html: str) -> Iterator[RawElement]:
    open_one: RawElement | None = None
    for element in raw_elements(html):
        if open_one:  # its address may stand in the element that follows
            is_source = element.name == "source" and element.address
            address = element.address if is_source else ""
            yield RawElement(open_one.name, address, open_one.line)
        open_one = None
        if element.name in _EMBEDS and element.address:
            yield element
        elif element.name in _EMBEDS:
            open_one = element
    if open_one:
        yield open_one
