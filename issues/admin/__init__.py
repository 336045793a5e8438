"""The editors' desk of the newsletter."""

from issues.admin.inbox import InboxItemAdmin
from issues.admin.issues import IssueAdmin
from issues.admin.links import LinkAdmin
from issues.admin.pictures import ImageAdmin
from issues.admin.revisions import RevisionAdmin

__all__ = ["ImageAdmin", "InboxItemAdmin", "IssueAdmin", "LinkAdmin", "RevisionAdmin"]
