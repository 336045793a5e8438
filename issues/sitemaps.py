from datetime import datetime

from superfast.common.sitemaps import SiteSitemap
from django.db.models import QuerySet

from issues.models import Issue


class IssueSitemap(SiteSitemap):
    def items(self) -> QuerySet[Issue]:
        return (
            Issue.objects.published()
            .newest_first()
            .select_related("published_revision")
            .defer("body", "blocks", "published_revision__body")
        )

    def lastmod(self, item: Issue) -> datetime:
        return item.changed_at
