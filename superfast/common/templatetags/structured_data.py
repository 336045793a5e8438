"""What a page is, said to machines: JSON-LD, the one script element with content.

A browser runs none of it, so the policy lets it stand; nothing typed can end it, for
`<`, `>` and `&` are written as escapes of JSON.
"""

import json

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@register.simple_tag
def json_ld(kind: str, **properties: str | bool) -> SafeString:
    """A thing of schema.org with the properties given; empty ones are left out.

    `{% json_ld "Quiz" name=quiz.title url=address %}`
    """
    known = {
        name: value for name, value in properties.items() if value not in ("", None)
    }
    data = {"@context": "https://schema.org", "@type": kind, **known}
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  # escaped above
