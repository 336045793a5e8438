"""The database's own full text, whichever it is."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import QuerySet

from superfast.search.engines.postgresql import PostgreSQL
from superfast.search.engines.sqlite import SQLite
from superfast.search.models import Document
from superfast.search.query import Query


class Engine(Protocol):
    """What each database does its own way. A call of any but `vector` is a query or two."""

    def vector(self, document: Document) -> Any:
        """The value of `Document.vector`: an expression, or None."""

    def lock(self) -> None:
        """Nobody else writes to the index until this transaction ends."""

    def write(self, documents: Sequence[Document]) -> None:
        """The stored documents, new or changed, are found by what is in them now."""

    def erase(self, pks: Sequence[int]) -> None:
        """The documents, which are about to be deleted, are found no longer."""

    def spell(self, forms: Sequence[tuple[str, str]]) -> None:
        """Rows of `Spelling`, form and word, are there. Thousands, so no objects are made of them."""

    def sweep(self) -> None:
        """Nothing is left of documents that were deleted without `erase`."""

    def candidates(
        self, query: Query, visible: QuerySet[Document], limit: int
    ) -> tuple[str, tuple[Any, ...]]:
        """SQL and parameters that select (id, score) of visible documents that match.

        At most `limit` rows in no order, those most likely to be wanted preferred; the
        higher the score, the better. The query has at least one term.
        """


_ENGINES: dict[str, Engine] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


def current() -> Engine:
    """The engine of the database in use.

    Raises: ImproperlyConfigured for a database that has none.
    """
    try:
        return _ENGINES[connection.vendor]
    except KeyError:
        raise ImproperlyConfigured(
            f"Search knows SQLite and PostgreSQL, not {connection.vendor}."
        ) from None
