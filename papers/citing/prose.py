"""What printed citations are put together from: pieces of text, names, titles, pages.

A citation is a list of pieces of plain text, some of them italic or links. Nothing
here is HTML: a template writes the pieces, and escapes them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Self

from papers.citing.entry import Credited
from papers.names import PersonName

_STOPS = ".?!…"
_CLOSING = "”’"
_ASIDE = re.compile(r"\s*[(“\"][^()“”\"]*[)”\"]")
_RANGE = re.compile(r"([0-9]+)\s*[-–—]{1,2}\s*([0-9]+)")
_STRAIGHT = re.compile(r'"([^"]*)"')
# Words that a headline leaves small, unless they begin or end it or a part of it.
_SMALL = re.compile(
    "a|an|the|and|as|but|for|nor|or|so|than|yet|about|above|across|after|against|along"
    "|among|around|at|before|behind|below|beneath|beside|between|beyond|by|down|during"
    "|except|from|in|inside|into|near|of|off|on|onto|out|outside|over|per|since|through"
    "|throughout|to|towards?|under|until|up|upon|versus|via|vs\\.?|with|within|without"
)
_SIGNS = re.compile(r"[0-9<>*_\\$@=&]")
_WORD = re.compile(r"\$[^$]+\$|[^\s\-–—/]+|[\s\-–—/]+")


class Piece(NamedTuple):
    """Some text of a citation; `own` marks a paper's own words, of any direction."""

    text: str
    italic: bool = False
    href: str = ""
    own: bool = False


class Line:
    """A citation while it is written, a piece at a time."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def add(
        self, text: str, *, italic: bool = False, href: str = "", own: bool = False
    ) -> Self:
        """Text is appended, unless there is none."""
        if text:
            self.pieces.append(Piece(text, italic, href, own))
        return self

    def join(
        self, parts: Iterable[Sequence[Piece]], by: str = ", ", *, end: str = ""
    ) -> Self:
        """Parts are appended with a mark between each two; empty ones are left out."""
        filled = [part for part in parts if any(piece.text for piece in part)]
        for place, part in enumerate(filled):
            self.add(by if place else "")
            self.pieces += [piece for piece in part if piece.text]
        return self.add(end) if filled else self

    def stop(self, mark: str = ".") -> Self:
        """The text so far ends a sentence: the mark follows, unless one stands there."""
        return self if ends(text_of(self.pieces)) else self.add(mark)


def text_of(pieces: Iterable[Piece]) -> str:
    """A citation as plain text."""
    return "".join(piece.text for piece in pieces)


def ends(text: str) -> bool:
    """Whether a sentence ends here already, behind whatever quotation mark."""
    return text.rstrip(_CLOSING)[-1:] in {*_STOPS}


def plain(text: str, *, italic: bool = False) -> list[Piece]:
    """A part of one piece, or of none."""
    return [Piece(text, italic)] if text else []


def quoted(title: str, mark: str = ".") -> list[Piece]:
    """A title in quotation marks, the mark within them as Americans print it."""
    inner = _STRAIGHT.sub(r"‘\1’", title).replace("“", "‘").replace("”", "’")
    mark = "" if ends(inner) else mark
    if "‘" in inner and inner.endswith("’"):
        return [Piece("“"), Piece(inner[:-1], own=True), Piece(f"{mark}’”")]
    return [Piece("“"), Piece(inner, own=True), Piece(f"{mark}”")]


def headline(title: str) -> str:
    """A title with the capitals of a headline; capitals that stand are never taken away.

    Words with a capital, a digit or a sign of mathematics or markup stay as they are.
    """
    words = _WORD.findall(title)
    last = max((i for i, word in enumerate(words) if not _is_gap(word)), default=0)
    begins = True
    for place, word in enumerate(words):
        if _is_gap(word):
            continue
        opens = words[place + 1 : place + 2] == ["-"] and words[place - 1] != "-"
        small = _SMALL.fullmatch(word.strip("()[],;")) and not opens
        if begins or place == last or not small:
            words[place] = _raised(word)
        begins = word[-1] in ".?!…:"
    return "".join(words)


def _is_gap(text: str) -> bool:
    return text[0].isspace() or text[0] in "-–—/"


def _raised(word: str) -> str:
    first = next((i for i, letter in enumerate(word) if letter.isalpha()), None)
    if first is None or word != word.lower() or _SIGNS.search(word):
        return word
    return word[:first] + word[first].upper() + word[first + 1 :]


def initials(given: str) -> str:
    """“Jean-Baptiste” is “J.-B.”; asides go, scripts without capitals stay whole."""
    words = _ASIDE.sub(" ", given).replace(".", ". ").split()
    shortened = (
        "-".join(_initial(part) for part in word.rstrip(".").split("-") if part)
        for word in words
    )
    return " ".join(filter(None, shortened))


def _initial(part: str) -> str:
    first = part[0]
    return f"{first}." if first.lower() != first.upper() else part


def inverted(who: Credited, given: str | None = None, *, demoted: bool = False) -> str:
    """“van Beethoven, Ludwig, Jr.”, or “Beethoven, Ludwig van, Jr.” if demoted."""
    name = who.name
    if who.corporate:
        return name.display
    given = name.given if given is None else given
    if demoted and given:
        family, given = name.family, " ".join(filter(None, (given, name.particle)))
    else:
        family = name.full_family
    return ", ".join(filter(None, (family, given, name.suffix)))


def natural(who: Credited, given: str | None = None) -> str:
    """The name as it is read out, with these given names."""
    if who.corporate or given is None:
        return who.display
    name = who.name
    return PersonName(name.family, given, name.particle, name.suffix).display


def listed(names: Sequence[str], last: str, *, pair: str | None = None) -> str:
    """“A, B, and C” where `last` is “, and ”; of two, `pair` stands between."""
    if len(names) < 2:
        return "".join(names)
    between = last if pair is None or len(names) > 2 else pair
    return ", ".join(names[:-1]) + between + names[-1]


def page_range(pages: str) -> tuple[str, str] | None:
    """The first and the last page, both in full; None where it is no plain range."""
    match = _RANGE.fullmatch(pages.strip())
    if match is None:
        return None
    first, last = match.groups()
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def full_pages(pages: str) -> str:
    """“103–109”."""
    found = page_range(pages)
    return "–".join(found) if found else _dashed(pages)


def two_digit_pages(pages: str) -> str:
    """“103–09”, as MLA prints it: two digits of the last page, or what differs."""
    return _shortened(pages, _differing)


def chicago_pages(pages: str) -> str:
    """“103–9” and “121–28”, as Chicago prints it; in full up to 100 and from hundreds."""

    def last_page(first: str, last: str) -> str:
        if int(first) % 100 == 0:
            return last
        cut = _differing(first, last)
        return cut.lstrip("0") if first[-2] == "0" and len(cut) <= 2 else cut

    return _shortened(pages, last_page)


def _shortened(pages: str, last_page: Callable[[str, str], str]) -> str:
    found = page_range(pages)
    if found is None:
        return _dashed(pages)
    first, last = found
    if len(first) < 3 or len(first) != len(last):
        return "–".join(found)
    return f"{first}–{last_page(first, last)}"


def _differing(first: str, last: str) -> str:
    same = next((i for i in range(len(first)) if first[i] != last[i]), len(first))
    return last[min(same, len(last) - 2) :]


def _dashed(pages: str) -> str:
    return re.sub(r"\s*-{1,2}\s*", "–", pages.strip())
