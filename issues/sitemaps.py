from datetime import datetime

from django.db.models.functions import Coalesce, Greatest

from issues.models import Issue, IssueQuerySet
from superfast.common.sitemaps import RowSitemap


class IssueSitemap(RowSitemap):
    """Every issue that readers see."""

    # As `Issue.changed_at` has it.
    changed = Greatest(Coalesce("text_changed_at", "publish_at"), "publish_at")

    def rows(self) -> IssueQuerySet:
        return Issue.objects.published().without_text()

    def lastmod(self, item: Issue) -> datetime:
        return item.changed_at
