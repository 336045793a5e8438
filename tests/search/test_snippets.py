import pytest
from hypothesis import given
from hypothesis import strategies as st

from superfast.search.query import MAX_WORDS, Query, Term, parse
from superfast.search.snippets import EXCERPT, excerpt, mark


def marked(text: str, query: str) -> list[str]:
    return [text for text, is_match in mark(text, parse(query)) if is_match]


@pytest.mark.parametrize(
    ("text", "query", "matches"),
    [
        ("Models model modelling; a modem", "modeling", ["Models", "model", "modelling"]),
        ("Interpretability, interpreted", "interpretable", ["Interpretability", "interpreted"]),
        ("Studies of a study", "studied", ["Studies", "study"]),
        ("Programming programs", "program", ["Programming", "programs"]),
        ("Björn and BJORN", "bjorn", ["Björn", "BJORN"]),
        ("Bjo\u0308rn", "bjorn", ["Björn"]),
        ("learning lean", "lear", ["learning"]),
        ("learning to lean", '"lear"', []),
        ("GPT-3 and GPT", "gpt-3", ["GPT", "3", "GPT"]),
        ("paper paperclip", "papers", ["paper"]),
        ("rest restaurant", "restore rest x", ["rest"]),
    ],
)  # fmt: skip
def test_the_forms_of_a_word_are_marked(text, query, matches):
    assert marked(text, query) == matches


def test_an_excerpt_shows_the_place_where_most_words_stand():
    text = "whale " + "lorem " * 100 + "a white whale swims " + "ipsum " * 100
    segments = excerpt(text, parse("white whale"))
    assert [text for text, is_match in segments if is_match] == ["white", "whale"]
    assert segments[0].text.startswith("… ")
    assert segments[-1].text.endswith(" …")


def test_an_excerpt_without_a_match_is_the_beginning():
    assert excerpt("Lorem\n\nipsum", parse("whale")) == (("Lorem ipsum", False),)
    assert excerpt("", parse("whale")) == ()


@given(st.text(max_size=2_000), st.text(max_size=50))
def test_nothing_is_lost_or_added_but_the_ellipses(text, query):
    segments = excerpt(text, parse(query))
    assert len("".join(text for text, _ in segments)) <= EXCERPT + 4
    whole = "".join(text for text, _ in mark(text, parse(query)))
    shown = "".join(text for text, _ in segments).removeprefix("… ").removesuffix(" …")
    assert shown in " ".join(whole.split()) or "…" in text


def test_a_query_is_bounded_and_holds_each_term_once():
    query = parse("one two one " + " ".join(f"w{n}" for n in range(100)))
    assert sum(len(term.words) for term in query.terms) == MAX_WORDS
    assert query.terms[:2] == (Term(("one",)), Term(("two",)))


def test_quotes_and_hyphens_make_phrases_and_the_last_word_a_beginning():
    assert parse('a "b c" d-e fgh') == Query(
        (
            Term(("a",)),
            Term(("b", "c")),
            Term(("d", "e")),
            Term(("fgh",), is_prefix=True),
        )
    )
    assert parse('"b c') == Query((Term(("b", "c")),))
    assert parse('"b cd') == Query((Term(("b", "cd"), is_prefix=True),))
    assert parse("a") == Query((Term(("a",)),))
