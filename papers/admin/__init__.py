"""The desk of the catalogue."""

from papers.admin.catalogue import AuthorAdmin, CatalogueAdmin, PaperAdmin, TopicAdmin
from papers.admin.importing import ImportBatchAdmin
from papers.admin.links import PaperLinkAdmin
from papers.admin.readers import MistakeReportAdmin

__all__ = [
    "AuthorAdmin",
    "CatalogueAdmin",
    "ImportBatchAdmin",
    "MistakeReportAdmin",
    "PaperAdmin",
    "PaperLinkAdmin",
    "TopicAdmin",
]
