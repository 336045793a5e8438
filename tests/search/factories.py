from datetime import UTC, datetime
from itertools import count
from typing import Any

from superfast.search.documents import DocumentData, Kind

NOW = datetime(2023, 6, 1, 12, tzinfo=UTC)
_numbers = count(1)


def make_data(**overrides: Any) -> DocumentData:
    """A published paper, of which nothing is like that of another but its words."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "kind": Kind.PAPER,
        "key": f"paper-{number}",
        "title": "A title",
        "url": f"/papers/2022/paper-{number}/",
        "publish_at": datetime(2023, 1, 11, 13, tzinfo=UTC),
    }
    return DocumentData(**(values | overrides))
