"""The desk of the catalogue."""

from papers.admin.catalogue import AuthorAdmin, CatalogueAdmin, PaperAdmin, TopicAdmin
from papers.admin.importing import ImportBatchAdmin

__all__ = [
    "AuthorAdmin",
    "CatalogueAdmin",
    "ImportBatchAdmin",
    "PaperAdmin",
    "TopicAdmin",
]
