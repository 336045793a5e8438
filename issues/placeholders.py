"""Places in a text where a writer has left something out: `(link)`, `(tweet and arxiv)`, `TK`.

A place is known by the words around it on its line, so that it is found again when
the text has changed elsewhere.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from superfast.common.escaping import as_destination
from superfast.common.links import host_of
from superfast.common.parser import parser
from superfast.common.text import fold

_KIND = (
    r"(?:links?|tweet|arxiv|thread|paper|code|blog|post|video|demo|github|repo|pdf|slides"
    r"|site|website|article|announcement|source)(?: \d{1,2})?"
)
# One word only where it is `link`; of several, one at least says that a link is meant.
_BRACKET = re.compile(
    rf"\((?:link(?: \d{{1,2}})?|(?=[^()\n]{{0,80}}\b(?:links?|tweet|arxiv)\b)"
    rf"{_KIND}(?:\s?(?:,|&|/|\+|,? ?\band\b)\s?{_KIND}){{1,4}})\)",
    re.IGNORECASE,
)
_WORDS = re.compile(_KIND, re.IGNORECASE)
# Journalists write it in capitals; in small ones it is a toolkit, or an address in Tokelau.
_TO_COME = re.compile(r"\bTK\b")

_CODE = re.compile(r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_ADDRESS = re.compile(
    r"\]\((?!link\))[^()\s]*\)|<?https?://[^\s<>()]+>?", re.IGNORECASE
)
_LINK = re.compile(r"\[([^\]\n]*)\]\([^()\s]*\)")
_FILLED = re.compile(r"\((?:\[[^\]\n]*\]\([^()\s]*\)[^()\[\]\n]{0,12}){1,5}\)")
_CONTEXT = 60
# Of a line: enough for a title. The whole of it beside each of its places would be too much.
_KEPT = 300


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place where an address is to come; positions count characters of the text."""

    start: int
    end: int
    line: int  # from 1
    text: str  # as it stands there, brackets and all
    words: tuple[str, ...]  # what the addresses are of: one each
    before: str  # on its line, as far as 300 characters
    after: str
    key: str  # the words around it: the same after changes elsewhere


def find_placeholders(body: str) -> list[Placeholder]:
    """Where addresses are missing, in order. Code and addresses are not looked into."""
    found: list[Placeholder] = []
    seen: Counter[str] = Counter()
    for number, start, line, masked in _lines(body):
        for match in _BRACKET.finditer(masked):
            before = line[max(0, match.start() - _KEPT) : match.start()]
            after = line[match.end() : match.end() + _KEPT]
            context = _context(before)[-_CONTEXT:], _context(after)[:_CONTEXT]
            base = f"{context[0]}|{fold(match[0])}|{context[1]}"
            seen[base] += 1
            found.append(
                Placeholder(
                    start=start + match.start(),
                    end=start + match.end(),
                    line=number,
                    text=match[0],
                    words=tuple(word.lower() for word in _WORDS.findall(match[0])),
                    before=before,
                    after=after,
                    key=f"{base}|{seen[base]}",
                )
            )
    return found


def _context(words: str) -> str:
    """Words around a place, the same whether or not their own links are filled."""
    bare = _LINK.sub(r"\1", _BRACKET.sub(" ", _FILLED.sub(" ", words)))
    return fold(bare)


def place_of(key: str, places: Sequence[Placeholder]) -> Placeholder | None:
    """The place of this key; of several alike, one of which was filled, the last one left."""
    alike = [p for p in places if p.key.rpartition("|")[0] == key.rpartition("|")[0]]
    return next((p for p in alike if p.key == key), alike[-1] if alike else None)


def find_gaps(body: str) -> list[int]:
    """Lines, from 1, that hold a `TK`: something is to come."""
    return [
        number
        for number, _, _, masked in _lines(body)
        for _ in _TO_COME.findall(masked)
    ]


def _lines(body: str) -> list[tuple[int, int, str, str]]:
    """Number, position, text, and text without code and addresses, of each line of prose."""
    code: set[int] = set()
    if "(" in body or "TK" in body:
        for token in parser.parse(body):
            if token.type in {"fence", "code_block"} and token.map:
                code.update(range(token.map[0], token.map[1]))
    lines = []
    start = 0
    for index, line in enumerate(body.split("\n")):
        if index not in code:
            lines.append(
                (index + 1, start, line, _ADDRESS.sub(_blank, _CODE.sub(_blank, line)))
            )
        start += len(line) + 1
    return lines


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


_PREFIX = re.compile(r"^\s*(?:(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)\s+)+")
_SENTENCE_END = re.compile(r"[.!?:;…]\W*$")
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Filling:
    """What is to be put where so that a place is filled."""

    start: int
    end: int
    text: str


def filling(place: Placeholder, urls: Sequence[str]) -> Filling:
    """The links for a place, as an editor would write them.

    The words of a list's item or of a heading become the link; in running text the
    link stands in the brackets, under the name of its site. Of two links in one
    bracket each keeps its word.

    Args:
        place: of the text as it is now.
        urls: one for each of its words.

    Raises: ValueError where there are more or fewer.
    """
    if len(urls) != len(place.words):
        raise ValueError("Each link has an address of its own.")
    if place.before.endswith("]"):
        return Filling(place.start, place.end, f"({as_destination(urls[0])})")
    prefix = _PREFIX.match(place.before)
    if (
        prefix
        and len(urls) == 1
        and _may_be_label(place.before[prefix.end() :], place.after)
    ):
        label = place.before[prefix.end() :].rstrip()
        start = place.start - len(place.before) + prefix.end()
        return Filling(start, place.end, _link(label, urls[0]))
    if len(urls) == 1:
        return Filling(place.start, place.end, f"({_link(site_of(urls[0]), urls[0])})")
    text, end = "", 0
    for match, url in zip(_WORDS.finditer(place.text), urls, strict=True):
        text += place.text[end : match.start()] + _link(match[0], url)
        end = match.end()
    return Filling(place.start, place.end, text + place.text[end:])


def fill(body: str, place: Placeholder, urls: Sequence[str]) -> str:
    """The text with links in that place; see `filling`."""
    done = filling(place, urls)
    return body[: done.start] + done.text + body[done.end :]


def site_of(url: str) -> str:
    """What stands for a link that has no words of its own."""
    return host_of(url).removeprefix("www.") or "link"


def _link(label: str, url: str) -> str:
    return f"[{label}]({as_destination(url)})"


def _may_be_label(words: str, after: str) -> bool:
    """Whether what stands before a place is a title, not a sentence with links of its own."""
    rest = after.strip()
    return (
        0 < len(words.strip()) <= _LONGEST_LABEL
        and not _SENTENCE_END.search(words.strip())
        and not {"[", "]", "<"} & set(words.replace("\\[", "").replace("\\]", ""))
        and (not rest or rest[0] in "—–-:")
    )
