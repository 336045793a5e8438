"""What a page is, said to machines: JSON-LD, the one script element with content.

A browser runs none of it, so the policy lets it stand; nothing typed can end it, for
`<`, `>` and `&` are written as escapes of JSON.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"}
# Pairs, so that the backslash of an escaped backslash escapes no quotation mark.
_PAIR = re.compile(r"\\(.)")


@register.simple_tag
def json_ld(thing: str | Mapping[str, Any], **properties: str | bool) -> SafeString:
    """A thing of schema.org; empty properties are left out.

    By its type and its properties, or whole, as `superfast.common.metadata` makes it:
    `{% json_ld "Quiz" name=quiz.title url=address %}`, `{% json_ld thing %}`
    """
    whole = {"@type": thing} if isinstance(thing, str) else dict(thing)
    data = {"@context": "https://schema.org", **whole, **properties}
    known = {name: value for name, value in data.items() if value not in ("", None, [])}
    text = json.dumps(known, ensure_ascii=False).translate(_ESCAPES)
    text = _PAIR.sub(lambda pair: "\\u0022" if pair[1] == '"' else pair[0], text)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  # escaped above
