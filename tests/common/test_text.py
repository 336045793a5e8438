"""Text on its way in: what no feed can carry stays out; what is compared is folded."""

import lxml.etree
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from issues.models import Issue
from superfast.common.text import (
    CleanCharField,
    CleanTextField,
    clean_text,
    curl_quotes,
    fold,
    numbered,
    read_number,
    read_numbers,
)
from tests.issues.factories import new_issue

FORBIDDEN = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\ufffe"]
FORBIDDEN += ["\uffff", "\ud800"]


@pytest.mark.parametrize("char", FORBIDDEN)
def test_characters_that_no_feed_can_carry_are_removed(char):
    assert clean_text(f"be{char}fore") == "before"


@pytest.mark.parametrize("text", ["a\tb\nc", "ÄÖ ß 日本語 🗞️ \u200d", "\ufffd", "a b"])
def test_everything_else_stays(text):
    assert clean_text(text) == text


def test_lines_end_with_line_feeds_alone():
    assert clean_text("a\r\nb\rc\nd") == "a\nb\nc\nd"


@given(st.text(st.characters()))
def test_clean_text_fits_into_xml_whatever_it_was(text):
    lxml.etree.Element("title").text = clean_text(text)  # it raises, where it can't

    assert clean_text(clean_text(text)) == clean_text(text)


def test_a_line_has_single_spaces_and_no_line_end():
    assert CleanCharField(max_length=9).clean(" a \n\t b\x00 ", None) == "a b"


def test_a_text_keeps_its_lines():
    assert CleanTextField().clean("a \r\n b\x00", None) == "a \n b"


def test_a_line_is_measured_once_it_is_clean():
    assert CleanCharField(max_length=3).clean("a\x00\x00\x00  b", None) == "a b"
    with pytest.raises(ValidationError, match="at most 3"):
        CleanCharField(max_length=3).clean("abcd", None)


@pytest.mark.django_db
def test_fields_clean_what_is_saved_without_a_form():
    issue = new_issue(title="T\x00i\ntle\x0c", body="a\r\n\x0bb")
    issue.save()

    assert (issue.title, issue.body) == ("Ti tle", "a\nb")
    stored = Issue.objects.get()
    assert (stored.title, stored.body) == ("Ti tle", "a\nb")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE"),
        ("Cafe\u0301", "Café"),
        ("Straße", "STRASSE"),
        ("“It’s”, he said!", "its he  said".replace("its", "it s")),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("  GPT-3 ", "gpt 3"),
        ("\ufb01ne", "fine"),  # the ligature
        ("\U0001d4d0\u24d1", "ab"),  # of mathematics, and in a circle
    ],
)
def test_folded_texts_are_equal_but_for_accents_case_and_punctuation(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("GPT-3", "GPT-4"), ("ab", "a b"), ("", "a")]
)
def test_texts_that_differ_in_a_letter_stay_different(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["0", "7", "007", "9" * 18])
def test_a_number_in_figures_is_read(text):
    assert read_number(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 7",
        "-7",
        "+7",
        "7.0",
        "1e3",
        "1_0",
        "\u0663",
        "\uff17",
        "\xb2",
        "9" * 19,
        "x",
    ],
)
def test_anything_else_is_no_number(text):
    assert read_number(text) is None
    assert read_numbers(["12", text, "345"], digits=2) == [12]


@pytest.mark.parametrize(
    ("taken", "longest", "name"),
    [
        ([], None, "name"),
        (["name"], None, "name-2"),
        (["name", "name-2", "name-4"], None, "name-3"),
        ([], 4, "name"),
        ([], 3, "nam"),
        (["name"], 4, "na-2"),
        (["name", *(f"na-{number}" for number in range(2, 10))], 4, "n-10"),
    ],
)
def test_a_taken_name_gets_the_first_free_number(taken, longest, name):
    assert numbered("name", lambda name: name not in taken, longest) == name


@pytest.mark.parametrize(
    ("typed", "curled"),
    [
        ("It doesn't have the answer", "It doesn’t have the answer"),
        ("Company 'Deep Voodoo'", "Company ‘Deep Voodoo’"),
        ("'South Park' creator", "‘South Park’ creator"),
        ('"No", says a <b>bot</b> & co.', "“No”, says a <b>bot</b> & co."),
        ("Already “so” and ‘so’", "Already “so” and ‘so’"),
        ("*a* (c) -- [b](c)", "*a* (c) -- [b](c)"),
        ("", ""),
    ],
)
def test_typewriters_quotes_become_typographic_and_nothing_else_changes(typed, curled):
    assert curl_quotes(typed) == curled
