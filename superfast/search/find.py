"""The one question that readers ask of the index.

results = find("diffusion mod", kind=Kind.PAPER, year=2022)
results.total_label              # "17"
results.hits[0].snippet          # (Segment("… ", False), Segment("diffusion", True), …)
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from superfast.common.paging import count_label
from superfast.search import engines
from superfast.search.documents import Kind
from superfast.search.models import Document
from superfast.search.query import MAX_WORDS, Query, parse
from superfast.search.snippets import Segment, excerpt, mark, whole
from superfast.search.spelling import correct
from superfast.search.words import fold_words

MAX_TOTAL = 1_000
MAX_LIMIT = 100

# Ranking every match of a common word takes seconds: no more than a bounded number is
# matched, counted and ranked. Materialised, or a planner that knows what comes next
# walks an index of the order and never meets a rare word.
_RANKED = """
WITH matched (id, score) AS MATERIALIZED ({candidates}),
     shown AS (SELECT id, score FROM matched ORDER BY score DESC, id DESC LIMIT %s OFFSET %s)
SELECT (SELECT count(*) FROM matched), shown.id
  FROM (SELECT 1 AS one) AS always LEFT JOIN shown ON 1 = 1
 ORDER BY shown.score DESC, shown.id DESC
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One thing found. The segments are plain text: mark and escape them when shown."""

    kind: Kind
    key: str
    title: str
    title_segments: tuple[Segment, ...]
    names: str
    url: str
    context: str
    dated_on: date | None
    snippet: tuple[Segment, ...]

    @property
    def kind_label(self) -> str:
        """How readers call one of its kind."""
        return self.kind.singular


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """A page of hits, best first, and how many there are in all.

    Attributes:
        hits: those from the offset on.
        total: how many match, counted to `MAX_TOTAL`.
        is_capped: whether there are more than that.
        is_empty_query: whether nothing was asked: no word was in the text.
        corrected: what was searched for instead, where nothing matched the text itself.
    """

    hits: tuple[Hit, ...]
    total: int
    is_capped: bool
    is_empty_query: bool
    corrected: str = ""

    @property
    def total_label(self) -> str:
        """The total as readers see it: "17", or "1,000+" from there on."""
        return count_label(self.total, is_more=self.is_capped)


def find(
    text: str,
    *,
    at: datetime | None = None,
    kind: Kind | None = None,
    year: int | None = None,
    topic: str = "",
    offset: int = 0,
    limit: int = 20,
) -> Results:
    """What everybody may see at a moment (now, if none is given) and matches the text.

    Every word must occur, in any form of it; the last may be just begun. A "quoted
    phrase", and words joined as in `GPT-3`, must stand together. No text is a mistake:
    whatever is no word is passed over, and only the first words of a long text count.

    Args:
        text: as typed by a reader.
        at: an aware datetime.
        kind: only this kind of thing.
        year: only what is dated in this year.
        topic: only what is about the topic with this slug.
        offset: how many of the best hits to skip; hits beyond `MAX_TOTAL` can't be had.
        limit: how many hits at most, up to `MAX_LIMIT`.

    Where nothing matches, words that are one slip from a word of a title or a name are
    taken for that, and `corrected` says so.

    Cost: two queries; none where nothing is asked. Where nothing matches, one for each
    word more, and two for each of at most three ways to mend them.
    """
    asked: dict[str, Any] = {"at": at, "kind": kind, "year": year, "topic": topic}
    page: dict[str, Any] = {"offset": offset, "limit": limit}
    results = _find(parse(text), **asked, **page)
    if results.total or results.is_empty_query:
        return results
    words = fold_words(text)[:MAX_WORDS]
    for mended in correct(dict.fromkeys(words)):
        corrected = " ".join(mended.get(word, word) for word in words)
        again = _find(parse(corrected), **asked, **page)
        if again.total:
            return replace(again, corrected=corrected)
    return results


def _find(
    query: Query,
    *,
    at: datetime | None,
    kind: Kind | None,
    year: int | None,
    topic: str,
    offset: int,
    limit: int,
) -> Results:
    """What matches the query as it stands. Cost: two queries; one where nothing does."""
    if not query.terms or (year is not None and not date.min.year <= year <= 9999):
        return Results(
            hits=(), total=0, is_capped=False, is_empty_query=not query.terms
        )
    visible = Document.objects.published(at)
    if kind is not None:
        visible = visible.filter(kind=kind)
    if year is not None:
        visible = visible.filter(dated_on__year=year)
    if topic:
        visible = visible.filter(topics__contains=f"|{topic}|")

    candidates, params = engines.current().candidates(query, visible, MAX_TOTAL + 1)
    page = (min(max(limit, 1), MAX_LIMIT), min(max(offset, 0), MAX_TOTAL))
    with connection.cursor() as cursor:
        cursor.execute(_RANKED.format(candidates=candidates), (*params, *page))
        rows = cursor.fetchall()
    total = rows[0][0]
    pks = [pk for _, pk in rows if pk is not None]
    found = Document.objects.defer("vector").in_bulk(pks) if pks else {}
    return Results(
        hits=tuple(_hit(found[pk], query) for pk in pks if pk in found),
        total=min(total, MAX_TOTAL),
        is_capped=total > MAX_TOTAL,
        is_empty_query=False,
    )


def _hit(document: Document, query: Query) -> Hit:
    kind = Kind(document.kind)
    return Hit(
        kind=kind,
        key=document.key,
        title=document.title,
        title_segments=mark(document.title, query),
        names=document.names,
        url=document.url,
        context=document.context,
        dated_on=document.dated_on,
        snippet=whole(document.body)
        if kind.is_quoted_whole
        else excerpt(document.body, query),
    )
