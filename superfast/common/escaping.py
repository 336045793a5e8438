"""Plain words as Markdown that says the same words."""

import re

# Whatever may open or close an element; entities, because `&copy;` is five letters more.
_ANYWHERE = re.compile(r"[\\`*_\[\]<]|~(?=~)|&(?=#?\w)")
# What makes a line something other than a paragraph.
_AT_START = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|>|[-+=]|:::|(?:~|`){3})")
_NUMBER_AT_START = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")
_INNER_UNDERSCORE = re.compile(r"(?<=\w)\\_(?=\w)")


def escape_inline(text: str) -> str:
    """The text with a backslash before each character that would be a mark.

    An underscore between letters is no mark in CommonMark and stays alone.
    """
    return _INNER_UNDERSCORE.sub("_", _ANYWHERE.sub(r"\\\g<0>", text))


def escape_start(line: str) -> str:
    """The line such that it begins a paragraph, not a heading, a list or a block."""
    line = _AT_START.sub(r"\1\\\2", line)
    return _NUMBER_AT_START.sub(r"\1\\\2", line)


def escape_line(line: str) -> str:
    """One line of plain words as a paragraph of the same words."""
    return escape_start(escape_inline(line))


def as_destination(url: str) -> str:
    """An address as it can stand between the brackets of a link."""
    for char, code in (("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E")):
        url = url.replace(char, code)
    return "".join(f"%{ord(c):02X}" if c <= " " or c == "\\" else c for c in url)
