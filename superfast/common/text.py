"""Text as it may be stored and compared."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain, count
from typing import Any

from django.db import models
from markdown_it import MarkdownIt

# What XML 1.0 cannot carry: one of these in a title takes down a whole feed.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
_NOT_WORD = re.compile(r"[^\w]+")
# Knows of no marks of Markdown, and curls as the parser of whole texts does.
_quotes = MarkdownIt("zero", {"typographer": True}).enable("smartquotes")


def clean_text(text: str) -> str:
    """The text without control characters, its lines ended by line feeds alone."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def curl_quotes(text: str) -> str:
    """One line of plain text with typographic quotation marks and apostrophes."""
    return "".join(
        part.content
        for token in _quotes.parseInline(text)
        for part in token.children or []
    )


def read_number(text: str, digits: int = 18) -> int | None:
    """A whole number that somebody typed in figures of ASCII; None for anything else.

    Longer than so many digits it is none: no column holds it.
    """
    plain = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if plain else None


def read_numbers(texts: Iterable[str], digits: int = 18) -> list[int]:
    """Those of the texts that are numbers; see `read_number`."""
    numbers = (read_number(text, digits) for text in texts)
    return [number for number in numbers if number is not None]


def digest_of(text: str) -> str:
    """32 hexadecimal digits that tell one text from another."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def fold(text: str) -> str:
    """The text for comparing: no accents, no punctuation, no case, single spaces."""
    # Letters of mathematics become plain capitals, which then have small ones.
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", plain.casefold())
        if not unicodedata.combining(char)
    )
    return _NOT_WORD.sub(
        " ", bare.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    ).strip()


def numbered(
    wanted: str, is_free: Callable[[str], bool], longest: int | None = None
) -> str:
    """The name that is wanted; with a number where it is not free: “name-2”.

    Its end makes room for the number where it would have more characters than `longest`.
    Cost: one call of `is_free` for each name tried.
    """
    endings = chain([""], (f"-{number}" for number in count(2)))
    names = (wanted[: longest and longest - len(ending)] + ending for ending in endings)
    return next(name for name in names if is_free(name))


class CleanTextField(models.TextField):
    """Text of any length, cleaned on its way in."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return clean_text(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class CleanCharField(models.CharField):
    """One line of text, cleaned on its way in; line ends become spaces."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return " ".join(clean_text(value).split()) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value
