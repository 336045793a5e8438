"""Whether an issue may go out: the checklist's errors, and who may go over them."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from issues.checklist import Finding, check_issue
from issues.models import Issue, Override, Revision
from superfast.accounts import audit
from superfast.accounts.models import User

PERMISSION = "issues.add_override"


def require_ready(issue: Issue, *, by: User | None, override: str) -> Sequence[Finding]:
    """The errors that this publication goes over: none, unless there is a reason.

    Args:
        issue: with the text that is to go out.
        by: who publishes it; going over errors is for who has the permission.
        override: the reason, empty where there is none.

    Raises: ValidationError with the checklist's sentences. What the database or the
        quiz would refuse is refused with a reason, too.
    """
    found = check_issue(issue)
    if not found.errors:
        return ()
    may = by is not None and by.has_perm(PERMISSION)
    if not override.strip() or not may or found.absolute:
        raise ValidationError(found.sentences)
    return found.errors


def log_override(
    issue: Issue,
    revision: Revision | None,
    findings: Sequence[Finding],
    *,
    by: User | None,
    reason: str,
) -> None:
    """It is on record, in the issue's history and in the desk's log, what was gone over."""
    if not findings:
        return
    sentences = [str(finding) for finding in findings]
    Override.objects.create(
        issue=issue,
        revision=revision,
        findings=sentences,
        reason=reason.strip(),
        made_by=by,
    )
    audit.record(
        actor=by,
        action="published over the checklist",
        target=issue,
        changes={
            "checklist": ["", " ".join(sentences)],
            "reason": ["", reason.strip()],
        },
    )
