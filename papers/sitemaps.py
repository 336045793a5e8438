from datetime import datetime

from papers.models import Catalogue, CatalogueQuerySet, Paper
from superfast.common.publishing import PublishableQuerySet
from superfast.common.sitemaps import RowSitemap, SiteSitemap


class CatalogueSitemap(SiteSitemap):
    """Every list in which readers find something."""

    def find(self) -> CatalogueQuerySet:
        return Catalogue.objects.open()


class PaperSitemap(RowSitemap):
    """Every paper that readers see."""

    changed = "updated_at"

    def rows(self) -> PublishableQuerySet[Paper]:
        shown = Paper.objects.select_related("catalogue").published()
        return shown.only("slug", "updated_at", "catalogue__slug")

    def lastmod(self, item: Paper) -> datetime:
        return item.updated_at
