"""The newsletter's tables, by concept."""

from issues.models.derived import PaperMention, Section
from issues.models.fields import MarkdownField
from issues.models.issues import Issue, IssueQuerySet, refuse_reserved
from issues.models.links import Link, LinkUse
from issues.models.pictures import Image, ImageQuerySet
from issues.models.revisions import Revision

__all__ = [
    "Image",
    "ImageQuerySet",
    "Issue",
    "IssueQuerySet",
    "Link",
    "LinkUse",
    "MarkdownField",
    "PaperMention",
    "Revision",
    "Section",
    "refuse_reserved",
]
