"""The catalogue: papers, who wrote them, what they are about, in which list they stand."""

from papers.models.author import Author, Authorship
from papers.models.catalogue import Catalogue, CatalogueQuerySet, Topic
from papers.models.paper import Paper, PaperQuerySet, Presentation

__all__ = [
    "Author",
    "Authorship",
    "Catalogue",
    "CatalogueQuerySet",
    "Paper",
    "PaperQuerySet",
    "Presentation",
    "Topic",
]
