"""Links for readers of a draft who have no account."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from issues.models import DraftLink, Issue, Revision, Text
from superfast.accounts.models import User

DAYS = (1, 7, 30, 90)


def make_link(
    *, issue: Issue, by: User | None, label: str, days: int, revision: Revision | None
) -> tuple[DraftLink, str]:
    """A new link. Returns: it, and its token, which nobody can read again.

    Args:
        issue: the draft, or an issue with unpublished changes.
        by: who shares it.
        label: for whom it is.
        days: how long it works.
        revision: the text it is pinned to; without one it follows what is saved last.

    Raises: ValidationError for a label that is missing or too long.
    """
    token = secrets.token_urlsafe(24)
    now = timezone.now()
    link = DraftLink(
        issue=issue,
        revision=revision,
        label=label,
        digest=digest(token),
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    link.full_clean(exclude=["created_by", "revoked_at", "last_used_at"])
    link.save()
    return link, token


def revoke_link(*, link: DraftLink) -> None:
    """The link leads nowhere from now on. Raises: ValidationError where it did already."""
    changed = DraftLink.objects.filter(pk=link.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not changed:
        raise ValidationError("This link was revoked already.")


def find_link(token: str) -> DraftLink | None:
    """The link of a token, be it open or not; None for a token that never was."""
    links = DraftLink.objects.filter(issue__trashed_at=None)
    return (
        links.select_related("issue", "revision").filter(digest=digest(token)).first()
    )


def count_use(link: DraftLink) -> None:
    """Somebody has read the draft just now."""
    DraftLink.objects.filter(pk=link.pk).update(
        uses=F("uses") + 1, last_used_at=timezone.now()
    )


def shared_text(link: DraftLink) -> Text:
    """What the link shows: its revision, else what was saved last; autosaves are not shared."""
    if link.revision is not None:
        return link.revision.text
    saved = link.issue.revisions.in_line().exclude(kind=Revision.Kind.AUTOSAVE).first()
    return saved.text if saved else link.issue.text


def digest(token: str) -> str:
    """What is stored of a token: it is random, so a plain hash can't be turned round."""
    return hashlib.sha256(token.encode()).hexdigest()
