"""Words as both databases store and look for them, so that both find the same."""

import re

from superfast.common.text import clean_text, fold

MAX_WORD = 64  # PostgreSQL refuses a query's word of 2 KB
# Of one body. PostgreSQL takes a megabyte of lexemes; no text of ours comes near it.
MAX_INDEXED = 100_000

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
# Letters that are no accented form of another, so that normalisation leaves them.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\u0131": "i",
        "_": " ",
    }
)


def fold_words(text: str) -> list[str]:
    """The words of a text without accents, case and punctuation, each cut at `MAX_WORD`."""
    text = clean_text(text)
    if text.isascii():
        folded = _NOT_ASCII_WORD.sub(" ", text.lower())
    else:
        folded = fold(text.casefold().translate(_LETTERS)).lower()
    return [word[:MAX_WORD] for word in folded.split()]
