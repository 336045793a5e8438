"""What became of a text, in words, and two texts in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superfast.common import difference
from superfast.common.difference import compare, count_words, merge

NAMES = ("Yours", "Bob’s")
SIGNS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
TEXTS = st.text(alphabet="ab .\n", max_size=60)


def shown(old, new):
    return "".join(SIGNS[p.kind].format(p.text) for p in compare(old, new).pieces)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("A b.", "A b.", "A b.\n"),
        ("", "", ""),
        ("A cat sat.", "A dog sat.", "A [-cat -]{+dog +}sat.\n"),
        ("One.\nTwo.", "One.\nTwo.\nThree.", "One.\nTwo.\n{+Three.\n+}"),
        ("One.\n\nTwo.\n", "Two.\n", "[-One.\n\n-]Two.\n"),
        ("It is so", "It is so!", "It is so{+!+}\n"),
        ("a  b", "a b", "a b\n"),
        ("a\nb", "a\n\nb", "a[-\n-]{+\n\n+}b\n"),
        ("don’t go", "don’t stop", "don’t [-go-]{+stop+}\n"),
    ],
)
def test_changed_words_are_marked(old, new, expected):
    assert shown(old, new) == expected


def test_a_rewritten_sentence_is_no_confetti():
    old = "The old engine runs on coal and steam and noise."
    new = "Every new motor hums with sun and wind and grace."

    assert [p.kind for p in compare(old, new).pieces].count("removed") <= 3


def test_words_are_counted():
    changed = compare("one two three", "one 2 three four")

    assert (changed.added, changed.removed) == (2, 1)
    assert count_words("It isn’t *so*, is it?") == 5
    assert changed
    assert not compare("a b", "a  b")


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_pieces(old, new):
    pieces = compare(old, new).pieces
    for text, other in ((old, "added"), (new, "removed")):
        told = "".join(p.text for p in pieces if p.kind != other)
        assert told.replace(" ", "").rstrip("\n") == text.replace(" ", "").rstrip("\n")


def test_long_unchanged_stretches_are_left_out():
    lines = [f"Line {number}.\n" for number in range(40)]
    changed = [*lines]
    changed[20] = "Another.\n"
    (passage,) = compare("".join(lines), "".join(changed)).passages

    assert passage.hidden_lines == 18
    text = "".join(piece.text for piece in passage.pieces)
    assert text.startswith("Line 18.")
    assert text.endswith("Line 21.\n")
    assert compare("same", "same").passages == []


def test_a_text_too_long_for_words_is_compared_by_passages(monkeypatch):
    monkeypatch.setattr(difference, "MAX_PAIRS", 20)

    assert shown("a b c d e f\nend", "a b c d e g\nend") == (
        "[-a b c d e f\n-]{+a b c d e g\n+}end\n"
    )


def test_5000_words_cost_few_comparisons(monkeypatch):
    """The pairs of tokens that are compared are counted, not the time they take."""
    pairs = []
    original = difference._matching

    def count(old, new):
        pairs.append(len(old) * len(new))
        return original(old, new)

    monkeypatch.setattr(difference, "_matching", count)
    words = [f"w{number * 7919 % 1500}" for number in range(5000)]
    other = ["x" if place % 10 == 3 else word for place, word in enumerate(words)]
    old, new = (
        "\n\n".join(" ".join(text[place : place + 50]) for place in range(0, 5000, 50))
        for text in (words, other)
    )
    changed = compare(old, new)

    assert changed.removed == 500
    assert sum(pairs) <= 5000 * 5000 * 2


def test_changes_of_different_sentences_are_merged():
    base = "One here. Two here. Three here.\n\nLast words.\n"
    mine = base.replace("One here", "One there")
    theirs = base.replace("Three here", "Three more").replace("Last", "The last")
    merged = merge(base, mine, theirs, names=NAMES)

    assert merged.conflicts == 0
    assert merged.text == ("One there. Two here. Three more.\n\nThe last words.\n")


def test_the_same_change_twice_is_one():
    merged = merge("One. Two.", "One. 2.", "One. 2.", names=NAMES)

    assert (merged.text, merged.conflicts) == ("One. 2.\n", 0)


def test_two_changes_of_one_sentence_both_stay_and_keep_it_from_readers():
    merged = merge("One. Two.\n", "Mine. Two.\n", "Theirs. Two.\n", names=NAMES)

    assert merged.conflicts == 1
    assert merged.text == ("\n\nTK Yours:\n\nMine. \n\nTK Bob’s:\n\nTheirs. \n\nTwo.\n")


@given(TEXTS, TEXTS)
def test_who_changed_nothing_loses_nothing(base, other):
    for mine, theirs in ((base, other), (other, base), (other, other)):
        merged = merge(base, mine, theirs, names=NAMES)
        end = "" if other.endswith("\n") or not other else "\n"
        assert (merged.text, merged.conflicts) == (f"{other}{end}", 0)


@given(TEXTS, TEXTS, TEXTS)
def test_no_added_sentence_is_lost(base, mine, theirs):
    merged = merge(base, f"{mine} Quokka.", f"{theirs} Narwhal.", names=NAMES)

    assert "Quokka" in merged.text
    assert "Narwhal" in merged.text
