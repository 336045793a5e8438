"""Markdown as we write it: CommonMark, tables, footnotes, and containers of our own."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

CONTAINERS = ("quiz", "papers", "card", "compare", "callout", "details")
_MARKS = {"*", "†", "‡", "§"}


def container_title(head: Token) -> str:
    """What stands behind the container's name."""
    name = head.type.removeprefix("container_").removesuffix("_open")
    return head.info.strip().removeprefix(name).strip()


def paragraph(text: str) -> list[Token]:
    """A paragraph of plain text; nothing where there is none."""
    if not text:
        return []
    inline = Token("inline", "", 0, children=[Token("text", "", 0, content=text)])
    return [Token("paragraph_open", "p", 1), inline, Token("paragraph_close", "p", -1)]


def footnote_mark(label: str | None, number: int) -> str:
    """What stands for a note in the text: its number, or the sign it was given."""
    return label if label in _MARKS else str(number)


def backref(number: int, place: int) -> str:
    """The anchor of a note's mark in the text, `place` counted from 0."""
    return f"fnref-{number}" if place == 0 else f"fnref-{number}-{place + 1}"


class _Renderer(RendererHTML):
    """CommonMark's HTML, with the few elements that we write otherwise."""

    def footnote_ref(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        meta = tokens[idx].meta
        number = meta["id"] + 1
        mark = footnote_mark(meta.get("label"), number)
        anchor = backref(number, meta.get("subId", 0))
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
            paragraph(container_title(tokens[idx])), options, env
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
    for name in CONTAINERS:
        md.use(container_plugin, name)
        md.add_render_rule(f"container_{name}_open", _Renderer.container_open)
    # The plugin brings rules of its own; ours are the ones that the site is styled for.
    md.add_render_rule("footnote_ref", _Renderer.footnote_ref)
    return md


parser = _build()
