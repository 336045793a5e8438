"""“The last lie” and what a quiz says to machines, in a browser under the policy."""

import json
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from quiz.services import correct_key
from tests.issues.factories import OUT, make_issue
from tests.quiz.factories import make_guess, make_quiz

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTILE = "</script><script>alert(1)</script>"


def make_weeks():
    """A quiz that was corrected, and the issue that puts it right."""
    quiz = make_quiz(title=HOSTILE, publish_at=False)
    make_issue(quiz=quiz)
    following = make_issue(
        quiz=make_quiz(publish_at=False), publish_at=OUT + timedelta(weeks=1)
    )
    for _ in range(30):
        make_guess(quiz)
    at = timezone.now() - timedelta(days=1)
    correct_key(
        quiz=quiz, new_lie=quiz.headlines.first(), reason="Mixed up.", by=None, at=at
    )
    return quiz, following


def test_the_policy_lets_json_ld_stand_and_a_title_runs_nothing(open_page):
    quiz, _ = make_weeks()
    page = open_page(1280)
    page.goto(quiz.get_absolute_url())
    (text,) = page.locator('script[type="application/ld+json"]').all_text_contents()

    # What the policy refuses is an error of the console, which fails the test.
    assert json.loads(text)["name"] == HOSTILE


def test_axe_finds_nothing_where_a_lie_is_put_right(open_page, width, dark):
    quiz, following = make_weeks()
    page = open_page(width, dark=dark)
    page.goto(following.get_absolute_url())
    shown = page.locator("#last-lie")

    assert f"FAKE: {quiz.lie.text}" in shown.inner_text()
    assert "it fooled" in shown.inner_text()
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
