"""The addresses of the URL configuration."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver


def walk(
    patterns: list, prefix: str = "", *, without: tuple[str, ...] = ()
) -> Iterator[tuple[str, URLPattern]]:
    """Each pattern with the namespaces that it stands in, as they are written before its name.

    Args:
        patterns: of a resolver.
        prefix: of those patterns.
        without: namespaces that are left out.
    """
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            yield prefix, pattern
        elif pattern.namespace not in without:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern.url_patterns, inner, without=without)
