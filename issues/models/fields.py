"""Fields that more than one table has."""

from markdownx.models import MarkdownxField

from superfast.common.text import CleanTextField


class MarkdownField(MarkdownxField, CleanTextField):  # type: ignore[misc]  # untyped package
    """Markdown as typed, but for what no feed can carry; edited with markdownx's field."""
