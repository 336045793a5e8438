"""HTML of documents and newsletter platforms becomes Markdown.

Sanitised first by nh3, then put right as a tree, then written by markdownify.
What comes out is text, and is sanitised again whenever it is shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import ATX, MarkdownConverter

from issues.importing.embedded import name_embedded
from issues.importing.footnotes import mark_footnotes
from issues.importing.lists import gather_word_lists
from issues.importing.tables import flatten_layout
from superfast.common.escaping import as_destination, escape_inline, escape_start
from superfast.common.text import clean_text

LONGEST_HTML = 2_000_000
_LONGEST_CLEAN = 1_000_000
# markdownify takes three frames a level; Python gives up at about 330 levels.
_DEEPEST = 60
_MOST_ELEMENTS = 10_000
# The sanitiser's own time grows with the square of the depth.
_DEEPEST_SOURCE = 2_000
_TOO_LARGE = "This is more HTML than can be taken at once: give it in parts."

_KEPT = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd",
    "li", "ol", "p", "pre", "s", "samp", "section", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "id", "style"},
    "a": {"href", "name", "title"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start"},
}
# As the sanitiser writes them: every attribute has its value between quotation marks.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:\s+[^\s="<>]+="[^"]*")*\s*/?>')
_VOID = {"br", "hr", "img"}
_ROUGH_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CLOSED_BY_OTHERS = _VOID | {
    "body", "col", "dd", "dt", "head", "html", "input", "li", "link", "meta", "o", "p",
    "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
_SMALL_NUMBER = re.compile(r"[0-9]{1,6}")
_BLOCKS = re.compile(r"^(?:p|div|li|h[1-6]|td|th|section|blockquote|dd|dt)$")
_HEADING = re.compile(r"^h[1-6]$")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")
_BLANK_LINES = re.compile(r"\n{3,}")

# A style is only looked at for these; what is left of it are these words.
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bold", re.compile(r"font-weight:\s*(?:bold|[6-9]00)")),
    ("normal", re.compile(r"font-weight:\s*(?:normal|400)")),
    ("italic", re.compile(r"font-style:\s*italic")),
    ("strike", re.compile(r"text-decoration[\w-]*:[^;]*line-through")),
    ("hidden", re.compile(r"display:\s*none|mso-hide:\s*all")),
    ("ignore", re.compile(r"mso-list:\s*ignore")),
    *((f"level{n}", re.compile(rf"mso-list:[^;]*level{n}\b")) for n in range(1, 10)),
)
# Services that stand between a document and what it links to.
_REDIRECTS: dict[str, tuple[str, ...]] = {
    "www.google.com/url": ("q", "url"),
    "safelinks.protection.outlook.com/": ("url",),
    "l.facebook.com/l.php": ("u",),
}


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a piece of HTML."""

    markdown: str
    title: str = ""
    left_out: list[str] = field(default_factory=list)


class TooLargeError(ValueError):
    """More than is taken in one piece. Its words say what to do."""


def convert_html(html: str, *, whole: bool = False) -> Converted:
    """The HTML's words as Markdown, with headings, lists, links, tables and footnotes.

    Args:
        html: a fragment, or a document.
        whole: whether it is an issue of its own: its one first heading or its
            title is the issue's title then, and sections begin at the second level.

    Returns: the text; what could not be taken along is listed in `left_out`.
    Raises: TooLargeError. Cost: no query.
    """
    if len(html) > LONGEST_HTML or _depth(html) > _DEEPEST_SOURCE:
        raise TooLargeError(_TOO_LARGE)
    # Two lines: one that is an address makes Beautiful Soup warn that it fetches none.
    soup = BeautifulSoup(f"{_flatten(_sanitise(html))}\n", "html.parser")
    left_out = list(name_embedded(html))
    title = _take_title(soup)
    _take_hidden(soup, left_out)
    _name_styles(soup)
    gather_word_lists(soup)
    flatten_layout(soup)
    _mend_links(soup)
    _mend_pictures(soup, left_out)
    if whole:
        title = _take_first_heading(soup) or title
    _mend_headings(soup)
    notes = mark_footnotes(soup)
    parts = [_write(soup), *(_write_note(label, note) for label, note in notes)]
    markdown = "\n\n".join(part for part in parts if part)
    return Converted(_tidy(markdown), title, left_out)


