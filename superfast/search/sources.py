"""Who can tell everything that belongs in the index.

An app says so in its `apps.py`, by a dotted path, so that nothing of it is loaded yet:

    def ready(self) -> None:
        sources.register(Kind.PAPER, "papers.search.all_documents")
"""

from collections.abc import Callable, Iterable

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from superfast.search.documents import DocumentData, Kind

Source = Callable[[], Iterable[DocumentData]]
_sources: dict[Kind, str | Source] = {}


def register(kind: Kind, source: str | Source) -> None:
    """`rebuild_search` will ask this source for all documents of that kind.

    Args:
        kind: every document of the source has it.
        source: a function without arguments that yields drafts and scheduled things
            too (their dates decide who sees them), or its dotted path. Let it iterate
            (`queryset.iterator()`): a catalogue may hold a million papers.

    Raises: ImproperlyConfigured where the kind has another source already.
    """
    if _sources.setdefault(kind, source) != source:
        raise ImproperlyConfigured(f"Search has two sources for {kind}.")


def registered() -> list[Kind]:
    """The kinds that have a source, in the order of `Kind`."""
    return [kind for kind in Kind if kind in _sources]


def documents_of(kind: Kind) -> Iterable[DocumentData]:
    """Everything that the kind's source has to say.

    Raises: KeyError for a kind without a source.
    """
    source = _sources[kind]
    function: Source = import_string(source) if isinstance(source, str) else source
    return function()
