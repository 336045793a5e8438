"""The one place where text becomes HTML.

CommonMark with tables, footnotes and containers for our own blocks, parsed by
markdown-it, cut into typed blocks, and sanitised last, each piece, by nh3 with
an allow-list. Nothing else in the project may call anything safe.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it.token import Token

from superfast.common import blocks as b
from superfast.common.parser import (
    backref,
    container_title,
    footnote_mark,
    paragraph,
    parser,
)
from superfast.common.sanitise import BLOCK_TAGS, INLINE_TAGS, clean, mark

# What Unicode draws as emoji; letters, arrows and signs of formulas are text.
_PICTOGRAM = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b"
    "\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
EMOJI = re.compile(
    f"^((?:[{_PICTOGRAM}][\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*\u200d?)+)\\s*"
)
_PAPER_ITEM = re.compile(r"^`?(?P<slug>[\w-]+)`?\s*[:—–]\s*(?P<take>.+)$", re.DOTALL)
_PICTURE = re.compile(rf"^{re.escape(settings.MEDIA_URL)}pictures/(?P<name>[\w.-]+)$")
# In a tag: sanitised text and attributes hold no bare `<`, but text may say href="/".
_LOCAL_ADDRESS = re.compile(r'(<[a-z][^<>]*\s(?:href|src)=")/(?!/)')
_MAX_ANCHOR = 80
_LIST_TOKENS = {
    f"{name}_{side}"
    for name in ("bullet_list", "ordered_list", "list_item", "paragraph")
    for side in ("open", "close")
} | {"inline"}


def render_blocks(text: str, *, with_lines: bool = False) -> list[b.Block]:
    """The blocks of a text, in order, footnotes last.

    Any text has a rendering: what is not understood stands there as it was
    typed. Pictures and papers are named, not looked up. Cost: no query.

    Args:
        text: Markdown.
        with_lines: whether paragraphs, items and rows say in `data-line` where they
            begin in the text, from 0: for the preview, which follows the cursor.
    """
    env: dict[str, Any] = {"lines": with_lines}
    tokens = parser.parse(text, env)
    if with_lines:
        _number_lines(tokens)
    taken: dict[str, int] = {}
    found: list[b.Block] = []
    for chunk in _chunks(tokens):
        block = _block(chunk, env, taken)
        last = found[-1] if found else None
        if isinstance(block, b.Prose) and isinstance(last, b.Prose):
            last.html = mark(last.html + block.html)
        elif block is not None:
            found.append(block)
    return found


def render_prose(text: str) -> SafeString:
    """A short text of one or more paragraphs, as HTML."""
    return clean(parser.render(text, {}), BLOCK_TAGS)


def render_inline(text: str) -> SafeString:
    """One line of text, as HTML without block elements."""
    return clean(parser.renderInline(text, {}), INLINE_TAGS)


def with_origin(html: str, origin: str) -> SafeString:
    """The same HTML with every address of this site made absolute, for feeds and mail."""
    return mark(_LOCAL_ADDRESS.sub(rf"\1{origin}/", html))


def _number_lines(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.map and token.nesting >= 0 and token.type != "inline":
            token.attrSet("data-line", str(token.map[0]))


# From tokens to blocks --------------------------------------------------------


def _chunks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Runs of tokens that belong together at the top of a text."""
    run: list[Token] = []
    depth = 0
    for token in tokens:
        run.append(token)
        depth += token.nesting
        if depth == 0:
            yield run
            run = []


def _block(
    chunk: list[Token], env: dict[str, Any], taken: dict[str, int]
) -> b.Block | None:
    head, inner = chunk[0], chunk[1:-1]
    line = head.map[0] if head.map else 0
    block: b.Block | None = None
    if head.type == "heading_open":
        block = _heading(head, inner[0], env, taken)
    elif head.type == "footnote_block_open":
        block = _footnotes(inner, env)
    elif head.type == "paragraph_open":
        block = _figure(inner[0], env)
    elif head.type.startswith("container_"):
        name = head.type.removeprefix("container_").removesuffix("_open")
        title = container_title(head)
        block = _container(name, title, inner, env)
        chunk = chunk if block else [*paragraph(title), *inner]
    if block is None:
        html = _render(chunk, env)
        block = b.Prose(html=html) if html.strip() else None
    if block is not None:
        block.line = line
    return block


def _heading(
    head: Token, inline: Token, env: dict[str, Any], taken: dict[str, int]
) -> b.Heading:
    emoji = _take_emoji(inline)
    html = _render([inline], env, INLINE_TAGS)
    title = b.strip_tags(html)
    return b.Heading(
        level=max(2, int(head.tag[1])),
        anchor=_unique_anchor(title, taken),
        emoji=emoji,
        title=title,
        html=html,
    )


