"""Scripts of ours in a page."""

from functools import lru_cache

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from superfast.common.staticfiles import HashedStorage

register = template.Library()


@register.simple_tag
def module(name: str) -> SafeString:
    """A script element, with the digest that the file has where files are collected.

    A browser then runs what was deployed or nothing, whoever serves the file.
    """
    if not isinstance(staticfiles_storage, HashedStorage):
        return format_html('<script type="module" src="{}"></script>', static(name))
    return _hashed(staticfiles_storage, name)


@lru_cache(maxsize=100)
def _hashed(storage: HashedStorage, name: str) -> SafeString:
    """The element, for as long as the process's list of files lasts."""
    return format_html(
        '<script type="module" src="{}" integrity="{}"></script>',
        storage.url(name),
        storage.integrity(name),
    )
