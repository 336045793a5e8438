"""What a text is made of, with the lines it stands on: for checking, not for showing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from superfast.common.parser import container_title, parser
from superfast.common.raw_html import raw_elements
from superfast.common.sanitise import BLOCK_TAGS

_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:", re.MULTILINE)
_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_ENDS_IN_COLON = re.compile(r"(?<!:):[\s*_]*$")
_FENCE = re.compile(r":{3,}\s*(\S*)")
# In a quotation or a list, too.
_FENCE_END = re.compile(r"[\s>]*(:{3,})\s*")
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a text; lines are counted from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class HeadingPart(Part):
    """A heading at the top of the text, and whether anything stands below it."""

    level: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class AddressPart(Part):
    """A link with its words, or a picture with its alternative text."""

    url: str


@dataclass(frozen=True, slots=True)
class ContainerPart(Part):
    """A container by its name, with what stands behind that and the lines of text in it."""

    title: str
    lines: list[Part]
    is_closed: bool
    is_empty: bool
    # Within another block, a quotation or a list: there it is read as text.
    is_nested: bool


@dataclass(frozen=True, slots=True)
class OpenPart(Part):
    """A container that nothing closes, or whose end closes the one that begins within."""

    before: Part | None = None


@dataclass(slots=True)
class Outline:
    """What was found in a text, each in order."""

    headings: list[HeadingPart] = field(default_factory=list)
    links: list[AddressPart] = field(default_factory=list)
    pictures: list[AddressPart] = field(default_factory=list)
    dangling_colons: list[Part] = field(default_factory=list)
    containers: list[ContainerPart] = field(default_factory=list)
    open_containers: list[OpenPart] = field(default_factory=list)
    unknown_containers: list[Part] = field(default_factory=list)
    stray_ends: list[Part] = field(default_factory=list)
    empty_items: list[Part] = field(default_factory=list)
    elements_left_out: list[Part] = field(default_factory=list)
    marks_without_note: list[Part] = field(default_factory=list)
    notes_without_mark: list[Part] = field(default_factory=list)
    notes_said_twice: list[Part] = field(default_factory=list)


def outline(body: str) -> Outline:
    """Headings, links, pictures, containers, footnotes, and what is no good. Cost: no query."""
    env: dict[str, Any] = {}
    tokens = parser.parse(body, env)
    found = Outline()
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            found.headings.append(_heading(tokens, index))
        elif token.type == "inline":
            _look_into(token, found)
            if tokens[index - 1].type == "paragraph_open":
                _find_fences(token, found)
            if _ENDS_IN_COLON.search(token.content) and _nothing_after(tokens, index):
                found.dangling_colons.append(Part(_last_line(token), token.content))
        elif token.type == "html_block":
            found.elements_left_out += _left_out(token.content, _line(token))
        elif token.type == "list_item_close":
            before = tokens[index - 1]
            if before.type == "list_item_open":
                found.empty_items.append(Part(_line(before), before.markup))
    _find_containers(tokens, _LINE_END.split(body), found)
    _compare_notes(body, env, found)
    return found


def _line(token: Token) -> int:
    return (token.map[0] if token.map else 0) + 1


def _last_line(token: Token) -> int:
    return _line(token) + token.content.count("\n")


def _heading(tokens: Sequence[Token], index: int) -> HeadingPart:
    head, inline = tokens[index], tokens[index + 1]
    level = max(2, int(head.tag[1]))
    after = tokens[index + 3] if index + 3 < len(tokens) else None
    is_empty = after is None or after.type == "footnote_block_open"
    if after is not None and after.type == "heading_open":
        is_empty = max(2, int(after.tag[1])) <= level
    return HeadingPart(_line(head), inline.content, level, is_empty)


def _look_into(token: Token, found: Outline) -> None:
    """Links, pictures, marks and raw elements of a piece of running text."""
    line = _line(token)
    open_links: list[tuple[int, str, list[str]]] = []
    for child in token.children or []:
        words = child.content
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        elif child.type == "link_open":
            open_links.append((line, str(child.attrGet("href") or ""), []))
        elif child.type == "link_close" and open_links:
            at, url, said = open_links.pop()
            found.links.append(AddressPart(at, " ".join("".join(said).split()), url))
        elif child.type == "image":
            src = str(child.attrGet("src") or "")
            found.pictures.append(AddressPart(line, child.content, src))
            words = words or "picture"  # as readers see it
        elif child.type == "html_inline":
            found.elements_left_out += _left_out(child.content, line)
            line += words.count("\n")
            words = ""
        for _, _, said in open_links:
            said.append(words)
        if child.type == "text":
            found.marks_without_note += [
                Part(line, label) for label in _MARK.findall(child.content)
            ]


def _left_out(html: str, line: int) -> list[Part]:
    """The elements of raw HTML that no reader gets."""
    return [
        Part(line + element.line - 1, element.name)
        for element in raw_elements(html)
        if element.name not in BLOCK_TAGS
    ]


def _nothing_after(tokens: Sequence[Token], index: int) -> bool:
    """Whether what a paragraph announces is missing: the text, or its section, ends."""
    if tokens[index - 1].type != "paragraph_open" or index + 2 >= len(tokens):
        return tokens[index - 1].type == "paragraph_open"
    after = tokens[index + 2]
    return after.nesting < 0 or after.type in {
        "heading_open",
        "footnote_block_open",
        "hr",
    }


def _find_fences(token: Token, found: Outline) -> None:
    """Lines of a paragraph that were meant to open or to close a block."""
    children = token.children or []
    if not any(c.type == "text" and c.content.startswith(":::") for c in children):
        return  # such a line stands in code
    for offset, text in enumerate(token.content.split("\n")):
        match = _FENCE.match(text)
        if match and match[1]:
            found.unknown_containers.append(Part(_line(token) + offset, match[1]))
        elif match:
            found.stray_ends.append(Part(_line(token) + offset, text))


def _find_containers(
    tokens: Sequence[Token], lines: Sequence[str], found: Outline
) -> None:
    """The containers, and those that stay open: the parser closes them silently."""
    ends: dict[int, Token] = {}  # by the line, from 0, the container that it closes
    for index, head in enumerate(tokens):
        if not (head.type.startswith("container_") and head.nesting > 0 and head.map):
            continue
        name, end = Part(_line(head), _name(head)), head.map[1]
        match = _FENCE_END.fullmatch(lines[end]) if end < len(lines) else None
        is_end = match is not None and len(match[1]) >= len(head.markup)
        is_closed = is_end and end not in ends
        found.containers.append(
            ContainerPart(
                name.line,
                name.text,
                title=container_title(head),
                lines=_lines_of(tokens, index),
                is_closed=is_closed,
                is_empty=tokens[index + 1].nesting < 0,
                is_nested=head.level > 0,
            )
        )
        if is_closed:
            ends[end] = head
            continue
        around = ends.get(end)
        if around and is_end and around.level == head.level - 1:
            part = OpenPart(_line(around), _name(around), before=name)
        else:
            part = OpenPart(name.line, name.text)
        found.open_containers.append(part)


def _name(head: Token) -> str:
    return head.type.removeprefix("container_").removesuffix("_open")


def _lines_of(tokens: Sequence[Token], index: int) -> list[Part]:
    """The lines of text directly or anywhere in a container."""
    inner = []
    for token in tokens[index + 1 :]:
        if token.level == tokens[index].level and token.nesting < 0:
            break
        if token.type == "inline":
            inner.append(Part(_line(token), token.content))
    return inner


def _compare_notes(body: str, env: dict[str, Any], found: Outline) -> None:
    known: dict[str, int] = env.get("footnotes", {}).get("refs", {})
    lines: dict[str, int] = {}
    for label, line in _note_lines(body):
        if f":{label}" not in known:
            continue  # in code, say
        if label in lines:
            found.notes_said_twice.append(Part(line, label))
        lines.setdefault(label, line)
    found.notes_without_mark += [
        Part(lines.get(key[1:], 1), key[1:]) for key, uses in known.items() if uses < 0
    ]


def _note_lines(body: str) -> Iterable[tuple[str, int]]:
    at = line = 0
    for match in _NOTE.finditer(body):
        line += body.count("\n", at, match.start())
        at = match.start()
        yield match[1], line + 1
