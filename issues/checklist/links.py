"""The links of a text: where they lead, what they are called, whether twice."""

import re
from collections.abc import Iterable

from issues.checklist.findings import Finding, error, warning
from issues.models import Link
from superfast.common.links import host_of
from superfast.common.outline import AddressPart, Outline
from superfast.common.text import fold

# “here”, “click here”, “read it here”: a list of links says nothing with these.
_SAYS_NOTHING = re.compile(
    r"(?:(?:right|over|see|click|read|look|it|this) ){0,3}here|click(?: this)?"
)

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# `[words](link)` is a link to fill, and named as one.
_TO_FILL = "link"


def check_links(parts: Outline) -> Iterable[Finding]:
    """Cost: one query, none without links."""
    links = [
        link for link in parts.links if link.url.startswith(("http://", "https://"))
    ]
    yield from _check_broken(links)
    for link in parts.links:
        if link.url.lower() != _TO_FILL:
            yield from _check_address(link)
        if not link.text:
            sentence = f"The link to {link.url} has no words: readers do not see it."
            yield error("link-empty", sentence, link.line)
        if _SAYS_NOTHING.fullmatch(fold(link.text)):
            sentence = f"The link “{link.text}” does not say where it leads."
            yield warning("link-text", sentence, link.line)
    first: dict[str, int] = {}
    for link in links:
        url = link.url.rstrip("/")
        if url in first:
            sentence = f"The same address is linked on line {first[url]}: {link.url}"
            yield warning("address-twice", f"{sentence}.", link.line)
        first.setdefault(url, link.line)


def _check_address(link: AddressPart) -> Iterable[Finding]:
    """It is one that readers can follow."""
    if not link.url:
        yield error(
            "link-address", f"The link “{link.text}” has no address.", link.line
        )
    elif _leads_nowhere(link.url):
        sentence = (
            f"The link to “{link.url}” leads nowhere: an address begins with "
            "“https://”, or with “/” on this site."
        )
        yield error("link-address", sentence, link.line)


def _leads_nowhere(url: str) -> bool:
    scheme = _SCHEME.match(url)
    if scheme is None:
        return not url.startswith(("/", "#"))
    name = scheme[1].lower()
    return name != "mailto" and (name not in {"http", "https"} or not host_of(url))


def _check_broken(links: list[AddressPart]) -> Iterable[Finding]:
    urls = {link.url for link in links}
    if not urls:
        return
    broken = set(
        Link.objects.broken().filter(url__in=urls).values_list("url", flat=True)
    )
    for link in links:
        if link.url in broken:
            yield error("broken-link", f"The link to {link.url} is broken.", link.line)
