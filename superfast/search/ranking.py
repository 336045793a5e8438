"""The question that a list of its own asks of the index: which of its rows match, and how well."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from superfast.search import engines
from superfast.search.documents import Kind
from superfast.search.find import MAX_TOTAL
from superfast.search.models import Document
from superfast.search.query import MAX_WORDS, parse
from superfast.search.spelling import correct
from superfast.search.words import fold_words

_SCORED = """
WITH matched (id, score) AS MATERIALIZED ({candidates})
SELECT document."key" FROM matched JOIN search_document AS document ON document.id = matched.id
 ORDER BY matched.score DESC, matched.id DESC
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What matches a text.

    Attributes:
        keys: of the documents that match, the best first; `MAX_TOTAL` at most.
        is_capped: whether more match than that.
        corrected: what was searched for instead, where nothing matched the text itself.
    """

    keys: tuple[str, ...]
    is_capped: bool = False
    corrected: str = ""


def rank(
    text: str, *, kind: Kind, at: datetime | None = None, within: Q | None = None
) -> Ranking | None:
    """The documents of a kind that everybody may see at a moment and that match.

    Args:
        text: as typed; read as `find` reads it, slips mended as there.
        kind: what is looked for.
        at: an aware datetime; now, if none is given.
        within: a condition on documents: those that the list may show.

    Returns: None where no word is asked for. Cost: one query; more where nothing matches.
    """
    if not parse(text).terms:
        return None
    visible = Document.objects.published(at).filter(within or Q(), kind=kind)
    found = _rank(text, visible)
    if found.keys:
        return found
    words = fold_words(text)[:MAX_WORDS]
    for mended in correct(dict.fromkeys(words)):
        corrected = " ".join(mended.get(word, word) for word in words)
        again = _rank(corrected, visible)
        if again.keys:
            return Ranking(again.keys, again.is_capped, corrected)
    return found


def _rank(text: str, visible: QuerySet[Document]) -> Ranking:
    query = parse(text)
    candidates, params = engines.current().candidates(query, visible, MAX_TOTAL + 1)
    with connection.cursor() as cursor:
        # The text is a parameter, the rest is ours.
        cursor.execute(_SCORED.format(candidates=candidates), params)
        keys = tuple(key for (key,) in cursor.fetchall())
    return Ranking(keys[:MAX_TOTAL], is_capped=len(keys) > MAX_TOTAL)
