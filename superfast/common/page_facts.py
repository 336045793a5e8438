"""What a page says of itself: title, site and date, for the words of a link.

Not a parser of HTML: only tags of the head are looked for, by expressions whose time
grows with the length alone. Parsers that build the tree were tried (lexbor): text that
nests formatting a hundred thousand times keeps them busy for minutes.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from superfast.common.fetching import Page
from superfast.common.text import clean_text

LONGEST_TITLE = 300
_LONGEST_HEAD = 500_000
_DEEPEST = 4
_TYPES = {"text/html", "application/xhtml+xml"}

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_:.-]{1,40})", re.I)
# Python knows others, some of them slow or no text at all.
_OF_PAGES = re.compile(
    r"utf-8|utf-16(-[bl]e)?|iso8859-\d+|cp(125\d|866|874|932|949)|koi8-[ru]"
    r"|gb(2312|k|18030)|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp|mac-cyrillic"
)
# Possessive, and no `<` outside quotes: no text makes it look at a place often.
_TAG = re.compile(
    r"<(meta|title|script)\b((?:[^<>\"']++|\"[^\"]{0,5000}+\"|'[^']{0,5000}+'){0,100}+)>",
    re.I,
)
_END = {tag: re.compile(rf"</{tag}\b", re.I) for tag in ("title", "script")}
_ATTRIBUTE = re.compile(
    r"([a-z][\w:.-]{0,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ARTICLE = re.compile(r"Article|Posting|Report|WebPage|Work$")

_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title")
_SITES = ("og:site_name", "application-name", "citation_journal_title")
_DATES = (
    "article:published_time",
    "citation_publication_date",
    "citation_date",
    "date",
    "dc.date",
    "dc.date.issued",
    "parsely-pub-date",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFacts:
    """Plain text, one line each; empty or None where the page does not say."""

    title: str = ""
    authors: tuple[str, ...] = ()
    site_name: str = ""
    dated_on: date | None = None


def read_facts(page: Page) -> PageFacts:
    """What the page says of itself; nothing of what is no HTML."""
    if page.content_type not in _TYPES:
        return PageFacts()
    return facts_of(decode(page)[:_LONGEST_HEAD])


def decode(page: Page) -> str:
    """The page's text, by its byte order mark, the header's charset, or its own."""
    head = page.body[:2048].decode("latin-1")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if page.body.startswith(mark):
            return page.body.decode(name, "replace")
    for said in (page.headers.get("content-type", ""), head):
        if match := _CHARSET.search(said):
            return page.body.decode(_codec(match[1]), "replace")
    try:
        # One that is cut may end in the middle of a character.
        return codecs.getincrementaldecoder("utf-8")().decode(page.body)
    except UnicodeDecodeError:
        return page.body.decode("windows-1252", "replace")


def _codec(name: str) -> str:
    """A codec for pages; UTF-8 where the name is unknown or none that pages are in."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    # Browsers read latin-1 as windows-1252.
    if found in {"iso8859-1", "ascii"}:
        return "windows-1252"
    return found if _OF_PAGES.fullmatch(found) else "utf-8"


def facts_of(text: str) -> PageFacts:
    """What a text of HTML says of itself."""
    said: dict[str, str] = {}
    title, articles = "", []
    authors: list[str] = []
    for tag, attributes, content in _head_tags(_without_comments(text)):
        if tag == "meta":
            name = (attributes.get("property") or attributes.get("name") or "").lower()
            content = _line(attributes.get("content", ""))
            said.setdefault(name, content)
            if name == "citation_author" and content:
                authors.append(_turned(content))
        elif tag == "title":
            title = title or _line(unescape(content))
        elif "ld+json" in attributes.get("type", ""):
            articles += list(_articles(content))
    linked: dict[str, Any] = articles[0] if articles else {}
    return PageFacts(
        title=_first(said, _TITLES) or _text(linked.get("headline")) or title,
        authors=tuple(authors[:500]),
        site_name=_first(said, _SITES) or _text(_name_of(linked.get("publisher"))),
        dated_on=_date(_first(said, _DATES))
        or _date(_text(linked.get("datePublished"))),
    )


def _without_comments(text: str) -> str:
    kept, start = [], 0
    while (begin := text.find("<!--", start)) >= 0:
        kept.append(text[start:begin])
        end = text.find("-->", begin + 4)
        if end < 0:
            return "".join(kept)
        start = end + 3
    kept.append(text[start:])
    return "".join(kept)


def _head_tags(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Each meta, title and script: its name, attributes and what is in it."""
    position = 0
    while match := _TAG.search(text, position):
        tag, position = match[1].lower(), match.end()
        attributes = {
            name.lower(): unescape(a or b or c)
            for name, a, b, c in _ATTRIBUTE.findall(match[2])
        }
        content = ""
        if tag != "meta":
            end = _END[tag].search(text, position)
            if not end:
                return
            content, position = text[position : end.start()], end.end()
        yield tag, attributes, content


def _articles(content: str) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return
    yield from _objects(found, _DEEPEST)


def _objects(found: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for item in found[:50]:
            if depth:
                yield from _objects(item, depth - 1)
    elif isinstance(found, dict):
        kinds = found.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(name, str) and _ARTICLE.search(name) for name in names):
            yield found
        if depth and "@graph" in found:
            yield from _objects(found["@graph"], depth - 1)


def _name_of(found: Any) -> Any:
    found = found[0] if isinstance(found, list) and found else found
    return found.get("name") if isinstance(found, dict) else found


def _text(found: Any) -> str:
    return _line(unescape(found)) if isinstance(found, str) else ""


def _line(text: str) -> str:
    """One line, cleaned, of a bearable length."""
    line = " ".join(clean_text(text[:4000]).split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def _turned(name: str) -> str:
    """“Given Family” of “Family, Given”, which is how citation tags have it."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma else name


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _date(text: str) -> date | None:
    match = _DATE.search(text.replace("/", "-"))
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
