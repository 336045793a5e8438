"""Where in a text the words of a query stand, for readers to see why it was found.

The databases decide what is found; here it is only shown, by a rule that is close to
their stemming, so that no second copy of the text and no further query is needed.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from superfast.search.query import Query
from superfast.search.words import fold_words

EXCERPT = 240
_LEAD = 60  # characters before the first match
_MAX_TEXT = 50_000

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_MIN_STEM = 3
_ENDING = re.compile(
    r"""e?[sd] | e | ers? | ings? | ions? | ive(ly)? | ations? | ational | ators?
    | al(ly)? | ly | y | ie[sd] | ily | i?ness | ments? | [ai]b(le|ility)
    | i[sz](e[sd]? | ing | er | ation) | it(y | ies) | ous | ic(al | s)?
    | ful(ness)? | less | [ae]n(t | ce)""",
    re.VERBOSE,
)


class Segment(NamedTuple):
    """A piece of text as it was written, and whether it is what was looked for."""

    text: str
    is_match: bool


def mark(text: str, query: Query) -> tuple[Segment, ...]:
    """The whole text, in segments that matched and segments that did not."""
    text = unicodedata.normalize("NFC", text)
    return _segments(text, _matches(text, query), 0, len(text))


def whole(text: str) -> tuple[Segment, ...]:
    """The whole text in one piece, with nothing marked."""
    return (Segment(text, False),) if text else ()


def excerpt(text: str, query: Query, length: int = EXCERPT) -> tuple[Segment, ...]:
    """About `length` characters around the most matches that stand close together.

    The beginning of the text where none is in it. "…" stands for what is left out.
    """
    text = unicodedata.normalize("NFC", " ".join(text[:_MAX_TEXT].split()))
    matches = _matches(text, query)
    start = max(_best_start(matches, length) - _LEAD, 0)
    if start:
        start = text.find(" ", start) + 1
    end = min(start + length, len(text))
    if end < len(text):
        end = max(text.rfind(" ", start, end), start) or end
    segments = _segments(text, matches, start, end)
    before = (Segment("… ", False),) if start else ()
    after = (Segment(" …", False),) if end < len(text) else ()
    return (*before, *segments, *after)


def _matches(text: str, query: Query) -> list[tuple[int, int]]:
    wanted = [
        (word, term.is_prefix and position == len(term.words) - 1)
        for term in query.terms
        for position, word in enumerate(term.words)
    ]
    # Forms of a word begin alike; the few words that do are looked at more closely.
    heads = {word[:2] for word, _ in wanted}
    known: dict[str, bool] = {}
    spans = []
    for match in _WORD.finditer(text):
        written = match.group()
        if written[:2].lower() not in heads and written.isascii():
            continue
        if written not in known:
            known[written] = any(
                _is_form(found, word) or (is_prefix and found.startswith(word))
                for found in fold_words(written)
                for word, is_prefix in wanted
            )
        if known[written]:
            spans.append(match.span())
    return spans


@lru_cache(maxsize=10_000)
def _is_form(found: str, wanted: str) -> bool:
    """Whether two words differ by nothing but an English ending."""
    if found == wanted:
        return True
    stem = 0
    for a, b in zip(found, wanted, strict=False):
        if a != b:
            break
        stem += 1
    return any(
        _is_ending(found[:cut], found[cut:]) and _is_ending(wanted[:cut], wanted[cut:])
        for cut in range(_MIN_STEM, stem + 1)
    )


def _is_ending(stem: str, rest: str) -> bool:
    # "programming": the last letter of a short stem is doubled
    rest = rest[1:] if rest[:1] == stem[-1] and rest[1:] else rest
    return not rest or _ENDING.fullmatch(rest) is not None


def _best_start(matches: list[tuple[int, int]], length: int) -> int:
    best, best_start, first = 0, 0, 0
    for last, (_, end) in enumerate(matches):
        while end - matches[first][0] > length - _LEAD and first < last:
            first += 1
        if last - first + 1 > best:
            best, best_start = last - first + 1, matches[first][0]
    return best_start


def _segments(
    text: str, matches: list[tuple[int, int]], start: int, end: int
) -> tuple[Segment, ...]:
    segments, at = [], start
    for begin, stop in matches:
        if begin < start or stop > end:
            continue
        segments += [Segment(text[at:begin], False), Segment(text[begin:stop], True)]
        at = stop
    segments.append(Segment(text[at:end], False))
    return tuple(segment for segment in segments if segment.text)
