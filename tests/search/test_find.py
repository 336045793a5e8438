from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from superfast.search import index
from superfast.search.documents import Kind
from superfast.search.find import MAX_TOTAL, Results, find
from superfast.search.query import MIN_PREFIX
from tests.search.factories import NOW, make_data

pytestmark = pytest.mark.django_db


def keys(results: Results) -> list[str]:
    return [hit.key for hit in results.hits]


def found(text: str, **filters) -> list[str]:
    return keys(find(text, at=NOW, **filters))


def test_every_word_must_occur_somewhere_in_the_document():
    index.put(
        [
            make_data(key="both", title="Latent diffusion", names="Robin Rombach"),
            make_data(key="one", title="Latent variables"),
        ]
    )
    assert found("diffusion rombach latent") == ["both"]
    assert set(found("latent")) == {"both", "one"}
    assert found("latent nowhere") == []


@pytest.mark.parametrize("text", ["models", "modelling", "model", "mod"])
def test_other_forms_and_beginnings_of_a_word_find_it(text):
    index.put([make_data(key="it", body="A model of language"), make_data()])
    assert found(text) == ["it"]


@pytest.mark.parametrize("word", ["universities", "polymers", "generalising", "anyone"])
def test_a_title_is_found_at_every_letter_while_its_word_is_typed(word):
    index.put([make_data(key="it", title=f"Of {word.title()}"), make_data()])
    assert [found(word[:end]) for end in range(MIN_PREFIX, len(word) + 1)] == [
        ["it"]
    ] * (len(word) + 1 - MIN_PREFIX)
    assert found(f'"of {word[:-1]}') == ["it"]


@pytest.mark.parametrize("text", ["begun th", '"begun th'])
def test_only_the_last_word_is_a_beginning(text):
    index.put([make_data(key="it", body="begun this"), make_data()])
    assert found(text) == ["it"]
    assert found("beg this") == []


def test_a_quoted_word_is_not_a_beginning():
    index.put([make_data(key="it", body="language")])
    assert found('"lang"') == []
    assert found('"language"') == ["it"]


@pytest.mark.parametrize("text", ['"state of the art"', "“state of the art”"])
def test_a_phrase_must_stand_together(text):
    index.put(
        [
            make_data(key="together", body="It is the state of the art."),
            make_data(key="apart", body="The art of the state"),
        ]
    )
    assert found(text) == ["together"]
    assert set(found("state of the art")) == {"together", "apart"}


def test_words_joined_by_a_hyphen_stand_together():
    index.put(
        [
            make_data(key="together", title="Text-to-image models"),
            make_data(key="apart", title="Image to text"),
        ]
    )
    assert found("text-to-image") == ["together"]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Björn Ommer", "Bjorn"),
        ("Bjorn Ommer", "Björn"),
        ("Bjo\u0308rn Ommer", "bjÖrn"),
        ("Łukasz Kaiser", "lukasz"),
        ("Lukasz Kaiser", "Łukasz"),
        ("Søren Sæther", "soren saether"),
        ("Soren Saether", "Søren Sæther"),
        ("Jürgen Groß", "gross"),
        ("Nguyễn", "nguyen"),
    ],
)
def test_accents_are_no_matter_on_either_side(written, typed):
    index.put([make_data(key="it", names=written), make_data()])
    assert found(typed) == ["it"]


def test_the_title_weighs_more_than_names_and_names_more_than_the_body():
    filler = "words of no interest whatever"
    index.put(
        [
            make_data(key="body", body=f"whisper {filler}"),
            make_data(key="title", title="Whisper", body=filler),
            make_data(key="names", names="W. Whisper", body=filler),
            *(make_data(body=filler) for _ in range(10)),
        ]
    )
    assert found("whisper") == ["title", "names", "body"]


def test_kind_and_year_narrow_what_is_found():
    index.put(
        [
            make_data(key="a", title="Whale", kind=Kind.PAGE),
            make_data(key="b", title="Whale", dated_on=date(2022, 12, 31)),
            make_data(key="c", title="Whale", dated_on=date(2023, 1, 1)),
        ]
    )
    assert found("whale", kind=Kind.PAGE) == ["a"]
    assert found("whale", year=2022) == ["b"]
    assert found("whale", kind=Kind.PAPER, year=2023) == ["c"]
    assert set(found("whale", kind=Kind.PAPER)) == {"b", "c"}


@pytest.mark.parametrize("year", [-1, 0, 1, 9999, 10_000, 10**30])
def test_a_year_without_documents_finds_nothing(year):
    index.put([make_data(title="Whale", dated_on=date(2022, 12, 31))])
    assert found("whale", year=year) == []


