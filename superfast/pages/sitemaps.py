from datetime import datetime

from django.urls import reverse

from superfast.common.sitemaps import SiteSitemap
from superfast.pages.models import Page

_LISTS = ("home", "issues:issue-archive", "papers:catalogue-list", "quiz:quiz-list")


class PageSitemap(SiteSitemap):
    """The pages that are always there: lists, which change with all they list, and texts."""

    def find(self) -> list[tuple[str, datetime | None]]:
        texts = Page.objects.only("slug", "updated_at")
        return [
            *((reverse(name), None) for name in _LISTS),
            *((page.get_absolute_url(), page.updated_at) for page in texts),
        ]

    def location(self, item: tuple[str, datetime | None]) -> str:
        return item[0]

    def lastmod(self, item: tuple[str, datetime | None]) -> datetime | None:
        return item[1]
