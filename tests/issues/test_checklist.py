"""What keeps an issue from its readers is said in sentences, all of them at once."""

from datetime import timedelta

import pytest

from issues.checklist import check_issue
from tests.issues.factories import BODY, OUT, QUIZ_PLACE, make_image, new_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


def problems(**overrides):
    return check_issue(new_issue(**overrides))


def test_a_good_issue_has_nothing_against_it(django_assert_max_num_queries):
    paper, image = make_paper(), make_image()
    issue = new_issue(
        quiz=make_quiz(publish_at=False),
        body=(
            f"{BODY}\n::: papers\n- {paper.slug}: A take.\n:::\n\n{image.markdown}\n"
            f"{QUIZ_PLACE}"
        ),
    )

    with django_assert_max_num_queries(5):
        assert check_issue(issue) == []


def test_a_good_issue_without_quiz_and_pictures_costs_nothing(
    django_assert_num_queries,
):
    with django_assert_num_queries(0):
        assert problems() == []


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("title", "The title is missing."),
        ("dek", "The dek is missing: one sentence that says what is in the issue."),
        ("body", "The text is missing."),
    ],
)
@pytest.mark.parametrize("empty", ["", " \n "])
def test_what_is_missing_is_named(field, sentence, empty):
    assert problems(**{field: empty}) == [sentence]


@pytest.mark.parametrize("word", ["(link)", "(LINK)", "(tweet and arxiv)", "TK"])
def test_placeholders_are_named_with_their_line(word):
    assert problems(body=f"One.\n\nA story {word}, and on.\n") == [
        f"Line 3 still holds the placeholder “{word}”."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "A [shop](https://shop.example.tk/) in Tokelau.",
        "`import tk` and Tcl/Tk",
        "TKO, ATK, the tweet, a link (links), link and (the link)",
    ],
)
def test_good_text_is_no_placeholder(text):
    assert problems(body=text) == []


def test_unknown_pictures_and_missing_alternatives_are_named():
    image = make_image()
    body = f"![x](/media/pictures/none.webp)\n\n![]({image.src})\n"

    assert problems(body=body) == [
        "There is no picture “none.webp”.",
        f"The picture “{image.name}” has no alternative text.",
    ]


def test_papers_that_readers_will_not_find_are_named_once():
    make_paper(slug="draft", publish_at=None)
    make_paper(slug="gone", withdrawn_at=OUT + timedelta(days=1))
    make_paper(slug="known")
    body = "::: papers\n- draft: a\n- gone: b\n- known: c\n- none: d\n- draft: e\n:::"

    assert problems(body=body) == [
        f"There is no published paper “{slug}” in the catalogue."
        for slug in ("draft", "gone", "none")
    ]


def test_a_paper_that_is_out_by_then_is_fine():
    later = OUT.replace(year=2199)
    make_paper(slug="later", publish_at=later)
    body = "::: papers\n- later: a\n:::"

    assert problems(body=body, publish_at=later) == []
    assert problems(body=body, publish_at=later - timedelta(days=1))


def test_a_quiz_without_a_place_and_a_place_without_a_quiz_are_named():
    quiz = make_quiz(publish_at=False)

    assert problems(quiz=quiz, body=BODY) == [
        "The quiz has no place in the text: write “::: quiz” and “:::” where it belongs."
    ]
    assert problems(body=QUIZ_PLACE) == [
        "The text has a place for a quiz (“::: quiz”), but none is chosen."
    ]
    assert problems(quiz=quiz, body=QUIZ_PLACE * 2) == [
        "The quiz stands in the text more than once."
    ]


def test_an_unfinished_quiz_is_named():
    quiz = make_quiz(publish_at=False, lie=None)

    assert "Choose which headline is the lie." in problems(quiz=quiz)


def test_everything_is_said_at_once():
    found = problems(
        dek="",
        body="TK\n\n![x](/media/pictures/n.webp)\n\n::: papers\n- n: x\n:::\n\n::: quiz\n:::",
    )

    assert len(found) == 5
    assert all(sentence.endswith((".", "”.")) for sentence in found)
