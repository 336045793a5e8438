"""Changes to what can be found. An app makes them in the transaction of its own change.

    index.put([DocumentData(kind=Kind.PAPER, key="maxvit", ...)])
    index.replace(Kind.SECTION, "2023-01-11", documents)
    index.remove(Kind.PAPER, ["maxvit"])

Readers find what is published, by the dates given here: a withdrawal or a new date
is put again like any other change.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from superfast.search import engines, sources
from superfast.search.documents import DocumentData, Kind
from superfast.search.models import Document
from superfast.search.spelling import learn

BATCH = 500

_T = TypeVar("_T")
_IDENTITY = ["kind", "key"]
_CHANGEABLE = [
    field.name
    for field in Document._meta.concrete_fields
    if field.name not in {"id", *_IDENTITY}
]


def put(documents: Iterable[DocumentData]) -> int:
    """The documents are found as they are now; one with a known kind and key is changed.

    Of two with the same kind and key the later counts. All or none are stored.

    Returns: how many were put. Cost: two to three queries for each 500.
    Raises: IntegrityError where a document breaks a rule (withdrawn before published).
    """
    with _writing():
        return sum(len(_put_batch(batch)) for batch in _batched(documents))


def replace(kind: Kind, group: str, documents: Iterable[DocumentData]) -> int:
    """Of this group exactly these documents are found, at once and for everybody.

    Without documents nothing of the group is left. The group given here is written on
    each of them. Keep groups small (an issue's sections): all are held in memory.

    Returns: how many were put.
    Raises: ValueError where a document is of another kind.
    """
    with _writing():
        kept: set[int] = set()
        for batch in _batched(documents):
            if any(data.kind != kind for data in batch):
                raise ValueError(f"Not every document is of the kind {kind.value}.")
            kept.update(_put_batch(batch, group=group))
        stale = Document.objects.filter(kind=kind, group=group).exclude(pk__in=kept)
        _erase(stale)
    return len(kept)


def remove(kind: Kind, keys: Collection[str]) -> int:
    """The documents are found no longer; keys that nothing has are no fault.

    Returns: how many there were.
    """
    with _writing():
        return sum(
            _erase(Document.objects.filter(kind=kind, key__in=batch))
            for batch in _batched(keys)
        )


def rebuild(kind: Kind) -> int:
    """Everything that the kind's source tells is found, and nothing else of that kind.

    Readers search on meanwhile: batch after batch is stored, then what the source no
    longer tells is removed. No lock is held longer than one batch takes.

    Returns: how many documents there are. Raises: KeyError for a kind without a source.
    """
    began_at = timezone.now()
    count = 0
    for batch in _batched(sources.documents_of(kind)):
        with _writing():
            count += len(_put_batch(batch))
    stale = Document.objects.filter(kind=kind, indexed_at__lt=began_at)
    while True:
        with _writing():
            if not _erase(stale[:BATCH]):
                engines.current().sweep()
                return count


@contextmanager
def _writing() -> Iterator[None]:
    """One writer at a time, until the caller's transaction ends.

    Two that replaced a group at once would each keep what the other deletes, or wait
    for each other without end.
    """
    with transaction.atomic():
        engines.current().lock()
        yield


def _put_batch(batch: list[DocumentData], **changes: str) -> list[int]:
    engine = engines.current()
    now = timezone.now()
    # PostgreSQL refuses to change a row twice in one statement.
    latest = {(data.kind, data.key): data for data in batch}
    rows = [
        Document(**(asdict(data) | changes), indexed_at=now) for data in latest.values()
    ]
    for row in rows:
        row.vector = engine.vector(row)
    rows = Document.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=_IDENTITY,
        update_fields=_CHANGEABLE,
    )
    engine.write(rows)
    learn(latest.values())
    return [row.pk for row in rows]


def _erase(documents: QuerySet[Document]) -> int:
    pks = list(documents.values_list("pk", flat=True))
    for batch in _batched(pks):
        engines.current().erase(batch)
        Document.objects.filter(pk__in=batch).delete()
    return len(pks)


def _batched(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
