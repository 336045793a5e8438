"""The one place where text becomes HTML.

CommonMark with tables, footnotes and containers for our own blocks, parsed by
markdown-it, cut into typed blocks, and sanitised last, each piece, by nh3 with
an allow-list. Nothing else in the project may call anything safe.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from superfast.common import blocks as b
from superfast.common.text import clean_text

_CONTAINERS = ("quiz", "papers", "card", "compare", "callout", "details")
# What Unicode draws as emoji; letters, arrows and signs of formulas are text.
_PICTOGRAM = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b"
    "\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_EMOJI = re.compile(
    f"^((?:[{_PICTOGRAM}][\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*\u200d?)+)\\s*"
)
_PAPER_ITEM = re.compile(r"^`?(?P<slug>[\w-]+)`?\s*[:—–]\s*(?P<take>.+)$", re.DOTALL)
_PICTURE = re.compile(rf"^{re.escape(settings.MEDIA_URL)}pictures/(?P<name>[\w.-]+)$")
_OUR_ID = re.compile(r"^(?:s|fn|fnref)-[\w-]+$")
# In a tag: sanitised text and attributes hold no bare `<`, but text may say href="/".
_LOCAL_ADDRESS = re.compile(r'(<[a-z][^<>]*\s(?:href|src)=")/(?!/)')
_MAX_ANCHOR = 80
_LIST_TOKENS = {
    f"{name}_{side}"
    for name in ("bullet_list", "ordered_list", "list_item", "paragraph")
    for side in ("open", "close")
} | {"inline"}
_MARKS = {"*", "†", "‡", "§"}

_INLINE_TAGS = {
    "a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
    "q", "s", "small", "strong", "sub", "sup", "u", "var",
}  # fmt: skip
_BLOCK_TAGS = _INLINE_TAGS | {
    "blockquote", "dd", "div", "dl", "dt", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "id", "role"},
    "abbr": {"title"},
    "div": {"tabindex", "role", "aria-label"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_CLASSES = {
    "div": {"table-scroll"},
    "sup": {"footnote-ref"},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
}
_VALUES = {
    ("div", "tabindex"): {"0"},
    ("div", "role"): {"region"},
    ("a", "role"): {"doc-noteref"},
}


def render_blocks(text: str) -> list[b.Block]:
    """The blocks of a text, in order, footnotes last.

    Any text has a rendering: what is not understood stands there as it was
    typed. Pictures and papers are named, not looked up. Cost: no query.
    """
    env: dict[str, Any] = {}
    tokens = _parser.parse(text, env)
    taken: dict[str, int] = {}
    found: list[b.Block] = []
    for chunk in _chunks(tokens):
        block = _block(chunk, env, taken)
        last = found[-1] if found else None
        if isinstance(block, b.Prose) and isinstance(last, b.Prose):
            last.html = _mark(last.html + block.html)
        elif block is not None:
            found.append(block)
    return found


def render_prose(text: str) -> SafeString:
    """A short text of one or more paragraphs, as HTML."""
    return _clean(_parser.render(text, {}), _BLOCK_TAGS)


def render_inline(text: str) -> SafeString:
    """One line of text, as HTML without block elements."""
    return _clean(_parser.renderInline(text, {}), _INLINE_TAGS)


def with_origin(html: str, origin: str) -> SafeString:
    """The same HTML with every address of this site made absolute, for feeds and mail."""
    return _mark(_LOCAL_ADDRESS.sub(rf"\1{origin}/", html))


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
        title = _container_title(head)
        block = _container(name, title, inner, env)
        chunk = chunk if block else [*_paragraph(title), *inner]
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
    html = _render([inline], env, _INLINE_TAGS)
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
        _EMOJI.match(children[0].content)
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


def _container_title(head: Token) -> str:
    """What stands behind the container's name."""
    name = head.type.removeprefix("container_").removesuffix("_open")
    return head.info.strip().removeprefix(name).strip()


def _paragraph(text: str) -> list[Token]:
    """A paragraph of plain text; nothing where there is none."""
    if not text:
        return []
    inline = Token("inline", "", 0, children=[Token("text", "", 0, content=text)])
    return [Token("paragraph_open", "p", 1), inline, Token("paragraph_close", "p", -1)]


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
            title=_render([inner[start + 1]], env, _INLINE_TAGS),
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
        mark=_footnote_mark(chunk[0].meta.get("label"), number),
        anchor=f"fn-{number}",
        html=_render([t for t in chunk[1:-1] if t.type != "footnote_anchor"], env),
        backrefs=[_backref(number, place) for place in range(count)],
    )


def _footnote_mark(label: str | None, number: int) -> str:
    return label if label in _MARKS else str(number)


def _backref(number: int, place: int) -> str:
    return f"fnref-{number}" if place == 0 else f"fnref-{number}-{place + 1}"


# From tokens to sanitised HTML --------------------------------------------------


def _render(
    tokens: Sequence[Token], env: dict[str, Any], tags: set[str] = _BLOCK_TAGS
) -> SafeString:
    return _clean(_parser.renderer.render(tokens, _parser.options, env), tags)


def _clean(html: str, tags: set[str]) -> SafeString:
    safe = nh3.clean(
        html,
        tags=tags,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    # `&#12;` is typed in characters that a feed can carry, and stands for one it can't.
    return _mark(clean_text(safe))


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Ids are ours alone, so that no text can name `location` or a form's field."""
    if name == "id":
        return value if _OUR_ID.match(value) else None
    allowed = _VALUES.get((tag, name))
    return value if allowed is None or value in allowed else None


def _mark(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308  # the sanitiser's own output


class _Renderer(RendererHTML):
    """CommonMark's HTML, with the few elements that we write otherwise."""

    def footnote_ref(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        meta = tokens[idx].meta
        number = meta["id"] + 1
        mark = _footnote_mark(meta.get("label"), number)
        anchor = _backref(number, meta.get("subId", 0))
        return (
            f'<sup class="footnote-ref"><a href="#fn-{number}" id="{anchor}" '
            f'role="doc-noteref">{mark}</a></sup>'
        )

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A picture in running text, or of another host, becomes a link to it."""
        token = tokens[idx]
        link = Token("link_open", "a", 1, attrs={"href": token.attrs.get("src", "")})
        text = Token("text", "", 0, content=token.content or "picture")
        return self.renderInline(
            [link, text, Token("link_close", "a", -1)], options, env
        )

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        return '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{_align(tokens[idx])}>'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<td{_align(tokens[idx])}>"

    def container_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        """A container within another one: its title and its text."""
        return "<div>" + self.render(
            _paragraph(_container_title(tokens[idx])), options, env
        )

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        """The title is the page's only h1."""
        return f"<h{max(2, int(tokens[idx].tag[1]))}>"

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        return f"</h{max(2, int(tokens[idx].tag[1]))}>\n"


def _align(token: Token) -> str:
    """`style="text-align:right"` as a class: the site's policy refuses styles."""
    style = str(token.attrGet("style") or "")
    return f' class="align-{style.removeprefix("text-align:")}"' if style else ""


def _build() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"typographer": True}, renderer_cls=_Renderer)
    md.enable(["table", "strikethrough", "replacements", "smartquotes"])
    md.use(footnote_plugin, inline=False)
    for name in _CONTAINERS:
        md.use(container_plugin, name)
        md.add_render_rule(f"container_{name}_open", _Renderer.container_open)
    # The plugin brings rules of its own; ours are the ones that the site is styled for.
    md.add_render_rule("footnote_ref", _Renderer.footnote_ref)
    return md


_parser = _build()
