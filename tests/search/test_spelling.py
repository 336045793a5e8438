"""Slips in titles and names are forgiven where nothing matches the text itself."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superfast.search import index
from superfast.search.documents import Kind
from superfast.search.find import find
from superfast.search.models import Spelling
from superfast.search.spelling import corrections, forms, is_one_slip
from tests.search.factories import make_data

pytestmark = pytest.mark.django_db


def titles(text, **asked):
    return [hit.title for hit in find(text, **asked).hits]


@pytest.fixture
def papers():
    index.put(
        [
            make_data(
                kind=Kind.PAPER,
                key="one",
                title="Diffusion models beat GANs",
                names="Prafulla Dhariwal, Gaëtan Müller",
                body="Quokkas sleep.",
                dated_on=datetime(2022, 1, 1, tzinfo=UTC).date(),
                topics="|vision|",
            ),
            make_data(kind=Kind.PAPER, key="two", title="Fusion cuisine", topics="|"),
        ]
    )


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("diffusion", "difusion", True),
        ("difusion", "diffusion", True),
        ("diffusion", "diffuzion", True),
        ("diffusion", "difufsion", True),
        ("diffusion", "diffusion", False),
        ("diffusion", "fusion", False),
        ("diffusion", "difuzion", False),
        ("abcd", "badc", False),
    ],
)
def test_one_slip_is_a_letter_too_many_too_few_another_or_two_changed(one, other, near):
    assert is_one_slip(one, other) is near


def test_forms_are_the_word_and_what_is_left_without_each_letter():
    assert forms("abca") == {"abca", "bca", "aca", "aba", "abc"}


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("difusion", "diffusion"),
        ("diffuison models", "diffusion models"),
        ("Dharival", "dhariwal"),
        ("Gaetan Mueler", "gaetan muller"),
        ("Gaetan Moeler", ""),
        ("Gaetan Muler", "gaetan muller"),
        ("DIFUSION", "diffusion"),
    ],
)
def test_a_slip_in_a_title_or_a_name_is_forgiven(papers, text, corrected):
    results = find(text)

    assert results.corrected == corrected
    assert bool(results.total) is bool(corrected)


def test_what_matches_is_not_corrected(papers):
    assert find("diffusion").corrected == ""
    assert titles("fusion") == ["Fusion cuisine"]


def test_words_of_bodies_are_not_guessed_at(papers):
    assert find("quoka").total == 0


@pytest.mark.parametrize(
    "text", ["gna", "b", "", "12345", "x" * 60, "%_'\"", "日本語の紙"]
)
def test_what_is_too_short_or_no_word_is_not_corrected(papers, text):
    assert find(text).corrected == ""


def test_a_hidden_title_is_not_given_away():
    index.put([make_data(key="draft", title="Secretive quokka", publish_at=None)])

    results = find("secretiv quoka")

    assert results.total == 0
    assert results.corrected == ""


def test_words_are_learned_once(papers, django_assert_max_num_queries):
    before = Spelling.objects.count()
    index.put([make_data(kind=Kind.PAPER, key="three", title="Diffusion models")])

    assert Spelling.objects.count() == before


def test_corrections_are_few(papers):
    index.put([make_data(key=f"k{n}", title=f"mode{n}") for n in "abcdefghij"])

    assert len(corrections("mode")) <= 3


def test_only_what_is_about_a_topic_is_found(papers):
    assert titles("fusion", topic="vision") == []
    assert titles("diffusion", topic="vision") == ["Diffusion models beat GANs"]
    assert titles("diffusion", topic="visio") == []


def test_candidates_are_materialised_before_they_are_put_in_order(papers):
    """Or PostgreSQL walks an index of the order and never meets a rare word."""
    with CaptureQueriesContext(connection) as queries:
        find("diffusion")
    sql = queries[0]["sql"]
    ranked = sql.index("ORDER BY score")

    assert "AS MATERIALIZED" in sql[:ranked]
    assert "LIMIT 1001" in sql[:ranked]