def test_pages_of_hits_hold_each_hit_once():
    index.put([make_data(title="Whale") for _ in range(25)])
    first = find("whale", at=NOW, limit=20)
    second = find("whale", at=NOW, limit=20, offset=20)
    beyond = find("whale", at=NOW, limit=20, offset=40)
    assert (len(first.hits), len(second.hits), len(beyond.hits)) == (20, 5, 0)
    assert len({*keys(first), *keys(second)}) == 25
    assert first.total == second.total == beyond.total == 25
    assert first.total_label == "25"


@pytest.mark.parametrize(("offset", "limit"), [(-5, -5), (10**30, 10**30)])
def test_an_offset_or_limit_out_of_bounds_is_brought_within_them(offset, limit):
    index.put([make_data(title="Whale")])
    assert find("whale", at=NOW, offset=offset, limit=limit).total == 1


def test_the_count_ends_at_a_thousand():
    index.put([make_data(title="Whale") for _ in range(MAX_TOTAL)])
    assert find("whale", at=NOW).total_label == "1,000"
    index.put([make_data(title="Whale")])
    results = find("whale", at=NOW, offset=MAX_TOTAL - 1)
    assert (results.total, results.total_label) == (MAX_TOTAL, "1,000+")


def test_a_hit_tells_what_it_is_and_marks_what_was_looked_for():
    index.put(
        [
            make_data(
                kind=Kind.SECTION,
                key="2023-01-11#s-news",
                title="News <b>",
                url="/issues/2023-01-11/#s-news",
                names="Superfast",
                context="Issue of 11 January",
                body="Large models & news.",
                dated_on=date(2023, 1, 11),
            )
        ]
    )
    (hit,) = find("news model", at=NOW).hits
    assert (hit.kind, hit.kind_label) == (Kind.SECTION, "Issue")
    assert (hit.key, hit.title) == ("2023-01-11#s-news", "News <b>")
    assert (hit.url, hit.context) == (
        "/issues/2023-01-11/#s-news",
        "Issue of 11 January",
    )
    assert (hit.names, hit.dated_on) == ("Superfast", date(2023, 1, 11))
    assert hit.title_segments == (("News", True), (" <b>", False))
    assert hit.snippet == (
        ("Large ", False),
        ("models", True),
        (" & ", False),
        ("news", True),
        (".", False),
    )


def test_the_queries_are_two_however_much_is_found(django_assert_num_queries):
    index.put([make_data(title="Whale")])
    with django_assert_num_queries(2):
        assert find("whale", at=NOW, kind=Kind.PAPER).total == 1
    index.put([make_data(title="Whale") for _ in range(99)])
    with django_assert_num_queries(2):
        assert len(find("whale", at=NOW, kind=Kind.PAPER, limit=100).hits) == 100
    with django_assert_num_queries(2):  # the second asks how it might be meant
        find("nothing", at=NOW)


@pytest.mark.parametrize("text", ["", "  ", '"', "?!…", "\x00", "🤖", "\ud800"])
def test_a_text_without_a_word_finds_nothing_and_asks_nothing(
    text, django_assert_num_queries
):
    index.put([make_data()])
    with django_assert_num_queries(0):
        results = find(text, at=NOW)
    assert (results.hits, results.total, results.is_empty_query) == ((), 0, True)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.text(st.characters()),
        st.text(st.sampled_from("ab \"'*:()^&|!<>-+{}\\%_\x00\ud800🤖é𝔸")),
        st.lists(
            st.sampled_from(["AND", "OR", "NOT", "NEAR(", "title:", "a*", '"', "<->"])
        ).map(" ".join),
    )
)
@example('"' * 10_000)
@example("word " * 2_000)
@example("x" * 10_000)
@example("é" * 10_000)
@example("a-" * 5_000)
@example("()" * 5_000)
@example("*")
@example("title:whale OR body:whale")
@example("{title names}: whale")
@example("' ); DROP TABLE search_document; --")
@example("%s %(x)s {seen}")
@example("a\x00b \ud83d \udc00 \ufffe \u202e")
def test_no_text_is_a_mistake(text):
    results = find(text, at=NOW)
    assert results.total == 0


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters(), min_size=1))
@example("a\x00b")
@example("²½™ ⅷ ﬁ İ ẞ")
@example("x" * 10_000)
def test_whatever_text_is_stored_it_is_found_by_itself(text):
    index.put([make_data(key="it", title=f"whale {text}", body=text)])
    words = find(f"whale {text}", at=NOW)
    assert keys(words) == ["it"]
    assert "".join(text for text, _ in words.hits[0].title_segments)
