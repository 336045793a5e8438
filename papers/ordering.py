"""The orders in which a list can be read, and how to read on from a paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import F, OrderBy, Q, Value
from django.db.models.functions import Coalesce, NullIf

from papers.models import COUNTED_TO, Paper, PaperQuerySet
from superfast.common.statements import among, listed

_NAMED_VENUE = NullIf(F("venue"), Value(""))


@dataclass(frozen=True)
class Key:
    """A column of an order, or a name that `Order.apply` gives to an expression."""

    name: str
    is_falling: bool = False

    def expression(self, *, has_index: bool = True) -> OrderBy:
        """What stands in ORDER BY."""
        column: F | Coalesce = F(self.name)
        if not has_index:
            # PostgreSQL would walk an index through half of the catalogue to find a
            # few papers where none of them comes early.
            column = Coalesce(column, column)
        # Only `named_venue` is ever missing, and PostgreSQL puts that last by itself.
        last = True if self.name == "named_venue" else None
        return column.desc() if self.is_falling else column.asc(nulls_last=last)

    def beyond(self, value: Any) -> list[Q]:
        """Conditions, in order, that together hold for every later value."""
        if value is None:
            return []
        step = "lt" if self.is_falling else "gt"
        later = [Q(**{f"{self.name}__{step}": value})]
        if self.name == "named_venue":
            later.append(Q(named_venue=None))
        return later


@dataclass(frozen=True)
class Order:
    """An order of the list; its last key is unique, so that it is total."""

    label: str
    keys: tuple[Key, ...]

    def apply(self, papers: PaperQuerySet, *, is_few: bool = False) -> PaperQuerySet:
        """The papers in this order; a few are found as they are counted, then sorted."""
        if is_few:
            keys = papers.order_by("pk").values("pk")[:COUNTED_TO]
            papers = Paper.objects.filter(pk__in=keys)
        return self._sorted(papers, has_index=not is_few)

    def _sorted(self, papers: PaperQuerySet, *, has_index: bool) -> PaperQuerySet:
        named = papers.alias(named_venue=_NAMED_VENUE)
        return named.order_by(
            *(key.expression(has_index=has_index) for key in self.keys)
        )

    def candidates(
        self,
        parts: Sequence[PaperQuerySet],
        count: int,
        *,
        is_few: bool = False,
        beyond: Q | None = None,
    ) -> PaperQuerySet:
        """In this order papers of which the first so many are those of all the parts.

        There may be more: who asks takes the first so many. `beyond` is a condition on
        them, which may be on what `apply` names. Cost: none of its own; a query for each of
        several parts.
        """
        ordered = [self.apply(part, is_few=is_few) for part in parts]
        if beyond is not None:
            ordered = [part.filter(beyond) for part in ordered]
        if len(ordered) == 1:
            return ordered[0]
        # No index is in the order of all together: an `OR` would have the database read and
        # sort a whole catalogue for the sake of one guest. In one statement with the parts
        # PostgreSQL took minutes to sort them where it had not looked at its tables yet.
        keys = [
            pk for part in ordered for pk in part.values_list("pk", flat=True)[:count]
        ]
        papers = Paper.objects.filter(pk__in=among(listed(keys)))
        return self._sorted(papers, has_index=False)

    def read_after(
        self,
        parts: Sequence[PaperQuerySet],
        last: int,
        count: int,
        *,
        is_few: bool = False,
    ) -> list[int]:
        """The keys of the next papers after the one with this key, in this order.

        Asked range by range, each of which an index answers from its beginning: a
        condition over all of them at once would make it walk past all before.
        Raises: Paper.DoesNotExist where that paper is not among them. Cost: a query
        a range, six at most, until there are enough; with guests three.
        """
        row = self._row(parts, last)

        def following() -> Iterator[int]:
            for condition in self._ranges(row):
                rows = self.candidates(parts, count, is_few=is_few, beyond=condition)
                yield from rows.values_list("pk", flat=True)[:count]

        return list(islice(following(), count))

    def _row(self, parts: Sequence[PaperQuerySet], pk: int) -> dict[str, Any]:
        """What a paper is ordered by. Cost: a query for each part, until it is found."""
        for part in parts:
            named = part.annotate(named_venue=_NAMED_VENUE).filter(pk=pk)
            row: dict[str, Any] | None = named.values(
                *(key.name for key in self.keys)
            ).first()
            if row is not None:
                return row
        raise Paper.DoesNotExist

    def _ranges(self, row: dict[str, Any]) -> Iterator[Q]:
        """What comes after a row: first what shares most of its keys."""
        for number in reversed(range(len(self.keys))):
            same = Q()
            for key in self.keys[:number]:
                same &= Q(**{key.name: row[key.name]})
            for later in self.keys[number].beyond(row[self.keys[number].name]):
                yield same & later


RELEVANCE = "relevance"
ORDERS = {
    "highlights": Order(
        "Highlights first", (Key("is_highlight", True), Key("position"), Key("id"))
    ),
    "newest": Order("Newest", (Key("first_posted", True), Key("position"), Key("id"))),
    "title": Order("Title", (Key("title_key"), Key("id"))),
    "venue": Order("Venue", (Key("named_venue"), Key("title_key"), Key("id"))),
}
DEFAULT = "highlights"
