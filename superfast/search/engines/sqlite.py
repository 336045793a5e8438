"""SQLite's FTS5, in a table that holds its own copy of the folded words.

It has no triggers: a migration that rebuilds a table drops them in silence.
"""

import string
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from superfast.search.models import Document
from superfast.search.query import Query, Term
from superfast.search.words import fold_words

# The stemmer knows ASCII endings only. In these letters of private use it leaves words
# whole, so that what is only begun finds them: "universit" is no beginning of "univers",
# all that it leaves of a university, and it takes "poly" for a form of "poli".
_UNSTEMMED = {
    ord(letter): chr(0xE000 + ord(letter)) for letter in string.ascii_lowercase
}

# The newest first, an order in which the table can be walked for nothing.
_CANDIDATES = """
SELECT rowid, -bm25(search_fts, 10, 5, 1, 2) FROM search_fts
 WHERE search_fts MATCH %s AND EXISTS ({seen})
 ORDER BY rowid DESC LIMIT %s
"""


class SQLite:
    """Words, phrases and prefixes by FTS5; scores by its bm25."""

    def vector(self, document: Document) -> None:
        return None

    def lock(self) -> None:
        """SQLite has one writer at a time; settings let a transaction begin as that."""

    def write(self, documents: Sequence[Document]) -> None:
        self.erase([document.pk for document in documents])
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_fts (rowid, title, names, body, begun)"
                " VALUES (%s, %s, %s, %s, %s)",
                [self._row(document) for document in documents],
            )

    def erase(self, pks: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "DELETE FROM search_fts WHERE rowid = %s", [(pk,) for pk in pks]
            )

    def spell(self, forms: Sequence[tuple[str, str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT OR IGNORE INTO search_spelling (form, word) VALUES (%s, %s)",
                forms,
            )

    def sweep(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM search_fts"
                " WHERE rowid NOT IN (SELECT id FROM search_document)"
            )

    def candidates(
        self, query: Query, visible: QuerySet[Document], limit: int
    ) -> tuple[str, tuple[Any, ...]]:
        here = visible.filter(pk=RawSQL("search_fts.rowid", ())).values("pk")
        seen, params = here.query.sql_with_params()
        match = " AND ".join(map(self._phrase, query.terms))
        return _CANDIDATES.format(seen=seen), (match, *params, limit)

    def _row(self, document: Document) -> tuple[int, str, str, str, str]:
        title, names, body = (
            " ".join(fold_words(text))
            for text in (
                document.title,
                document.names,
                document.searched_text,
            )
        )
        begun = f"{title} {names}".translate(_UNSTEMMED)
        return document.pk, title, names, body, begun

    def _phrase(self, term: Term) -> str:
        words = " ".join(term.words)
        if not term.is_prefix:
            return f'"{words}"'
        return f'("{words}"* OR begun : "{words.translate(_UNSTEMMED)}"*)'
