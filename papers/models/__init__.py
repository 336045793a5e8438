"""The catalogue: papers, who wrote them, what they are about, in which list they stand."""

from papers.models.author import Author, AuthorAlias, Authorship
from papers.models.catalogue import Catalogue, CatalogueQuerySet, Placement, Topic
from papers.models.paper import FormerAddress, Paper, PaperQuerySet
from papers.models.parts import LINKS, CodeOrigin, Kind, Presentation

__all__ = [
    "LINKS",
    "Author",
    "AuthorAlias",
    "Authorship",
    "Catalogue",
    "CatalogueQuerySet",
    "CodeOrigin",
    "FormerAddress",
    "Kind",
    "Paper",
    "PaperQuerySet",
    "Placement",
    "Presentation",
    "Topic",
]
