import pytest

from superfast.search import index
from superfast.search.documents import DocumentData, Kind
from superfast.search.find import find
from tests.search.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_keyword_finds_what_it_belongs_to_and_is_not_shown() -> None:
    index.put(
        [
            DocumentData(
                kind=Kind.PAPER,
                key="maxvit",
                title="MaxViT",
                url="/papers/2022/maxvit/",
                body="Attends near and far.",
                keywords="2204.01697 ECCV",
                publish_at=NOW,
            )
        ]
    )
    for text in ("eccv", "2204.01697"):
        (hit,) = find(text, at=NOW).hits
        assert (
            "".join(segment.text for segment in hit.snippet) == "Attends near and far."
        )
