from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from superfast.search import index
from superfast.search.find import find
from superfast.search.models import Document
from tests.search.factories import NOW, make_data

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("publish_at", "withdrawn_at", "is_found"),
    [
        (None, None, False),
        (NOW + MOMENT, None, False),
        (NOW, None, True),
        (NOW - MOMENT, None, True),
        (NOW - MOMENT, NOW + MOMENT, True),
        (NOW - MOMENT, NOW, False),
        (NOW - MOMENT, NOW - MOMENT, False),
    ],
)
def test_only_what_is_published_is_found_and_counted(
    publish_at, withdrawn_at, is_found
):
    index.put(
        [make_data(title="Whale", publish_at=publish_at, withdrawn_at=withdrawn_at)]
    )
    results = find("whale", at=NOW)
    assert (len(results.hits), results.total) == (is_found, is_found)
    assert Document.objects.get().is_published(NOW) is is_found


def test_what_is_hidden_takes_no_place_from_what_is_not(monkeypatch):
    monkeypatch.setattr("superfast.search.find.MAX_TOTAL", 5)
    drafts = [make_data(title="Whale whale", publish_at=None) for _ in range(20)]
    index.put([*drafts, make_data(key="seen", title="Whale"), *drafts])
    results = find("whale", at=NOW)
    assert [hit.key for hit in results.hits] == ["seen"]
    assert results.total_label == "1"


def test_a_scheduled_document_is_found_from_its_time_on():
    index.put([make_data(title="Whale", publish_at=NOW)])
    assert find("whale", at=NOW - MOMENT).total == 0
    assert find("whale", at=NOW).total == 1


def test_a_document_put_again_as_withdrawn_is_found_no_longer():
    data = make_data(key="it", title="Whale")
    index.put([data])
    assert find("whale", at=NOW).total == 1
    index.put([make_data(key="it", title="Whale", withdrawn_at=NOW)])
    assert find("whale", at=NOW).total == 0


def test_a_document_withdrawn_before_it_is_published_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        index.put([make_data(publish_at=NOW, withdrawn_at=NOW - MOMENT)])
    with pytest.raises(IntegrityError), transaction.atomic():
        index.put([make_data(publish_at=None, withdrawn_at=NOW)])
