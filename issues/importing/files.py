"""Bytes become text, and text is told by what it is written in."""

import codecs
import re

from issues.importing.reading import Format, UnreadableError

MOST_BYTES = 2_000_000
_BINARY = {
    b"PK\x03\x04": "This is a Word document or an archive: save it as HTML or as text.",
    b"%PDF": "This is a PDF: copy its text, or save the document as HTML.",
    b"{\\rtf": "This is rich text: save it as HTML or as plain text.",
    b"\x89PNG": "This is a picture.",
    b"\xff\xd8\xff": "This is a picture.",
    b"GIF8": "This is a picture.",
    b"\xd0\xcf\x11\xe0": "This is an old Word document: save it as HTML or as text.",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_ENDINGS = {
    "htm": Format.HTML, "html": Format.HTML, "xhtml": Format.HTML,
    "md": Format.MARKDOWN, "markdown": Format.MARKDOWN, "mdown": Format.MARKDOWN,
}  # fmt: skip
_FRONT = re.compile(r"\A\s*(?:---|\+\+\+)[ \t]*\n")
_HTML = re.compile(
    r"\A\s*<(?:!doctype|html|head|body|meta|p|div|h[1-6]|table|ul|ol|b|span|section|article)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</(?:p|div|h[1-6]|li|td|a|span)>", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} |::: ?\w|\[\^[^\]\s]+\]: )|\]\(https?://", re.MULTILINE
)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, and the name of the encoding that it was read in.

    UTF-8 and UTF-16 are recognised; anything else is read as Windows-1252, which
    gives every byte a sign. Raises: UnreadableError.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableError("The file has more than 2 MB: give it in parts.")
    for start, sentence in _BINARY.items():
        if data.startswith(start):
            raise UnreadableError(sentence)
    for bom, codec, name in _BOMS:
        if data.startswith(bom):
            return data.decode(codec, errors="replace"), name
    if (guess := _guess_utf16(data)) is not None:
        return data.decode(guess, errors="replace"), "UTF-16"
    try:
        return data.decode(), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _guess_utf16(data: bytes) -> str | None:
    """Text of Latin letters in UTF-16 has nothing in every other byte."""
    sample = data[:2_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half > 1 and max(even, odd) > half * 0.4 and min(even, odd) < half * 0.05:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def guess_format(text: str, name: str = "") -> Format:
    """What a text is written in, by its file's name or its own signs."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if _FRONT.match(text):
        return Format.MARKDOWN
    if _HTML.match(text) or len(_CLOSING.findall(text)) >= 3:
        return Format.HTML
    return Format.MARKDOWN if _MARKDOWN.search(text) else Format.PLAIN
