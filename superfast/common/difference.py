"""What became of a text: the difference between two of them, in words, and merging three.

RapidFuzz finds the longest common subsequence, of passages first, then of the words of
those that differ. Spaces within a line are not compared.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import LCSseq

Kind = Literal["same", "removed", "added"]

# The comparison takes a bit for each pair: 100 million are 12 MB and some 20 ms.
MAX_PAIRS = 100_000_000
# Unchanged lines shown before and after a change.
CONTEXT = 2

_TOKEN = re.compile(r"\n+|(?:\w+(?:[’'-]\w+)*|[^\w\s])[^\S\n]*|[^\S\n]+")
_PASSAGE = re.compile(r"[^\n]+\n*|\n+")
_SENTENCE = re.compile(r"[^\n]*?(?:[.!?…][\"”’)\]*_]*[^\S\n]+|\n+|$)", re.DOTALL)
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both, only in the old one, or only in the new one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that belong together in a display; `hidden_lines` are left out before them."""

    pieces: Sequence[Piece]
    hidden_lines: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How one text became another; `added` and `removed` are numbers of words."""

    pieces: Sequence[Piece]
    added: int
    removed: int

    def __bool__(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)

    @property
    def passages(self) -> list[Passage]:
        """The changes with some lines around each; nothing where nothing changed."""
        return [*_passages(self.pieces)]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two texts that began as one, in one; `conflicts` passages were changed by both."""

    text: str
    conflicts: int


def compare(old: str, new: str) -> Difference:
    """The difference between two texts, in words.

    Cost: some milliseconds for 5,000 words; bounded by `MAX_PAIRS` for longer ones.
    """
    pieces = [*_joined(_tidy([*_joined(_pieces(old, new))]))]
    return Difference(
        pieces,
        added=sum(count_words(p.text) for p in pieces if p.kind == "added"),
        removed=sum(count_words(p.text) for p in pieces if p.kind == "removed"),
    )


def count_words(text: str) -> int:
    """How many words the text has."""
    return len(_WORD.findall(text))


def merge(base: str, mine: str, theirs: str, *, names: tuple[str, str]) -> Merge:
    """Both changes of one text, sentence by sentence.

    Where both changed the same passage, both versions stand in the result, each
    under a line that begins with “TK” and its name: the checklist lets no such
    text be published.

    Args:
        base: what both began with.
        mine: one of the two texts.
        theirs: the other.
        names: what the two are called in those lines.
    """
    parts = [_sentences(_ended(text)) for text in (base, mine, theirs)]
    out: list[str] = []
    conflicts = 0
    for old, left, right in _regions(*parts):
        if left == right or right == old:
            out += left
        elif left == old:
            out += right
        else:
            conflicts += 1
            out.append(_both("".join(left), "".join(right), names))
    return Merge("".join(out), conflicts)


def _both(mine: str, theirs: str, names: tuple[str, str]) -> str:
    sides = (
        f"TK {name}:\n\n{text.strip(chr(10))}\n\n"
        for name, text in zip(names, (mine, theirs), strict=True)
    )
    return f"\n\n{''.join(sides)}"


def _sentences(text: str) -> list[str]:
    return [match[0] for match in _SENTENCE.finditer(text) if match[0]]


# Comparing ------------------------------------------------------------------


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """Passages that are the same, and what happened to the words of the others."""
    for same, before, after in _runs(_passages_of(old), _passages_of(new)):
        if same:
            yield Piece("same", "".join(after))
        else:
            yield from _words("".join(before), "".join(after))


def _passages_of(text: str) -> list[str]:
    """Its lines, each with the empty ones after it; the last one ends like all others."""
    return _PASSAGE.findall(_ended(text))


def _ended(text: str) -> str:
    """The text with the end of its last line: an end alone is no change."""
    return text if text.endswith("\n") or not text else f"{text}\n"


def _words(old: str, new: str) -> Iterator[Piece]:
    for same, before, after in _runs(_TOKEN.findall(old), _TOKEN.findall(new)):
        if same:
            yield Piece("same", "".join(after))
        else:
            yield Piece("removed", "".join(before))
            yield Piece("added", "".join(after))


