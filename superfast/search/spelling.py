"""Words that were mistyped: the words of titles and names that are one slip away.

For each word the table holds the word without one of its letters, and the word itself
(the symmetric-delete method): two words that differ by one slip share such a form, and
an index finds it. Words of bodies are not in it: there are too many of them.
"""

from collections.abc import Iterable, Iterator

from superfast.search import engines
from superfast.search.documents import DocumentData
from superfast.search.models import Spelling
from superfast.search.words import fold_words

MIN_LENGTH = 4  # of shorter words nearly every other word is one slip away
MAX_LENGTH = 24
MAX_CANDIDATES = 3


def learn(documents: Iterable[DocumentData]) -> None:
    """The words of titles and names are known. Cost: one query where all of them were, else two."""
    words = {
        word
        for data in documents
        for word in fold_words(f"{data.title} {data.names}")
        if MIN_LENGTH <= len(word) <= MAX_LENGTH and word.isalpha()
    }
    known = Spelling.objects.filter(form__in=words).values_list("form", "word")
    new = words - {word for form, word in known if form == word}
    # In the order of the index, which is then written from one end to the other.
    engines.current().spell(
        sorted((form, word) for word in new for form in forms(word))
    )


def corrections(word: str) -> list[str]:
    """Known words that are one slip from this one, the likeliest first, three at most.

    Empty for a word that is known, or too short to tell. Cost: one query.
    """
    if not (MIN_LENGTH <= len(word) <= MAX_LENGTH + 1 and word.isalpha()):
        return []
    rows = Spelling.objects.filter(form__in=forms(word)).values_list("word", flat=True)
    found = set(rows)
    if word in found:
        return []
    near = [other for other in found if is_one_slip(word, other)]
    return sorted(near, key=lambda other: _unlikeness(word, other))[:MAX_CANDIDATES]


def forms(word: str) -> set[str]:
    """The word, and the word without each of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_one_slip(one: str, other: str) -> bool:
    """Whether a letter too many, too few, or another one makes the difference, or two changed places."""
    if one == other:
        return False
    if abs(len(one) - len(other)) > 1:
        return False
    start = _shared(one, other)
    a, b = one[start:], other[start:]
    return (
        a[1:] == b
        or a == b[1:]
        or a[1:] == b[1:]
        or (a[:2] == b[1::-1] and a[2:] == b[2:])
    )


def _shared(one: str, other: str) -> int:
    """How many letters at the beginning are the same."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))


def _unlikeness(word: str, other: str) -> tuple[bool, int, int, str]:
    """Small for a word that was likely meant: slips come late in words."""
    return (
        word[0] != other[0],
        -_shared(word, other),
        abs(len(word) - len(other)),
        other,
    )


def correct(words: Iterable[str]) -> Iterator[dict[str, str]]:
    """Ways to mend the words of a query, the likeliest first: mistyped word to known word.

    Each mends every word that is not known. Cost: one query a word.
    """
    options = {word: found for word in words if (found := corrections(word))}
    for rank in range(MAX_CANDIDATES if options else 0):
        if all(rank >= len(found) for found in options.values()):
            return
        yield {
            word: found[min(rank, len(found) - 1)] for word, found in options.items()
        }
