from datetime import datetime
from typing import Any

from quiz.models import Quiz, QuizQuerySet
from superfast.common.sitemaps import RowSitemap


class QuizSitemap(RowSitemap):
    """Every quiz that readers may play.

    Dated by its issue: when the quiz itself was last changed would tell that
    somebody has touched the key.
    """

    changed = "issue__publish_at"

    def rows(self) -> QuizQuerySet:
        return Quiz.objects.published().for_players().with_publish_at()

    def lastmod(self, item: Any) -> datetime:
        return item.publish_at  # type: ignore[no-any-return]  # annotated
