"""The question that the editors' desk asks of the index: which rows match, drafts too.

Readers never come here: `find` shows what is published, and nothing else.
"""

from typing import Any

from django.db.models.expressions import RawSQL

from superfast.search import engines
from superfast.search.documents import Kind
from superfast.search.find import MAX_TOTAL
from superfast.search.models import Document
from superfast.search.query import parse

# Columns of the index, for `matching`; PostgreSQL keeps the word GROUP for itself.
KEY, GROUP = '"key"', '"group"'

_MATCHED = """
WITH matched (id, score) AS MATERIALIZED ({candidates})
SELECT CAST({name} AS {type}) FROM search_document WHERE id IN (SELECT id FROM matched)
"""


def matching(text: str, kind: Kind, *, name: str, db_type: str) -> RawSQL | None:
    """Documents of a kind that match a text, whoever may see them, as a subquery.

    Every word must occur, the last may be just begun; `MAX_TOTAL` documents at most.

    Args:
        text: as typed.
        kind: what is looked for.
        name: what of a document is selected, in SQL of ours: `KEY`, `GROUP`, or a part.
        db_type: of the column that it is compared with.

    Returns: for `filter(pk__in=…)`; None where no word is asked for. Cost: none of its own.
    """
    query = parse(text)
    if not query.terms:
        return None
    documents = Document.objects.filter(kind=kind)
    candidates, params = engines.current().candidates(query, documents, MAX_TOTAL)
    sql = _MATCHED.format(candidates=candidates, name=name, type=db_type)
    given: Any = tuple(params)
    # The text is a parameter, the rest is ours.
    return RawSQL(sql, given)  # noqa: S611  # nosec B611
