"""The catalogue: papers, who wrote them, what they are about, in which list they stand."""

from papers.models.addresses import FormerAddress
from papers.models.author import Author, AuthorAlias, Authorship, FormerSlug
from papers.models.catalogue import (
    COUNTED_TO,
    RESERVED_SLUGS,
    Catalogue,
    CatalogueQuerySet,
    Placement,
    Topic,
    count_label,
)
from papers.models.history import (
    DistinctPair,
    ImportBatch,
    ImportRow,
    Outcome,
    PaperRevision,
)
from papers.models.links import PaperLink
from papers.models.paper import Paper, PaperQuerySet
from papers.models.parts import LINKS, CodeOrigin, Kind, Presentation
from papers.models.readers import REPORT_LENGTH, MistakeReport, RelatedPaper

__all__ = [
    "COUNTED_TO",
    "LINKS",
    "REPORT_LENGTH",
    "RESERVED_SLUGS",
    "Author",
    "AuthorAlias",
    "Authorship",
    "Catalogue",
    "CatalogueQuerySet",
    "CodeOrigin",
    "DistinctPair",
    "FormerAddress",
    "FormerSlug",
    "ImportBatch",
    "ImportRow",
    "Kind",
    "MistakeReport",
    "Outcome",
    "Paper",
    "PaperLink",
    "PaperQuerySet",
    "PaperRevision",
    "Placement",
    "Presentation",
    "RelatedPaper",
    "Topic",
    "count_label",
]