def _runs(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Runs that are the same in both, and what stands between them in each."""
    ends = 0, 0
    bare = [[part.rstrip(" \t") for part in parts] for parts in (old, new)]
    for block in _matching(*bare):
        if (block[0], block[1]) != ends:
            yield False, old[ends[0] : block[0]], new[ends[1] : block[1]]
        if block[2]:
            yield (
                True,
                old[block[0] : block[0] + block[2]],
                new[block[1] : block[1] + block[2]],
            )
        ends = block[0] + block[2], block[1] + block[2]


def _matching(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Places in old and new, and lengths, of what both have; the last one is empty."""
    if len(old) * len(new) > MAX_PAIRS:
        return [(len(old), len(new), 0)]
    blocks = LCSseq.opcodes(old, new).as_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks]


def _joined(pieces: Iterator[Piece] | list[Piece]) -> Iterator[Piece]:
    """Between two unchanged pieces at most one removed and one added, in this order."""
    removed = added = ""
    same = ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind == "same":
            if removed or added:
                yield from _changed(removed, added)
                removed = added = ""
            same += piece.text
            continue
        if same:
            yield Piece("same", same)
            same = ""
        if piece.kind == "removed":
            removed += piece.text
        else:
            added += piece.text
    yield from _changed(removed, added)
    if same:
        yield Piece("same", same)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)


def _tidy(pieces: list[Piece]) -> Iterator[Piece]:
    """A word or two that happen to stand in both, amid changes, count as changed.

    Else a rewritten sentence is shown as confetti.
    """
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        lonely = (
            piece.kind == "same"
            and 0 < place < last
            and "\n" not in piece.text
            and count_words(piece.text) < 2
            and _changes_around(pieces, place) > 2
        )
        if lonely:
            yield Piece("removed", piece.text)
            yield Piece("added", piece.text)
        else:
            yield piece


def _changes_around(pieces: list[Piece], place: int) -> int:
    """Words of the smaller of the changes before and after."""
    before = [p for p in pieces[max(0, place - 2) : place] if p.kind != "same"]
    after = [p for p in pieces[place + 1 : place + 3] if p.kind != "same"]
    return min(sum(count_words(p.text) for p in side) for side in (before, after))


# Showing --------------------------------------------------------------------


def _passages(pieces: Sequence[Piece]) -> Iterator[Passage]:
    """Cuts long unchanged stretches down to the lines next to a change."""
    current: list[Piece] = []
    hidden = 0
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        if piece.kind != "same":
            current.append(piece)
            continue
        lines = piece.text.splitlines(keepends=True)
        head = CONTEXT if place > 0 else 0
        tail = CONTEXT if place < last else 0
        if len(lines) <= head + tail + 1:
            current.append(piece)
            continue
        if head:
            current.append(Piece("same", "".join(lines[:head])))
        if any(each.kind != "same" for each in current):
            yield Passage(current, hidden)
            hidden = 0
        hidden += len(lines) - head - tail
        current = [Piece("same", "".join(lines[-tail:]))] if tail else []
    if any(each.kind != "same" for each in current):
        yield Passage(current, hidden)


# Merging --------------------------------------------------------------------


def _regions(
    base: list[str], mine: list[str], theirs: list[str]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The three texts cut where all agree: each stretch as it is in base, mine, theirs."""
    left = _partners(base, mine)
    right = _partners(base, theirs)
    common = [place for place in range(len(base)) if place in left and place in right]
    stops = [(-1, -1, -1)]
    stops += [(place, left[place], right[place]) for place in common]
    stops.append((len(base), len(mine), len(theirs)))
    for (b, m, t), (b_end, m_end, t_end) in pairwise(stops):
        if (b + 1, m + 1, t + 1) != (b_end, m_end, t_end):
            yield base[b + 1 : b_end], mine[m + 1 : m_end], theirs[t + 1 : t_end]
        if b_end < len(base):
            same = [base[b_end]]
            yield same, same, same


def _partners(base: list[str], other: list[str]) -> dict[int, int]:
    """Places in base, and where the same sentence stands in the other text."""
    return {
        a + step: b + step
        for a, b, size in _matching(base, other)
        for step in range(size)
    }
