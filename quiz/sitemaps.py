from datetime import datetime
from typing import Any

from quiz.models import Quiz, QuizQuerySet
from superfast.common.sitemaps import SiteSitemap


class QuizSitemap(SiteSitemap):
    """Every quiz that readers may play.

    Dated by its issue: when the quiz itself was last changed would tell that
    somebody has touched the key.
    """

    def items(self) -> QuizQuerySet:
        return Quiz.objects.published().for_players().with_publish_at().newest_first()

    def lastmod(self, item: Any) -> datetime:
        return item.publish_at  # type: ignore[no-any-return]  # annotated
