"""Addresses of the site's own pages, written once in each process."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=4096)
def path_to(name: str, *args: str | int) -> str:
    """The path of a named address. Raises: NoReverseMatch.

    Django takes twenty times as long to write it as to look it up here, and a page
    has dozens.
    """
    return reverse(name, args=args)
