"""What closed stays closed: the lie has been told."""

from datetime import datetime
from typing import Any

from quiz.models import Quiz


def keep_closed(moment: datetime | None) -> None:
    """The quizzes that the issue of this moment has closed do not open again.

    To be called before that issue loses its time, its quiz or itself. What lies ahead
    has closed nothing yet. Cost: two queries.
    """
    if moment is None:
        return
    before: Any = Quiz.objects.filter(issue__publish_at__lte=moment).with_closed_at()
    keys = list(before.filter(closed_at=moment).values_list("pk", flat=True))
    Quiz.objects.filter(pk__in=keys).update(closes_at=moment)
