"""What can be done to an issue, and what follows from it."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from issues.checklist import check_issue
from issues.derived import derive, forget
from issues.models import Issue, Revision
from quiz.search import index_quizzes
from quiz.services import give_number
from superfast.accounts.models import User
from superfast.common import publishing
from superfast.common.publishing import Status


@transaction.atomic
def save_issue(*, issue: Issue, by: User | None) -> None:
    """The issue is stored, its text is a revision, and what readers see follows.

    The caller has validated it; an issue with a time must pass the checklist.
    A save that changes no word makes no revision.
    Raises: ValidationError with the checklist's sentences; nothing is stored then.
    """
    is_public = issue.publish_at is not None
    if is_public and (problems := check_issue(issue)):
        raise ValidationError(problems)
    issue.save()
    kind = Revision.Kind.PUBLISH if is_public else Revision.Kind.SAVE
    revision = _revise(issue, kind=kind, by=by)
    if is_public:
        if issue.quiz:
            give_number(quiz=issue.quiz)
        issue.published_revision = revision
        derive(issue)
    else:
        forget(issue)
    index_quizzes()


@transaction.atomic
def publish_issue(*, issue: Issue, by: User | None) -> None:
    """Readers see the issue from now on; one that was withdrawn keeps its date.

    Raises: ValidationError with the checklist's sentences.
    """
    if issue.status() in {Status.DRAFT, Status.SCHEDULED}:
        issue.publish_at = timezone.now()
    issue.withdrawn_at = None
    issue.full_clean()
    save_issue(issue=issue, by=by)


@transaction.atomic
def withdraw_issue(*, issue: Issue) -> None:
    """Readers no longer see the issue; its address says so. Scheduled ones become drafts.

    Raises: ValidationError where readers do not see it anyway.
    """
    publishing.withdraw(issue)
    if issue.publish_at is None:
        forget(issue)
    else:
        derive(issue)
    index_quizzes()


@transaction.atomic
def delete_issue(*, issue: Issue) -> None:
    """Nothing is left of the issue, its revisions, or its place in the search index."""
    forget(issue)
    issue.delete()
    index_quizzes()


def rerender(issues: Iterable[Issue]) -> int:
    """What readers see is made anew from the stored text. Returns: how many issues."""
    count = 0
    for issue in issues:
        with transaction.atomic():
            derive(issue)
        count += 1
    return count


def _revise(issue: Issue, *, kind: str, by: User | None) -> Revision:
    """The issue's text as a revision: the last one, where it says the same."""
    last = issue.revisions.first()
    same = last is not None and (last.title, last.dek, last.body) == (
        issue.title, issue.dek, issue.body,
    )  # fmt: skip
    if last is not None and same and (last.kind == kind or kind == Revision.Kind.SAVE):
        return last
    return issue.revisions.create(
        kind=kind, title=issue.title, dek=issue.dek, body=issue.body, saved_by=by
    )
