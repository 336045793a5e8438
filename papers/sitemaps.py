from datetime import datetime

from papers.models import Catalogue, CatalogueQuerySet, Paper
from superfast.common.publishing import PublishableQuerySet
from superfast.common.sitemaps import SiteSitemap


class CatalogueSitemap(SiteSitemap):
    """Every list in which readers find something."""

    def items(self) -> CatalogueQuerySet:
        return Catalogue.objects.open()


class PaperSitemap(SiteSitemap):
    """Every paper that readers see."""

    def items(self) -> PublishableQuerySet[Paper]:
        return Paper.objects.select_related("catalogue").order_by("pk").published()

    def lastmod(self, item: Paper) -> datetime:
        return item.updated_at
