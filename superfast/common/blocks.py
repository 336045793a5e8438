"""The typed blocks that a text is made of once it is rendered.

Web page, feed and mail copy each show the same list in their own way. Blocks
are stored as JSON beside the text they come from. Every field marked as HTML
has passed the sanitiser of `superfast.common.markdown`, the only writer of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from html import unescape
from typing import Any, ClassVar

import nh3
from django.utils.safestring import SafeString, mark_safe

_FOOTNOTE_MARK = re.compile(r'<sup class="footnote-ref">.*?</sup>')
_BLOCK_END = re.compile(r"<br>|</(?:p|li|t[dh]|h\d|pre|d[dt]|blockquote)>")


def _html() -> Any:
    return field(default="", metadata={"html": True})


@dataclass(kw_only=True)
class Block:
    """One piece of a text; `line` is where it begins in the source, from 0."""

    type: ClassVar[str]
    line: int = 0

    @property
    def template(self) -> str:
        """The component that shows this block on the site."""
        return component_of(self.type)

    @property
    def feed_template(self) -> str:
        """The component that shows this block in a feed reader."""
        return f"components/feed/{self.type}.html"

    @property
    def mail_template(self) -> str:
        """The component that shows this block in a mail program."""
        return f"components/mail/{self.type}.html"

    def parts(self) -> list[str]:
        """The block's HTML, piece by piece, in reading order."""
        return [getattr(self, f.name) for f in fields(self) if f.metadata.get("html")]


@dataclass(kw_only=True)
class Heading(Block):
    """A heading; decoration at its start stands apart in `emoji`."""

    type = "heading"
    level: int
    anchor: str
    emoji: str = ""
    title: str = ""
    html: SafeString = _html()


@dataclass(kw_only=True)
class Prose(Block):
    """Paragraphs, lists, tables, quotations, code."""

    type = "prose"
    html: SafeString = _html()


@dataclass(kw_only=True)
class Figure(Block):
    """A picture of ours; size and address are filled in by who knows pictures."""

    type = "figure"
    name: str
    alt: str = ""
    caption: SafeString = _html()
    src: str = ""
    width: int = 0
    height: int = 0
    # For `<source>`: type and srcset, the best first; and what old programs show.
    sources: list[dict[str, str]] = field(default_factory=list)
    fallback: str = ""


@dataclass(kw_only=True)
class QuizPlace(Block):
    """Where the issue's quiz stands."""

    type = "quiz"


@dataclass(kw_only=True)
class PaperItem:
    """A paper's slug and the take written for it here; `paper`, its line, is filled when read."""

    slug: str
    take: SafeString = _html()
    take_source: str = ""
    paper: Any = None


@dataclass(kw_only=True)
class Papers(Block):
    """Papers with a line about each."""

    type = "papers"
    items: list[PaperItem] = field(default_factory=list)

    def parts(self) -> list[str]:
        return [item.take for item in self.items]


@dataclass(kw_only=True)
class Card(Block):
    """A link that has earned a box of its own."""

    type = "card"
    url: str
    title: str
    site: str = ""
    html: SafeString = _html()

    def parts(self) -> list[str]:
        return [self.title, self.html]


@dataclass(kw_only=True)
class Side:
    """One side of a comparison."""

    level: int
    title: SafeString = _html()
    html: SafeString = _html()


@dataclass(kw_only=True)
class Compare(Block):
    """Two things side by side."""

    type = "compare"
    sides: list[Side] = field(default_factory=list)

    def parts(self) -> list[str]:
        return [part for side in self.sides for part in (side.title, side.html)]


@dataclass(kw_only=True)
class Callout(Block):
    """Something that stands out from the text."""

    type = "callout"
    title: str = ""
    html: SafeString = _html()


@dataclass(kw_only=True)
class Details(Block):
    """Something that opens when asked."""

    type = "details"
    summary: str = ""
    html: SafeString = _html()


@dataclass(kw_only=True)
class Note:
    """A footnote: its mark in the text, its anchor, the places that refer to it."""

    number: int
    mark: str
    anchor: str
    html: SafeString = _html()
    backrefs: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Footnotes(Block):
    """The notes of the whole text."""

    type = "footnotes"
    items: list[Note] = field(default_factory=list)

    def parts(self) -> list[str]:
        return [item.html for item in self.items]


_TYPES: dict[str, type[Block]] = {
    block.type: block
    for block in (
        Heading, Prose, Figure, QuizPlace, Papers, Card, Compare, Callout, Details, Footnotes,
    )
}  # fmt: skip
_CHILDREN: dict[str, tuple[str, type[Any]]] = {
    "papers": ("items", PaperItem),
    "compare": ("sides", Side),
    "footnotes": ("items", Note),
}


def component_of(kind: str) -> str:
    """The template that shows blocks of this type on the site."""
    return f"components/blocks/{kind}.html"


def components() -> list[str]:
    """The templates that show blocks on the site, one a type."""
    return [component_of(kind) for kind in _TYPES]


def to_json(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks as plain data, to be stored."""
    return [{"type": block.type, **asdict(block)} for block in blocks]


def from_json(data: Iterable[dict[str, Any]]) -> list[Block]:
    """Blocks from stored data. Raises: KeyError or TypeError on data of another shape."""
    return [_load(dict(item)) for item in data]


def _load(item: dict[str, Any]) -> Block:
    name = item.pop("type")
    if name in _CHILDREN:
        key, child = _CHILDREN[name]
        item[key] = [trusted(child(**values)) for values in item[key]]
    block: Block = trusted(_TYPES[name](**item))
    return block


def trusted(part: Any) -> Any:
    """The same block or part, its sanitised HTML marked as such for templates."""
    for f in fields(part):
        if f.metadata.get("html"):
            setattr(part, f.name, mark_safe(getattr(part, f.name)))  # noqa: S308  # sanitised
    return part


def plain_text(blocks: Sequence[Block]) -> str:
    """What the blocks say, without any markup: for searching and counting."""
    return "\n".join(strip_tags(part) for block in blocks for part in block.parts())


def strip_tags(html: str) -> str:
    """The text of a piece of HTML, without marks of footnotes, spaces folded."""
    spaced = _BLOCK_END.sub(" ", _FOOTNOTE_MARK.sub("", html))
    return " ".join(unescape(nh3.clean(spaced, tags=set())).split())