def _depth(html: str) -> int:
    """How deep the source goes at most, elements apart that close by themselves."""
    depth = deepest = 0
    for match in _ROUGH_TAG.finditer(html):
        if match[2].lower() not in _CLOSED_BY_OTHERS:
            depth = max(0, depth + (-1 if match[1] else 1))
            deepest = max(deepest, depth)
    return deepest


def _sanitise(html: str) -> str:
    return nh3.clean(
        clean_text(html),
        tags=_KEPT,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


def _flatten(html: str) -> str:
    """Sanitised HTML without the tags that stand deeper than can be written.

    Raises: TooLargeError.
    """
    if len(html) > _LONGEST_CLEAN:
        raise TooLargeError(_TOO_LARGE)
    parts = []
    depth = count = end = 0
    for match in _TAG.finditer(html):
        parts.append(html[end : match.start()])
        end = match.end()
        is_end, name = match[1], match[2]
        depth -= bool(is_end)
        if depth < _DEEPEST:
            parts.append(match[0])
            count += not is_end
        depth += not is_end and name not in _VOID
    if count > _MOST_ELEMENTS:
        raise TooLargeError(_TOO_LARGE)
    return "".join([*parts, html[end:]])


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        value = value.lower()
        return " ".join(word for word, look in _STYLES if look.search(value)) or None
    if name in {"start", "height", "width"}:
        return value if _SMALL_NUMBER.fullmatch(value) else None
    return value


# The tree is put right --------------------------------------------------------


def _tags(soup: BeautifulSoup | Tag, *names: str) -> Iterator[Tag]:
    """Elements of these names, found before any of them is changed."""
    yield from (tag for tag in soup.find_all(names) if isinstance(tag, Tag))


def _styled(tag: Tag) -> set[str]:
    return set(str(tag.get("style") or "").split())


def _take_title(soup: BeautifulSoup) -> str:
    title = ""
    for tag in _tags(soup, "title"):
        title = title or " ".join(tag.get_text().split())
        tag.decompose()
    return title


def _take_hidden(soup: BeautifulSoup, left_out: list[str]) -> None:
    """What readers of the original did not see is listed, not taken."""
    for tag in [t for t in soup.find_all(style=True) if "hidden" in _styled(t)]:
        text = " ".join(_INVISIBLE.sub("", tag.get_text(" ")).split())
        if text:
            left_out.append(f"Hidden in the original: {text}")
        tag.clear()


def _name_styles(soup: BeautifulSoup) -> None:
    """Bold and italic that stand in styles alone become elements."""
    for tag in _tags(soup, "span", "b", "i", "strong", "em", "strike"):
        styles = _styled(tag)
        in_heading = tag.find_parent(_HEADING) is not None
        if tag.name in {"b", "strong"} and ("normal" in styles or in_heading):
            tag.unwrap()
        elif tag.name == "strike":
            tag.name = "del"
        elif tag.name == "span" and "ignore" not in styles:
            names = (
                ("strong", "bold" in styles and not in_heading),
                ("em", "italic" in styles),
                ("del", "strike" in styles),
            )
            wanted = [name for name, applies in names if applies]
            if not wanted or not tag.get_text().strip():
                tag.unwrap()
                continue
            tag.name = wanted[0]
            for name in wanted[1:]:
                tag.wrap(soup.new_tag(name))


def _mend_links(soup: BeautifulSoup) -> None:
    for tag in _tags(soup, "a"):
        href = str(tag.get("href") or "").strip()
        if not href or (not href.startswith("#") and not _is_absolute(href)):
            if href:
                tag.append(NavigableString(f" ({href})"))
            del tag["href"]
            continue
        tag["href"] = as_destination(_behind_redirect(href))
        if tag.find(_BLOCKS):
            _link_inside(soup, tag)


def _is_absolute(href: str) -> bool:
    return href.startswith(("http://", "https://", "mailto:"))


def _behind_redirect(url: str) -> str:
    """The address that a redirecting service was given, if it is one that is known."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return url
    place = f"{parts.hostname or ''}{parts.path}"
    for service, names in _REDIRECTS.items():
        if place == service or place.endswith("." + service):
            found = next((query[n][0] for n in names if n in query), "")
            return found if found.startswith(("http://", "https://")) else url
    return url


def _link_inside(soup: BeautifulSoup, link: Tag) -> None:
    """A link around paragraphs, as of a card, becomes a link inside the first of them."""
    for block in link.find_all(_BLOCKS):
        if (
            isinstance(block, Tag)
            and not block.find(_BLOCKS)
            and block.get_text().strip()
        ):
            inner = soup.new_tag("a", href=str(link["href"]))
            for child in list(block.children):
                inner.append(child.extract())
            block.append(inner)
            break
    link.unwrap()


def _mend_pictures(soup: BeautifulSoup, left_out: list[str]) -> None:
    """Pictures that only count readers go; those without an address are listed."""
    for tag in _tags(soup, "img"):
        src, alt = str(tag.get("src") or ""), str(tag.get("alt") or "")
        if {str(tag.get("width")), str(tag.get("height"))} & {"0", "1"}:
            tag.decompose()
        elif not src.startswith(("http://", "https://", "/")):
            left_out.append(f"A picture without an address: {alt or 'no words for it'}")
            tag.replace_with(NavigableString(alt))
        else:
            tag["src"] = as_destination(src)


def _take_first_heading(soup: BeautifulSoup) -> str:
    """The first heading's words, taken out, where it is the only one of the first level."""
    first = soup.find(_HEADING)
    if not isinstance(first, Tag) or first.name != "h1" or len(soup.find_all("h1")) > 1:
        return ""
    title = " ".join(first.get_text().split())
    first.decompose()
    return title


def _mend_headings(soup: BeautifulSoup) -> None:
    """The highest headings stand at the second level, below the issue's title."""
    tags = []
    for tag in [t for t in soup.find_all(_HEADING) if isinstance(t, Tag)]:
        if not _INVISIBLE.sub("", tag.get_text()).strip():
            tag.name = "div"
        elif tag.find_parent(["td", "th", "li"]):
            tag.name = "strong"
        else:
            tags.append(tag)
    shift = 2 - min((int(tag.name[1]) for tag in tags), default=2)
    for tag in tags:
        tag.name = f"h{min(6, int(tag.name[1]) + shift)}"


# The tree is written ----------------------------------------------------------


class _Writer(MarkdownConverter):
    """markdownify, with our escaping and without its loops over long lists."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        text = escape_inline(text)
        return text.replace("|", "\\|") if {"td", "th"} & parent_tags else text

    def convert_p(self, el: Any, text: str, parent_tags: set[str]) -> str:
        written: str = super().convert_p(el, text, parent_tags)  # type: ignore[misc]
        return _with_start(written, parent_tags)

    def convert_div(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if el.find(_BLOCKS) or el.find(["ul", "ol", "table", "pre", "hr"]):
            stripped = text.strip("\n")
            return f"\n\n{stripped}\n\n" if stripped.strip() else ""
        return self.convert_p(el, text, parent_tags)

    convert_section = convert_figure = convert_figcaption = convert_div
    convert_dt = convert_dd = convert_div

    def convert_li(self, el: Any, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        if not text:
            return "\n"
        parent = el.parent
        mark = "-"
        if parent is not None and parent.name == "ol":
            number = int(parent.get("data-next") or parent.get("start") or 1)
            parent["data-next"] = str(number + 1)
            mark = f"{number}."
        indent = " " * (len(mark) + 1)
        lines = _with_start(text, parent_tags).split("\n")
        rest = [f"{indent}{line}" if line.strip() else "" for line in lines[1:]]
        return "\n".join([f"{mark} {lines[0]}", *rest]) + "\n"

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:
        alt = escape_inline(" ".join(str(el.get("alt") or "").split()))
        return f"![{alt}]({el['src']})" if el.get("src") else alt

    def convert_fnref(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return f"[^{el['data-label']}]"


def _with_start(text: str, parent_tags: set[str]) -> str:
    """A paragraph's first line, escaped where words would open a block."""
    if "_inline" in parent_tags or "pre" in parent_tags:
        return text
    stripped = text.lstrip("\n")
    return "\n" * (len(text) - len(stripped)) + escape_start(stripped)


def _write(tree: BeautifulSoup | Tag) -> str:
    writer: Any = _Writer(
        heading_style=ATX, bullets="-", autolinks=False,
        sub_symbol="<sub>", sup_symbol="<sup>", table_infer_header=True,
    )  # fmt: skip
    written: str = writer.convert_soup(tree)
    return written.strip("\n")


def _write_note(label: str, note: Tag) -> str:
    first, *rest = _tidy(_write(note)).strip().split("\n")
    lines = [f"    {line}" if line else "" for line in rest]
    return "\n".join([f"[^{label}]: {first}", *lines])


def _tidy(markdown: str) -> str:
    lines = [
        line if line.endswith("  ") and line.strip() else line.rstrip()
        for line in markdown.replace("\xa0", " ").split("\n")
    ]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n") + "\n"