def _unique_anchor(title: str, taken: dict[str, int]) -> str:
    """An address of the heading within its text, which no other heading has."""
    first = f"s-{slugify(title)[:_MAX_ANCHOR].strip('-') or 'section'}"
    anchor = first
    while anchor in taken:
        taken[first] += 1
        anchor = f"{first}-{taken[first]}"
    taken[anchor] = 1
    return anchor


def _take_emoji(inline: Token) -> str:
    """The decoration at the front of a heading, taken out of it."""
    children = inline.children or []
    match = (
        EMOJI.match(children[0].content)
        if children and children[0].type == "text"
        else None
    )
    if not match:
        return ""
    children[0].content = children[0].content[match.end() :]
    return match[1]


def _figure(inline: Token, env: dict[str, Any]) -> b.Figure | None:
    children = inline.children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    image = children[0]
    match = _PICTURE.match(str(image.attrGet("src") or ""))
    if not match:
        return None
    caption = render_inline(str(image.attrGet("title") or ""))
    return b.Figure(name=match["name"], alt=image.content, caption=caption)


def _container(
    name: str, title: str, inner: list[Token], env: dict[str, Any]
) -> b.Block | None:
    """The block of a container; None where it holds what the block has no place for."""
    if name == "details":
        return b.Details(summary=title or "Details", html=_render(inner, env))
    if name == "callout":
        return b.Callout(title=title, html=_render(inner, env))
    if title:
        return None
    match name:
        case "quiz":
            return None if inner else b.QuizPlace()
        case "papers":
            return _papers(inner)
        case "card":
            return _card(inner, env)
    return _compare(inner, env)


def _papers(inner: list[Token]) -> b.Papers | None:
    if any(token.type not in _LIST_TOKENS for token in inner):
        return None
    matches = [
        _PAPER_ITEM.match(token.content) for token in inner if token.type == "inline"
    ]
    items = [
        b.PaperItem(
            slug=match["slug"],
            take=render_inline(match["take"]),
            take_source=match["take"],
        )
        for match in matches
        if match
    ]
    return b.Papers(items=items) if items and len(items) == len(matches) else None


def _card(inner: list[Token], env: dict[str, Any]) -> b.Card | None:
    """A first paragraph that begins with a link to another site, and what follows it."""
    children = inner[1].children or [] if len(inner) > 1 else []
    if not children or children[0].type != "link_open":
        return None
    url = str(children[0].attrGet("href") or "")
    if urlsplit(url).scheme not in {"http", "https"}:
        return None
    end = next(i for i, child in enumerate(children) if child.type == "link_close")
    title, inner[1].children = children[1:end], children[end + 1 :]
    return b.Card(
        url=url,
        title=b.strip_tags(
            _render([Token("inline", "", 0, children=title)], env, set())
        ),
        site=(urlsplit(url).hostname or "").removeprefix("www."),
        html=_render(
            inner if any(c.content.strip() for c in inner[1].children) else inner[3:],
            env,
        ),
    )


def _compare(inner: list[Token], env: dict[str, Any]) -> b.Compare | None:
    starts = [i for i, token in enumerate(inner) if token.type == "heading_open"]
    if len(starts) != 2 or starts[0] != 0:
        return None
    sides = [
        b.Side(
            level=max(2, int(inner[start].tag[1])),
            title=_render([inner[start + 1]], env, INLINE_TAGS),
            html=_render(inner[start + 3 : end], env),
        )
        for start, end in zip(starts, [starts[1], len(inner)], strict=True)
    ]
    return b.Compare(sides=sides)


def _footnotes(inner: list[Token], env: dict[str, Any]) -> b.Footnotes:
    known = env["footnotes"]["list"]
    return b.Footnotes(items=[_note(chunk, known, env) for chunk in _chunks(inner)])


def _note(
    chunk: list[Token], known: dict[int, dict[str, Any]], env: dict[str, Any]
) -> b.Note:
    index = chunk[0].meta["id"]
    number = index + 1
    count = int(known[index].get("count", 1) or 1)
    return b.Note(
        number=number,
        mark=footnote_mark(chunk[0].meta.get("label"), number),
        anchor=f"fn-{number}",
        html=_render([t for t in chunk[1:-1] if t.type != "footnote_anchor"], env),
        backrefs=[backref(number, place) for place in range(count)],
    )


# From tokens to sanitised HTML --------------------------------------------------


def _render(
    tokens: Sequence[Token], env: dict[str, Any], tags: set[str] = BLOCK_TAGS
) -> SafeString:
    html = parser.renderer.render(tokens, parser.options, env)
    return clean(html, tags, with_lines=env.get("lines", False))
