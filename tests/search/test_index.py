from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from superfast.search import index
from superfast.search.documents import Kind
from superfast.search.find import find
from superfast.search.models import Document
from tests.search.factories import NOW, make_data


def total(text: str) -> int:
    return find(text, at=NOW).total


@pytest.mark.django_db
def test_a_document_put_again_is_found_by_what_it_says_now():
    index.put([make_data(key="it", title="Whale", names="Ahab", body="harpoon")])
    index.put([make_data(key="it", title="Shark", names="Brody", body="boat")])
    assert [total(word) for word in ("whale", "ahab", "harpoon", "wh")] == [0] * 4
    assert [total(word) for word in ("shark", "brody", "boat", "sh")] == [1] * 4
    assert Document.objects.count() == 1


@pytest.mark.django_db
def test_keys_are_unique_in_their_kind_only():
    index.put([make_data(key="it", title="Whale", kind=kind) for kind in Kind])
    assert total("whale") == len(Kind)


@pytest.mark.django_db
def test_of_two_documents_with_one_key_the_later_counts():
    count = index.put(
        [make_data(key="it", title="Whale"), make_data(key="it", title="Shark")]
    )
    assert (count, total("whale"), total("shark")) == (1, 0, 1)


@pytest.mark.django_db
def test_nothing_is_put_when_nothing_is_given():
    assert index.put([]) == 0


@pytest.mark.django_db
def test_all_are_put_or_none(monkeypatch):
    monkeypatch.setattr(index, "BATCH", 2)
    bad = make_data(title="Whale", publish_at=None, withdrawn_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        index.put([*(make_data(title="Whale") for _ in range(4)), bad])
    assert Document.objects.count() == 0
    assert total("whale") == 0


@pytest.mark.django_db
def test_the_queries_grow_with_batches_and_not_with_documents(
    django_assert_max_num_queries,
):
    with django_assert_max_num_queries(15):
        index.put([make_data() for _ in range(100)])


@pytest.mark.django_db
def test_what_is_removed_is_found_no_longer():
    index.put([make_data(key=key, title="Whale") for key in ("a", "b", "c")])
    index.put([make_data(key="a", kind=Kind.PAGE, title="Whale")])
    assert index.remove(Kind.PAPER, ["a", "b", "unknown"]) == 2
    assert {(hit.kind, hit.key) for hit in find("whale", at=NOW).hits} == {
        (Kind.PAPER, "c"),
        (Kind.PAGE, "a"),
    }
    assert index.remove(Kind.PAPER, ["a"]) == 0


@pytest.mark.django_db
def test_a_group_is_replaced_by_exactly_what_is_given():
    other = make_data(kind=Kind.SECTION, key="2#s-news", title="Whale", group="2")
    index.put([other, make_data(key="1#s-news", title="Whale", group="1")])

    def sections(*names: str):
        return [
            make_data(kind=Kind.SECTION, key=f"1#s-{name}", title=f"Whale {name}")
            for name in names
        ]

    index.replace(Kind.SECTION, "1", sections("news", "papers"))
    assert total("whale") == 4
    index.replace(Kind.SECTION, "1", sections("papers", "quiz"))
    assert (total("whale news"), total("whale papers"), total("whale quiz")) == (
        0,
        1,
        1,
    )
    assert index.replace(Kind.SECTION, "1", []) == 0
    assert {(hit.kind, hit.key) for hit in find("whale", at=NOW).hits} == {
        (Kind.SECTION, "2#s-news"),
        (Kind.PAPER, "1#s-news"),
    }


@pytest.mark.django_db
def test_a_group_of_one_kind_takes_no_document_of_another():
    index.put([make_data(kind=Kind.SECTION, title="Whale", group="1")])
    with pytest.raises(ValueError, match="section"):
        index.replace(Kind.SECTION, "1", [make_data(kind=Kind.PAPER)])
    assert total("whale") == 1


@pytest.mark.django_db
def test_a_kind_that_nobody_knows_is_refused():
    document = Document(kind="person", key="x", url="/", title="x")
    with pytest.raises(ValidationError, match="not searched"):
        document.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        document.save()


@pytest.mark.django_db
def test_a_key_stands_once_in_its_kind():
    index.put([make_data(key="it")])
    twin = Document(kind=Kind.PAPER, key="it", url="/", title="x")
    with pytest.raises(ValidationError, match="already exists"):
        twin.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


@pytest.mark.django_db
def test_control_characters_are_gone_from_what_is_shown():
    index.put([make_data(title="A\x00 whale\ufffe\n here", body="b\x00ody\ud800")])
    (hit,) = find("whale body", at=NOW).hits
    assert hit.title == "A whale here"
    assert "".join(text for text, _ in hit.snippet) == "body"


@pytest.mark.django_db
def test_a_very_long_body_is_stored():
    index.put(
        [make_data(title="Whale", body="".join(f"w{n}é " for n in range(99_999)))]
    )
    assert total("whale w17e") == 1


@pytest.mark.django_db(transaction=True)
def test_many_write_and_search_at_once():
    workers, rounds = 8, 5
    start = Barrier(workers)

    def work(worker: int) -> set[int]:
        try:
            start.wait()
            seen = set()
            for turn in range(rounds):
                index.replace(
                    Kind.SECTION,
                    "shared",
                    [
                        make_data(kind=Kind.SECTION, key=f"{turn}-{n}", title="Whale")
                        for n in range(3)
                    ],
                )
                index.put([make_data(key=f"{worker}", title=f"Shark {turn}")])
                seen.add(find("whale", at=NOW).total)
            return seen
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        seen = set().union(*pool.map(work, range(workers)))
    assert seen == {3}
    assert total("shark") == workers
    assert total("whale") == 3


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_who_replace_a_group_waits_for_the_first():
    def replace(key: str) -> None:
        section = make_data(kind=Kind.SECTION, key=key, title="Whale")
        index.replace(Kind.SECTION, "shared", [section])

    def replace_elsewhere() -> None:
        try:
            replace("second")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            replace("first")
            second = pool.submit(replace_elsewhere)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        second.result(timeout=10)
    assert [hit.key for hit in find("whale", at=NOW).hits] == ["second"]
