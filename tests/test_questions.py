"""Questions that are written once give the rows that Django gives for the same values.

They rely on parts of Django that nobody promises: each of them is asked here beside the
queryset that it is made from.
"""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

import issues.reading
import papers.reading
from superfast.common.statements import RowQuestion, listed
from tests.issues.factories import OUT, make_draft, make_series, make_withdrawn
from tests.papers.factories import make_catalogue, make_paper
from tests.quiz.factories import make_guess, make_quiz

pytestmark = pytest.mark.django_db

MODULES = (issues.reading, papers.reading)
QUESTIONS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, RowQuestion)
}


def told(row, seen=()):
    """All that was read of a row, and of the rows that came with it."""
    if row is None or row in seen:
        return None
    values = {name: value for name, value in vars(row).items() if name != "_state"}
    related = {
        name: told(other, (*seen, row))
        for name, other in row._state.fields_cache.items()
    }
    return type(row).__name__, values, related


def assert_same(question, **values):
    """Asked twice, for what the first asking leaves behind. Returns: how many rows."""
    plain = [told(row) for row in question._build(**values)]
    for _ in range(2):
        assert [told(row) for row in question.ask(**values)] == plain
    return len(plain)


@pytest.fixture
def content():
    """Issues with quizzes, corrected and not, and papers of two catalogues."""
    first, second, third = make_series(3, dek="ä “%s” 100 %")
    for issue in (first, second):
        issue.quiz = make_quiz(publish_at=False)
        issue.save()
        make_guess(issue.quiz)
    drafts = [make_draft(), make_withdrawn()]
    make_catalogue("2021", title="Papers of 2021", year=2021)
    shown = [
        make_paper(authors=["Ada Byron", "Ben"], code_url="https://example.org/x"),
        make_paper(venue="CVPR 2022", takeaway="*Ours*, 100 %.", is_highlight=True),
        make_paper(publish_at=None),
    ]
    slugs = [*(each.slug for each in (first, second, third, *drafts)), "2022", "2021"]
    return {
        "slug": [*slugs, "nowhere", "%s", "a'b"],
        "at": [timezone.now(), OUT + timedelta(days=8), OUT - timedelta(days=1)],
        "keys": [listed([]), listed(paper.pk for paper in shown)],
    }


def test_there_are_questions_to_compare():
    assert len(QUESTIONS) >= 3


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_are_those_of_the_queryset(content, name):
    question = QUESTIONS[name]
    holes = list(question._examples)
    rows = [
        assert_same(question, **dict(zip(holes, values, strict=True)))
        for values in product(*(content[hole] for hole in holes))
    ]
    assert any(rows)
    assert not all(rows)
