"""Open and closed: when a quiz's figures are made, and when its lie may be told."""

from datetime import datetime

from django.utils import timezone

from quiz.models import Quiz


def closed_at(quiz: Quiz, at: datetime | None = None) -> datetime | None:
    """When the quiz closed, as seen from a moment; None while it is open.

    See `QuizQuerySet.with_closed_at`, which says it of many. Cost: one query.
    """
    return Quiz.objects.only("pk").with_closed_at(at).get(pk=quiz.pk).closed_at


def is_open(quiz: Quiz, at: datetime | None = None) -> bool:
    """Whether the quiz is out and has not closed; its lie is told to nobody else.

    Cost: one query, another where the quiz's issue is not loaded.
    """
    at = at or timezone.now()
    return quiz.is_published(at) and closed_at(quiz, at) is None
