"""The newsletter's tables, by concept."""

from issues.models.checklist import LinkWaiver, Override
from issues.models.derived import PaperMention, Section
from issues.models.errata import Erratum
from issues.models.fields import MarkdownField
from issues.models.inbox import InboxItem
from issues.models.issues import (
    LONGEST_TEXT,
    Issue,
    IssueQuerySet,
    Note,
    refuse_reserved,
)
from issues.models.links import Link, LinkUse
from issues.models.pictures import Image, ImageQuerySet
from issues.models.presence import Presence
from issues.models.revisions import Revision, RevisionQuerySet
from issues.models.sharing import DraftLink
from issues.models.texts import Text
from superfast.common.checking import LinkState

__all__ = [
    "LONGEST_TEXT",
    "DraftLink",
    "Erratum",
    "Image",
    "ImageQuerySet",
    "InboxItem",
    "Issue",
    "IssueQuerySet",
    "Link",
    "LinkState",
    "LinkUse",
    "LinkWaiver",
    "MarkdownField",
    "Note",
    "Override",
    "PaperMention",
    "Presence",
    "Revision",
    "RevisionQuerySet",
    "Section",
    "Text",
    "refuse_reserved",
]
