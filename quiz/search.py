"""What can be found of the quiz: its title while it is open, its lie once it has closed.

Nothing runs at that moment. Both documents stand in the index beforehand, with dates:
one is found until the quiz closes, the other from then on. The second holds all four
headlines, so that not even how words are weighed tells which of them is the lie.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from django.db.models import F, Prefetch

from quiz.models import Headline, Quiz
from superfast.search import index
from superfast.search.documents import DocumentData, Kind
from superfast.search.models import Document

SERIES = "3 Headlines and a Lie"
_END = datetime(9999, 12, 30, tzinfo=UTC)  # whatever is dated closes before


def index_quizzes() -> int:
    """Readers find of every quiz what they may, now and when it closes.

    All of them are looked at, for a date that moves opens or closes other quizzes
    than its own; only what differs is written.
    Returns: how many documents were put. Cost: three queries, and those of the index.
    """
    wanted = {document.key: document for document in all_documents()}
    names = [name for name in DocumentData.__dataclass_fields__ if name != "kind"]
    stored = {
        row["key"]: row
        for row in Document.objects.filter(kind=Kind.QUIZ).values(*names)
    }
    index.remove(Kind.QUIZ, [key for key in stored if key not in wanted])
    return index.put(
        document
        for key, document in wanted.items()
        if {**stored.get(key, {}), "kind": Kind.QUIZ} != asdict(document)
    )


def all_documents() -> Iterator[DocumentData]:
    """For `rebuild_search`: every quiz whose issue has a time. Cost: two queries."""
    quizzes = (
        Quiz.objects.exclude(issue__publish_at=None)
        .with_closed_at(_END)
        .annotate(
            publish_at=F("issue__publish_at"), withdrawn_at=F("issue__withdrawn_at")
        )
        .prefetch_related(
            Prefetch("headlines", Headline.objects.order_by("handle"), to_attr="cards")
        )
        .order_by("pk")
    )
    for quiz in quizzes.iterator(chunk_size=100):
        yield from _documents(quiz)


def _documents(quiz: Quiz) -> Iterator[DocumentData]:
    # Annotated above: the types of them are not known to the checker.
    publish_at: datetime = quiz.publish_at  # type: ignore[attr-defined]
    withdrawn_at: datetime | None = quiz.withdrawn_at  # type: ignore[attr-defined]
    closed_at: datetime | None = quiz.closed_at
    if closed_at is not None:
        closed_at = max(closed_at, publish_at)
    yield _document(
        quiz,
        key=f"{quiz.pk} open",
        publish_at=publish_at,
        withdrawn_at=min(filter(None, (closed_at, withdrawn_at)), default=None),
    )
    if closed_at is None or (withdrawn_at is not None and withdrawn_at <= closed_at):
        return
    body, keywords = _told(quiz)
    yield _document(
        quiz,
        key=f"{quiz.pk} closed",
        publish_at=closed_at,
        withdrawn_at=withdrawn_at,
        body=body,
        keywords=keywords,
    )


def _told(quiz: Quiz) -> tuple[str, str]:
    """What a hit shows, and what else it is found by; the lie only behind its label."""
    cards: list[Headline] = quiz.cards  # type: ignore[attr-defined]  # prefetched
    if quiz.voided_at is not None:
        body = f"This quiz does not count. {quiz.void_reason}"
        return body, "\n".join(card.text for card in cards)
    lies = [f"FAKE: {card.text}" for card in cards if card.pk == quiz.lie_id]
    truths = [card.text for card in cards if card.pk != quiz.lie_id]
    return "\n".join(lies), "\n".join(truths)


def _document(
    quiz: Quiz,
    *,
    key: str,
    publish_at: datetime,
    withdrawn_at: datetime | None,
    body: str = "",
    keywords: str = "",
) -> DocumentData:
    return DocumentData(
        kind=Kind.QUIZ,
        key=key,
        title=quiz.title,
        url=quiz.get_absolute_url(),
        body=body,
        keywords=keywords,
        context=f"{SERIES}, no. {quiz.number}" if quiz.number else SERIES,
        group=str(quiz.pk),
        publish_at=publish_at,
        withdrawn_at=withdrawn_at,
        dated_on=quiz.publish_at.date(),  # type: ignore[attr-defined]  # annotated
    )
