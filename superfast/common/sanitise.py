"""What of a piece of HTML may reach a reader: the allow-list, and nothing besides.

The only module that calls HTML safe, having cleaned it.
"""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe

from superfast.common.text import clean_text

_OUR_ID = re.compile(r"^(?:s|fn|fnref)-[\w-]+$")

INLINE_TAGS = {
    "a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
    "q", "s", "small", "strong", "sub", "sup", "u", "var",
}  # fmt: skip
BLOCK_TAGS = INLINE_TAGS | {
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


def clean(html: str, tags: set[str], *, with_lines: bool = False) -> SafeString:
    """The HTML, of these elements only, without anything that could run.

    With lines, elements keep `data-line`: where they begin in the text, for the preview.
    """
    safe = nh3.clean(
        html,
        tags=tags,
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes={"data-line"} if with_lines else None,
        allowed_classes=_CLASSES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    # `&#12;` is typed in characters that a feed can carry, and stands for one it can't.
    return mark(clean_text(safe))


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Ids are ours alone, so that no text can name `location` or a form's field."""
    if name == "id":
        return value if _OUR_ID.match(value) else None
    allowed = _VALUES.get((tag, name))
    return value if allowed is None or value in allowed else None


def mark(html: str) -> SafeString:
    """HTML put together from what `clean` gave."""
    return mark_safe(html)  # noqa: S308  # the sanitiser's own output
