"""What a text is made of, with the lines it stands on: for checking, not for showing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from superfast.common.parser import parser

_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:", re.MULTILINE)
_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_ENDS_IN_COLON = re.compile(r":[\s*_]*$")


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


@dataclass(slots=True)
class Outline:
    """What was found in a text, each in order."""

    headings: list[HeadingPart] = field(default_factory=list)
    links: list[AddressPart] = field(default_factory=list)
    pictures: list[AddressPart] = field(default_factory=list)
    dangling_colons: list[Part] = field(default_factory=list)
    containers: list[tuple[Part, list[Part]]] = field(default_factory=list)
    marks_without_note: list[Part] = field(default_factory=list)
    notes_without_mark: list[Part] = field(default_factory=list)
    notes_said_twice: list[Part] = field(default_factory=list)


def outline(body: str) -> Outline:
    """The headings, links, pictures, containers and footnotes of a text. Cost: no query."""
    env: dict[str, Any] = {}
    tokens = parser.parse(body, env)
    found = Outline()
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            found.headings.append(_heading(tokens, index))
        elif token.type == "inline":
            _look_into(token, found)
            if _ENDS_IN_COLON.search(token.content) and _nothing_after(tokens, index):
                found.dangling_colons.append(Part(_last_line(token), token.content))
        elif token.type.startswith("container_") and token.type.endswith("_open"):
            found.containers.append(_container(tokens, index))
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
    """Links, pictures and marks of a piece of running text."""
    line = _line(token)
    open_links: list[tuple[int, str, list[str]]] = []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        elif child.type == "link_open":
            open_links.append((line, str(child.attrGet("href") or ""), []))
        elif child.type == "link_close" and open_links:
            at, url, words = open_links.pop()
            found.links.append(AddressPart(at, " ".join("".join(words).split()), url))
        elif child.type == "image":
            src = str(child.attrGet("src") or "")
            found.pictures.append(AddressPart(line, child.content, src))
        for _, _, words in open_links:
            words.append(child.content)
        if child.type == "text":
            found.marks_without_note += [
                Part(line, label) for label in _MARK.findall(child.content)
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


def _container(tokens: Sequence[Token], index: int) -> tuple[Part, list[Part]]:
    """A container's name, and the lines of text directly or anywhere in it."""
    head = tokens[index]
    name = head.type.removeprefix("container_").removesuffix("_open")
    inner = []
    for token in tokens[index + 1 :]:
        if token.level == head.level and token.nesting < 0:
            break
        if token.type == "inline":
            inner.append(Part(_line(token), token.content))
    return Part(_line(head), name), inner


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
