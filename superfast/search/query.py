"""What a reader typed, as words; nothing of it is syntax to a database any more."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from superfast.common.text import clean_text
from superfast.search.words import fold_words

MAX_CHARS = 1_000
MAX_WORDS = 16
MIN_PREFIX = 2  # a single letter begins too many words to look them all up

_QUOTES = re.compile('["“”„«»]')
# What parts words. Anything else joins them: `text-to-image`, `GPT-3`, `don’t`.
_GAP = re.compile(r"[\s,;:/|()\[\]{}<>!?*+=~^…–—→]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand together; as a prefix, the last of them is only begun."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all occur; none where there was no word in the text."""

    terms: tuple[Term, ...]


def parse(text: str) -> Query:
    """The terms of any text whatever.

    A quotation mark without its other half quotes to the end, as it does while typing.
    """
    pieces = _QUOTES.split(clean_text(text[:MAX_CHARS]))
    is_open: dict[tuple[str, ...], bool] = {}
    for number, piece in enumerate(pieces):
        is_quoted = number % 2 == 1
        is_closed = is_quoted and number < len(pieces) - 1
        for chunk in [piece] if is_quoted else _GAP.split(piece):
            if words := tuple(fold_words(chunk)):
                is_open[words] = not is_closed
    terms = _bounded(is_open)
    if not terms:
        return Query(())
    *others, last = terms
    is_prefix = is_open.get(last, False) and len(last[-1]) >= MIN_PREFIX
    return Query((*map(Term, others), Term(last, is_prefix)))


def _bounded(terms: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    bounded: list[tuple[str, ...]] = []
    room = MAX_WORDS
    for words in terms:
        if words[:room]:
            bounded.append(words[:room])
            room -= len(bounded[-1])
    return bounded
