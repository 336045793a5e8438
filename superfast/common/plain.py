"""Sanitised HTML as plain text, for the part of a mail that has no markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

_SPACES = re.compile(r"[ \t\r\n]+")
_UNDERLINES = {"h1": "=", "h2": "-", "h3": "~"}
_PARAGRAPHS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "table", "thead",
    "tbody", "tr", "figure", "figcaption", "section",
}  # fmt: skip
_TIGHT = {"tr", "thead", "tbody", "li", "dt", "dd"}
_LONGEST_UNDERLINE = 60


def to_plain_text(html: str) -> str:
    """The text of sanitised HTML, one line a paragraph, addresses in angle brackets.

    Lists keep their marks (an item's own stands in `data-mark`), quotations and code are
    set in, headings are underlined.
    An address that is its own text, or leads within the page, is not repeated.
    """
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.text()


@dataclass
class _List:
    """A list that is open: the number of its next item, or none."""

    number: int | None


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._words: list[str] = []
        self._margins: list[str] = []
        self._last_margin = ""
        self._lists: list[_List] = []
        self._links: list[tuple[str, int]] = []
        self._notes: list[bool] = []
        self._marker = ""
        self._is_apart = False
        self._is_code = False

    def text(self) -> str:
        self._end_paragraph()
        return "\n".join(self._lines).strip("\n") + "\n" if self._lines else ""

    # What the parser meets

    def handle_data(self, data: str) -> None:
        self._words.append(data if self._is_code else _SPACES.sub(" ", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "br":
                self._words.append("\n")
            case "img":
                self._words.append(f"[Picture: {values.get('alt', '')}]")
            case "a":
                self._links.append((values.get("href", ""), len(self._words)))
            case "sup":
                self._notes.append(values.get("class") == "footnote-ref")
                self._words.append("[" if self._notes[-1] else "")
            case "td" | "th":
                self._words.append(" | " if "".join(self._words).strip() else "")
            case "hr":
                self._end_paragraph(is_apart=True)
                self._words.append("* * *")
                self._end_paragraph(is_apart=True)
            case _:
                self._open(tag, values)

    def _open(self, tag: str, values: dict[str, str]) -> None:
        """A block begins."""
        match tag:
            case "ul" | "ol":
                start = values.get("start", "1")
                first = int(start) if start.isdecimal() and len(start) < 10 else 1
                self._end_paragraph(is_apart=not self._lists)
                self._lists.append(_List(first if tag == "ol" else None))
            case "li":
                self._end_paragraph()
                self._marker = values.get("data-mark") or self._next_marker()
                self._margins.append(" " * len(self._marker))
            case "blockquote":
                self._end_paragraph(is_apart=True)
                self._margins.append("> ")
            case "pre":
                self._end_paragraph(is_apart=True)
                self._margins.append("    ")
                self._is_code = True
            case _ if tag in _PARAGRAPHS:
                # The first paragraph of an item stands beside its mark.
                self._end_paragraph(is_apart=tag not in _TIGHT and not self._marker)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "a":
                self._end_link()
            case "sup":
                is_note = self._notes.pop() if self._notes else False
                self._words.append("]" if is_note else "")
            case "ul" | "ol":
                self._end_paragraph()
                if self._lists:
                    self._lists.pop()
                self._is_apart = not self._lists
            case "li":
                self._end_paragraph()
                self._marker = ""
                self._end_margin()
            case "blockquote":
                self._end_paragraph()
                self._end_margin()
                self._is_apart = True
            case "pre":
                self._end_code()
            case _ if tag in _PARAGRAPHS:
                self._end_paragraph(underline=_UNDERLINES.get(tag, ""))
                self._is_apart = self._is_apart or tag not in _TIGHT

    # What becomes of it

    def _next_marker(self) -> str:
        if not self._lists or self._lists[-1].number is None:
            return "- "
        number = self._lists[-1].number
        self._lists[-1].number = number + 1
        return f"{number}. "

    def _end_link(self) -> None:
        if not self._links:
            return
        href, start = self._links.pop()
        said = "".join(self._words[start:]).strip()
        if href and not href.startswith("#") and href not in {said, f"mailto:{said}"}:
            self._words.append(f" <{href}>")

    def _end_margin(self) -> None:
        if self._margins:
            self._margins.pop()

    def _end_code(self) -> None:
        code, self._words = "".join(self._words), []
        self._write(code.strip("\n").split("\n"))
        self._is_code = False
        self._end_margin()
        self._is_apart = True

    def _end_paragraph(self, *, is_apart: bool = False, underline: str = "") -> None:
        """What was gathered is written; `is_apart` if a blank line comes next."""
        text, self._words = "".join(self._words), []
        lines = [" ".join(line.split(" ")).strip() for line in text.split("\n")]
        lines = [_SPACES.sub(" ", line) for line in lines]
        if any(lines):
            if underline:
                width = min(max(map(len, lines)), _LONGEST_UNDERLINE)
                lines.append(underline * width)
            self._write(lines)
        self._is_apart = self._is_apart or is_apart

    def _write(self, lines: Sequence[str]) -> None:
        rest = "".join(self._margins)
        first = rest.removesuffix(" " * len(self._marker)) + self._marker
        if self._is_apart and self._lines:
            # Between two paragraphs of a quotation stands its mark, not before the first.
            outer = min(self._last_margin, rest, key=len)
            self._lines.append(outer.rstrip())
        for number, line in enumerate(lines):
            self._lines.append(f"{rest if number else first}{line}".rstrip())
        self._last_margin, self._marker, self._is_apart = rest, "", False
