"""The links of a rendered text."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

from superfast.common import blocks as b

LONGEST_ADDRESS = 2000

_LINK = re.compile(r'<a href="(https?://[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def find_links(blocks: Iterable[b.Block]) -> Iterator[tuple[str, str, str]]:
    """Address, words and section (its anchor) of every link to another site."""
    anchor = ""
    for block in blocks:
        if isinstance(block, b.Heading):
            anchor = block.anchor
        if isinstance(block, b.Card):
            yield block.url[:LONGEST_ADDRESS], block.title, anchor
        for part in block.parts():
            for url, text in _LINK.findall(part):
                if len(url) <= LONGEST_ADDRESS:
                    yield unescape(url), b.strip_tags(text), anchor


def host_of(url: str) -> str:
    """The host of an address as far as a column holds it; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:  # `http://[x`: what follows the bracket is no address of a host
        return ""
