r"""Text as BibTeX holds it, and back: accents, signs with a meaning, mathematics.

`$…$` stays as it is where it is mathematics: what pandoc takes for it, that is,
no space inside its ends and no digit behind it. “$20M” is money.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text

from superfast.common.text import clean_text

_MATH = re.compile(r"\$(?=\S)((?:[^$\\]|\\.)*?)(?<=\S)\$(?![0-9])", re.DOTALL)
_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\n": r"\par ",
    "\u00a0": " ",
    "\u2013": "--",
    "\u2014": "---",
}
# Signs that mean another one when they meet.
_MET = re.compile(r"-(?=-)|`(?=`)|'(?=')|!(?=`)|\?(?=`)|,(?=,)")
_NEEDS_DECODING = re.compile(r"[\\{}$~%]|--|``|''|!`|\?`|,,")
_COMMAND_AT_END = re.compile(r"\\(?:[a-zA-Z]+|.)$")
_BRACES = re.compile(r"(?<!\\)[{}]")
_ESCAPED = re.compile(r"\\([%&#_])(?![{])")
_BARE_PERCENT = re.compile(r"(?<!\\)%")
# Read as text, “\par” would take a line of its own and lose the count of lines.
_PARAGRAPH = re.compile(r"\\par(?![a-zA-Z])[ \t]*")
_LINE, _APART = "\ue000", "\ue001"
# What the reader lacks, or draws as another sign.
_READ_BY_US = {
    "textasciicircum": ("\ue002", "^"),
    "textless": ("\ue003", "<"),
    "textgreater": ("\ue004", ">"),
}
_URL = re.compile(r"\\url\s*(?=\{)")

_READER = LatexNodes2Text(
    math_mode="verbatim", strict_latex_spaces=False, keep_comments=True
)


def encode(text: str) -> str:
    """The text as the value of a field between braces."""
    parts, end = [], 0
    for match in _MATH.finditer(text):
        if not _is_math(match[1]):
            continue
        parts += [_encode_words(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, _encode_words(text[end:])])


def _encode_words(text: str) -> str:
    apart = _MET.sub(lambda match: match[0] + _APART, text)
    encoded = "".join(_SIGNS.get(char, char) for char in apart)
    return encoded.replace(_APART, "{}")


def _is_math(text: str) -> bool:
    depth = 0
    for char in re.sub(r"\\.", "", text):
        depth += (char == "{") - (char == "}")
        if depth < 0 or char == "%":
            return False
    return depth == 0 and "\n" not in text and bool(re.search(r"[\\^_]|^.$", text))


def decode(text: str) -> str:
    """What the value of a field says, in Unicode, composed, without hard spaces.

    Lines stay as far as they are paragraphs: of others, spaces remain.
    """
    if not text:
        return ""
    text = " ".join(text.split())
    if _NEEDS_DECODING.search(text):
        text = _PARAGRAPH.sub(_LINE, _BARE_PERCENT.sub(r"\\%", _URL.sub("", text)))
        for name, (stand_in, _) in _READ_BY_US.items():
            text = re.sub(rf"\\{name}(?![a-zA-Z])(\{{\}}| *)", stand_in, text)
        text = " ".join(map(_read, _stretches(_without_money(text))))
        for stand_in, sign in _READ_BY_US.values():
            text = text.replace(stand_in, sign)
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    lines = (" ".join(line.split()) for line in text.split(_LINE))
    return clean_text("\n".join(lines)).strip()


def _stretches(text: str) -> Iterator[str]:
    """The text in words; those that a group, mathematics or a command joins together.

    The reader takes its time for every character: plain words pass it by.
    """
    held: list[str] = []
    depth, in_math = 0, False
    for word in text.split(" "):
        held.append(word)
        if _NEEDS_DECODING.search(word):
            bare = re.sub(r"\\.", "", word)
            depth += bare.count("{") - bare.count("}")
            in_math ^= bare.count("$") % 2 == 1
        if depth <= 0 and not in_math and not _COMMAND_AT_END.search(word):
            yield " ".join(held)
            held, depth = [], 0
    if held:
        yield " ".join(held)


@lru_cache(maxsize=20_000)
def _read(stretch: str) -> str:
    # Braces that only keep capitals, and signs that are only escaped, need no reader.
    plain = _ESCAPED.sub(r"\1", _BRACES.sub("", stretch))
    if not _NEEDS_DECODING.search(_ESCAPED.sub("", _BRACES.sub("", stretch))):
        return plain
    return str(_READER.latex_to_text(stretch))


def _without_money(text: str) -> str:
    """A dollar sign that opens no mathematics is one."""
    parts, end = [], 0
    for match in re.finditer(r"(?<!\\)" + _MATH.pattern, text, re.DOTALL):
        parts += [_escape_dollars(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, _escape_dollars(text[end:])])


def _escape_dollars(text: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\$", text)
