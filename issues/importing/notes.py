"""Footnotes of plain text: a paragraph that starts with `*`, and the words marked `*`."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NOTE_SIGNS = "*†‡§"
_NOTE = re.compile(rf"^([{NOTE_SIGNS}]|\*{{2,4}})\s*(?=[^\s{NOTE_SIGNS}])")
_BULLET = re.compile(r"^\*\s+")
_EMPHASIS = re.compile(r"^(\*{1,3})[^*]+\1[\s.,;:!?]*$")
# Behind a word or its punctuation, before none.
_MARK = re.compile(rf"(?<=[\w)\]”’\"'.!?,;:%])(?:[†‡§]|\*{{1,4}})(?![\w*{NOTE_SIGNS}])")


@dataclass(slots=True)
class _Note:
    number: int
    sign: str
    words: str
    label: str = ""


class Notes:
    """The notes of a text, and where each is referred to.

    Several notes may have the same sign: each mark belongs to the next note below it
    that has its sign, and where there is none below, to the last one above.
    """

    def __init__(self, lines: Sequence[tuple[int, str]]) -> None:
        self._notes = list(_find_notes(lines))
        self._by_number = {note.number: note for note in self._notes}
        self._by_sign: dict[str, list[_Note]] = {}
        for note in self._notes:
            self._by_sign.setdefault(note.sign, []).append(note)
        self._marks: dict[int, list[tuple[int, int, str]]] = {}
        self._unknown: list[tuple[int, str]] = []
        self._used: Counter[str] = Counter()
        for number, text in lines:
            if number not in self._by_number:
                self._find_marks(number, text)

    def is_note(self, number: int) -> bool:
        """Whether the line is a note that words refer to."""
        note = self._by_number.get(number)
        return note is not None and bool(note.label)

    def marks(self, number: int) -> list[tuple[int, int, str]]:
        """Start, end and label of each mark in a line."""
        return self._marks.get(number, [])

    def written(self) -> Iterator[tuple[int, str, str]]:
        """Line, label and words of each note that words refer to."""
        for note in self._notes:
            if note.label:
                yield note.number, note.label, note.words

    def alone(self) -> Iterator[tuple[int, str, str]]:
        """Line, words and a sentence for each note or mark that lacks its other half."""
        for note in self._notes:
            if not note.label:
                sentence = f"No words are marked “{note.sign}”: kept as a paragraph."
                yield note.number, note.words, sentence
        for number, text in self._unknown:
            yield number, text, "The mark has no footnote: kept as it stands."

    def _find_marks(self, number: int, text: str) -> None:
        for match in _MARK.finditer(text):
            sign = match[0]
            if sign.startswith("*") and _opens_emphasis(text[: match.start()]):
                continue
            note = self._note_for(sign, number)
            if note is None:
                self._unknown.append((number, text))
                continue
            note.label = note.label or self._free_label(sign)
            self._marks.setdefault(number, []).append(
                (match.start(), match.end(), note.label)
            )

    def _note_for(self, sign: str, number: int) -> _Note | None:
        same = self._by_sign.get(sign, [])
        place = bisect_right([note.number for note in same], number)
        return same[min(place, len(same) - 1)] if same else None

    def _free_label(self, sign: str) -> str:
        self._used[sign] += 1
        number = self._used[sign]
        return sign if number == 1 else f"{sign}{number}"


def _find_notes(lines: Sequence[tuple[int, str]]) -> Iterator[_Note]:
    bullets = {number for number, text in lines if _BULLET.match(text)}
    for number, text in lines:
        match = _NOTE.match(text)
        # Two lines with a star and a space, one after the other, are a list.
        is_list = number in bullets and bullets & {number - 1, number + 1}
        if match and not is_list and not _EMPHASIS.match(text):
            yield _Note(number, match[1], text[match.end() :])


def _opens_emphasis(before: str) -> bool:
    """Whether a star before a word is still open, as in `*so* it goes`."""
    return bool(re.search(r"(?:^|[\s(“\"'])\*{1,3}[^\s*][^*]*$", before))
