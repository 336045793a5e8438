"""Parts of a page that are the same on many: written once in each process."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def written_once(name: str, **values: str | None) -> SafeString:
    """The template, which knows nothing but these values.

    They must be few: a hundred different parts are kept. With `DEBUG` none is, so
    that a change of the template is seen at once.
    """
    given = tuple(sorted((key, value or "") for key, value in values.items()))
    return _write(name, given) if settings.DEBUG else _written(name, given)


def _write(name: str, values: tuple[tuple[str, str], ...]) -> SafeString:
    return render_to_string(name, dict(values))


_written = lru_cache(maxsize=100)(_write)
