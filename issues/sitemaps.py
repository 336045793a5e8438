from datetime import datetime

from issues.models import Issue, IssueQuerySet
from superfast.common.sitemaps import SiteSitemap


class IssueSitemap(SiteSitemap):
    def items(self) -> IssueQuerySet:
        return Issue.objects.published().newest_first().without_text()

    def lastmod(self, item: Issue) -> datetime:
        return item.changed_at
