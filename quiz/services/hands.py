"""The headlines of a quiz, brought by the query of what shows it."""

from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import JSONObject

from quiz.models import Headline
from quiz.services.playing import Card
from superfast.common.json_rows import JsonList


def hand_of(quiz: str) -> Subquery:
    """The headlines of the quiz that a column names, for `read_hand`."""
    rows: Any = Headline.objects.filter(quiz=OuterRef(quiz)).order_by()
    # Grouped by what all have in common: one row, and none where there is no quiz.
    cards = rows.annotate(one=Value(1)).values("one")
    dealt = JsonList(JSONObject(handle="handle", text="text"))
    return Subquery(cards.annotate(dealt=dealt).values("dealt"))


def read_hand(dealt: list[dict[str, str]] | None) -> list[Card]:
    """The cards, in the order that `deal_hands` gives them."""
    cards = [Card(handle=row["handle"], text=row["text"]) for row in dealt or ()]
    return sorted(cards, key=lambda card: card.handle)
