"""What may honestly be said of a count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.figures import (
    BesideChance,
    Interval,
    Precision,
    beside_chance,
    people,
    per_cent,
    precision,
    rank,
    tell_share,
    tell_total,
    wilson,
)

totals = st.integers(1, 10**7)
shares = totals.flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("count", "total", "told"),
    [
        (5, 10, "23.7–76.3 %"),
        (0, 5, "0.0–43.4 %"),
        (25, 100, "17.5–34.3 %"),
        (5, 5, "56.6–100.0 %"),
        (0, 0, "0.0–100.0 %"),
    ],
)
def test_the_interval_is_that_of_the_tables(count, total, told):
    assert plain(str(wilson(count, total))) == told


@given(shares)
def test_the_interval_holds_the_share_and_mirrors_its_opposite(share):
    count, total = share
    interval, opposite = wilson(count, total), wilson(total - count, total)

    assert 0 <= interval.low <= count / total <= interval.high <= 1
    assert count / total in interval
    assert interval.low == pytest.approx(1 - opposite.high)


@given(shares)
def test_more_guesses_make_the_interval_narrower(share):
    count, total = share
    one, ten = wilson(count, total), wilson(count * 10, total * 10)

    assert ten.high - ten.low < one.high - one.low


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3), (1, 0)])
def test_what_is_no_share_has_no_interval(count, total):
    with pytest.raises(ValueError, match="no share"):
        wilson(count, total)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, Precision.PEOPLE),
        (9, Precision.PEOPLE),
        (10, Precision.COUNTS),
        (29, Precision.COUNTS),
        (30, Precision.PER_CENT),
    ],
)
def test_precision_grows_at_10_and_at_30(total, expected):
    assert precision(total) is expected


@pytest.mark.parametrize(
    ("count", "total", "share", "n"),
    [
        (0, 0, "nobody", "nobody"),
        (1, 9, "1 person", "9 people"),
        (3, 9, "3 people", "9 people"),
        (6, 14, "6 of 14", "14 people"),
        (0, 29, "0 of 29", "29 people"),
        (10, 30, "33 %", "N = 30"),
        (578, 1204, "48 %", "N = 1,204"),
    ],
)
def test_shares_are_told_as_exactly_as_the_total_allows(count, total, share, n):
    assert (plain(tell_share(count, total)), plain(tell_total(total))) == (share, n)


@pytest.mark.parametrize(
    ("count", "total", "told"),
    [
        (0, 1000, "0 %"),
        (1, 1000, "under 1 %"),
        (5, 1000, "1 %"),
        (25, 1000, "3 %"),
        (994, 1000, "99 %"),
        (999, 1000, "over 99 %"),
        (1000, 1000, "100 %"),
    ],
)
def test_per_cents_are_whole_and_neither_none_nor_all_is_made_up(count, total, told):
    assert plain(per_cent(count, total)) == told


def test_thousands_of_people_have_commas():
    assert plain(people(1_204)) == "1,204 people"


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (5, 10, BesideChance.UNCLEAR),
        (60, 100, BesideChance.ABOVE),
        (5, 100, BesideChance.BELOW),
        (0, 0, BesideChance.UNCLEAR),
    ],
)
def test_chance_is_25_per_cent(count, total, expected):
    assert beside_chance(count, total) is expected


def test_two_of_two_do_not_rank_before_eighty_of_a_hundred():
    counted = {"two": (2, 2), "eighty": (80, 100), "none": (0, 9), "more": (0, 90)}

    assert rank(counted) == ["eighty", "two", "more", "none"]


def test_equal_bounds_keep_the_order_given():
    assert rank({"b": (3, 9), "a": (3, 9)}) == ["b", "a"]


def test_an_interval_can_be_compared_with_a_share():
    assert 0.25 in Interval(0.2, 0.3)
    assert 0.31 not in Interval(0.2, 0.3)
