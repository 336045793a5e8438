"""Bytes of a file as text, and a sentence on how they were read."""

from typing import NamedTuple

from superfast.common.text import clean_text

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with a byte order mark"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)


class Decoded(NamedTuple):
    """Text, with lines ended by line feeds, and how it was read."""

    text: str
    encoding: str


class NotTextError(ValueError):
    """The file holds no text; the message is a sentence for its owner."""


def decode(data: bytes) -> Decoded:
    """The text of a file.

    Raises: NotTextError where it is none.
    """
    text, encoding = _decode(data)
    if "\x00" in text[:10_000]:
        raise NotTextError("This is not a text file.")
    return Decoded(clean_text(text.removeprefix("\ufeff")), encoding)


def _decode(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), name
            except UnicodeDecodeError:
                raise NotTextError(
                    f"The file begins like {name} and goes on like something else."
                ) from None
    start = data[:400]
    for codec, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(start) > 3 and not any(start[at::2]) and any(start[1 - at :: 2]):
            return data.decode(codec, "replace"), "UTF-16 without a byte order mark"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    said = f"since line {line} is not UTF-8: look at the accents"
    try:
        return data.decode("cp1252"), f"Windows-1252 (Latin-1), {said}"
    except UnicodeDecodeError:
        return data.decode("latin-1"), f"Latin-1, {said}"
