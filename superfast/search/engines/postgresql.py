"""PostgreSQL's own full text: a column of lexemes with a GIN index.

Its configuration stems English and knows no stop words, as SQLite's does not: "the" is
found, and "state of the art" is a phrase of four words.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value

from superfast.search.models import Document
from superfast.search.query import Query, Term
from superfast.search.words import fold_words

STEMMED = "superfast_english"
UNSTEMMED = "simple"

_WEIGHTS = [0.2, 0.1, 0.5, 1.0]  # of D (what is begun), C (body), B (names), A (title)
_LONG_IS_LESS = 1  # divide by 1 + the logarithm of the length


class PostgreSQL:
    """Words, phrases and prefixes by tsquery; scores by ts_rank."""

    def vector(self, document: Document) -> Any:
        title, names = fold_words(document.title), fold_words(document.names)
        return (
            self._lexemes(title, "A")
            + self._lexemes(names, "B")
            + self._lexemes(fold_words(document.searched_text), "C")
            + self._lexemes(title + names, "D", UNSTEMMED)
        )

    def lock(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('superfast.search'))")

    def write(self, documents: Sequence[Document]) -> None:
        """Written with the document's own row."""

    def erase(self, pks: Sequence[int]) -> None:
        """Deleted with the document's own row."""

    def spell(self, forms: Sequence[tuple[str, str]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_spelling (form, word)"
                " SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
                [[form for form, _ in forms], [word for _, word in forms]],
            )

    def sweep(self) -> None:
        """Nothing can be left over."""

    def candidates(
        self, query: Query, visible: QuerySet[Document], limit: int
    ) -> tuple[str, tuple[Any, ...]]:
        wanted = self._tsquery(query)
        score = SearchRank(
            F("vector"), wanted, weights=_WEIGHTS, normalization=_LONG_IS_LESS
        )
        matching = (
            visible.filter(
                Func(
                    F("vector"),
                    wanted,
                    template="(%(expressions)s)",
                    arg_joiner=" @@ ",
                    output_field=BooleanField(),
                )
            )
            .order_by()
            .values_list("pk", score)[:limit]
        )
        return matching.query.sql_with_params()

    def _lexemes(self, words: list[str], weight: str, config: str = STEMMED) -> Any:
        return SearchVector(Value(" ".join(words)), weight=weight, config=config)

    def _tsquery(self, query: Query) -> Any:
        *others, last = query.terms
        wanted = self._phrases([last], STEMMED)
        if last.is_prefix:
            # "universit" is no beginning of "univers", all that stemming leaves of a
            # university, and "poly" is taken for a form of "poli".
            wanted |= self._phrases([last], UNSTEMMED)
        return self._phrases(others, STEMMED) & wanted if others else wanted

    def _phrases(self, terms: Sequence[Term], config: str) -> Any:
        return SearchQuery(
            " & ".join(map(self._phrase, terms)), config=config, search_type="raw"
        )

    def _phrase(self, term: Term) -> str:
        return " <-> ".join(f"'{word}'" for word in term.words) + ":*" * term.is_prefix
