from django.urls import reverse

from superfast.common.sitemaps import SiteSitemap


class PageSitemap(SiteSitemap):
    """The pages that are always there."""

    def items(self) -> list[str]:
        return [
            reverse("home"),
            reverse("issues:issue-archive"),
            reverse("papers:catalogue-list"),
            reverse("quiz:quiz-list"),
            reverse("pages:page", args=["about"]),
            reverse("pages:page", args=["privacy"]),
            reverse("pages:page", args=["contact"]),
            reverse("pages:follow"),
        ]

    def location(self, item: str) -> str:
        return item
