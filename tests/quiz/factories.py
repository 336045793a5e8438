"""Quizzes and issues to test with."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from issues.models import Issue
from quiz.models import Guess, Headline, Player, Quiz

# For those who ask here for people, too.
from tests.factories import make_editor as make_editor
from tests.factories import make_user as make_user
from tests.factories import make_writer as make_writer

OUT = datetime(2023, 1, 11, 13, tzinfo=UTC)
SEARCHED = date(2023, 1, 10)

_serial = count(1)


def make_headlines(quiz, *, lie=3, texts=None):
    """Four complete headlines; the one at index `lie` is the quiz's lie."""
    rows = []
    for index in range(4):
        source = {} if index == lie else make_source(index)
        text = texts[index] if texts else f"Headline {'ABCD'[index]} of {quiz.slug}"
        rows.append(
            Headline.objects.create(
                quiz=quiz,
                text=text,
                explanation=f"Because *reason {index}*.",
                position=index + 1,
                **source,
            )
        )
    if lie is not None:
        quiz.lie = rows[lie]
        quiz.save()
    return rows


def make_source(index=0):
    return {
        "source_url": f"https://news.example/story-{index}",
        "outlet": f"Outlet {index}",
        "reported_on": datetime(2023, 1, 1 + index, tzinfo=UTC).date(),
    }


def make_quiz(*, lie=3, texts=None, publish_at=OUT, withdrawn_at=None, **overrides):
    """A complete quiz and, unless `publish_at` is False, the issue it stands in."""
    number = next(_serial)
    quiz = Quiz.objects.create(
        **{
            "slug": f"quiz-{number}",
            "title": f"Quiz title {number}",
            "intro": "Four of them.",
            "searched_on": SEARCHED,
            "is_harmless": True,
            **overrides,
        }
    )
    make_headlines(quiz, lie=lie, texts=texts)
    if publish_at is not False:
        make_issue(quiz=quiz, publish_at=publish_at, withdrawn_at=withdrawn_at)
    return quiz


def make_issue(*, quiz=None, publish_at=OUT, withdrawn_at=None, **overrides):
    number = next(_serial)
    return Issue.objects.create(
        **{
            "slug": f"issue-{number}",
            "title": f"Issue {number}",
            "dek": "What is in it.",
            "body": "## News\n\nText.\n\n::: quiz\n:::\n",
            "quiz": quiz,
            "publish_at": publish_at,
            "withdrawn_at": withdrawn_at,
            **overrides,
        }
    )


def make_series(length, *, start=OUT):
    """Published quizzes, one a week, oldest first."""
    return [
        make_quiz(publish_at=start + timedelta(weeks=week), number=week + 1)
        for week in range(length)
    ]


def make_guess(quiz, *, headline=None, player=None, **overrides):
    return Guess.objects.create(
        **{
            "quiz": quiz,
            "player": player or Player.objects.create(),
            "headline": headline or quiz.headlines.first(),
            "position": 1,
            "channel": Guess.Channel.PAGE,
            **overrides,
        }
    )
