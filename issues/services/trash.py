"""Deleting an issue, and thinking better of it."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from issues.checklist import check_issue
from issues.derived import derive, forget, shelve
from issues.models import Issue, Revision
from issues.services.publishing import fit_text, free_slug
from issues.services.revisions import lock_issue, store_revision
from quiz.models import Quiz
from quiz.search import index_quizzes
from quiz.services import keep_closed
from superfast.accounts.models import User
from superfast.common.publishing import Status

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def trash_issue(*, issue: Issue, by: User | None) -> None:
    """Nobody but the trash knows the issue; for 30 days it can be restored.

    Its slug and its quiz are free for another issue; the quiz that it has closed stays
    closed. What has been in the trash for longer goes for good.
    """
    stored = lock_issue(issue)
    stored.kept_in_trash = {
        "slug": stored.slug,
        "quiz": stored.quiz_id,
        "publish_at": stored.publish_at and stored.publish_at.isoformat(),
        "withdrawn_at": stored.withdrawn_at and stored.withdrawn_at.isoformat(),
    }
    keep_closed(stored.publish_at)
    forget(stored)
    stored.presences.all().delete()
    stored.quiz = stored.publish_at = stored.withdrawn_at = None
    stored.trashed_at, stored.trashed_by = timezone.now(), by
    stored.save(
        update_fields=[
            *("quiz", "publish_at", "withdrawn_at"),
            *("trashed_at", "trashed_by", "kept_in_trash"),
        ]
    )
    # Past `save`, which would lead readers from the old address to one that is none.
    Issue.with_trashed.filter(pk=stored.pk).update(slug=f"trashed-{stored.uid.hex}")
    index_quizzes()
    empty_trash()


@transaction.atomic
def restore_issue(*, issue: Issue, by: User | None = None) -> list[str]:
    """The issue is back as it was, readers included.

    Returns: sentences on what could not be had again: its slug, or its quiz, where
    another issue has those by now; without its quiz it comes back as a draft.
    Raises: Issue.DoesNotExist where it is not in the trash; ValidationError where its
    quiz was changed meanwhile so that no reader may meet it.
    """
    stored = Issue.with_trashed.trashed().select_for_update().get(pk=issue.pk)
    kept = stored.kept_in_trash or {}
    lost = []
    stored.slug = free_slug(kept["slug"])
    if stored.slug != kept["slug"]:
        lost.append(
            f"Another issue is at “{kept['slug']}”: this one is at “{stored.slug}” now."
        )
    stored.publish_at = _moment(kept["publish_at"])
    stored.withdrawn_at = _moment(kept["withdrawn_at"])
    if kept["quiz"] and not _take_quiz(stored, kept["quiz"]):
        stored.publish_at = stored.withdrawn_at = None
        lost.append(
            "Its quiz is gone, or stands in another issue: it comes back as a draft."
        )
    if stored.publish_at is not None and (found := check_issue(stored).absolute):
        raise ValidationError([str(finding) for finding in found])
    stored.trashed_at = stored.trashed_by = stored.kept_in_trash = None
    stored.save()
    if lost:
        _fit_texts(stored, by)
    if stored.publish_at is not None:
        derive(stored)
    else:
        shelve(stored)
    index_quizzes()
    return lost


def status_restored(issue: Issue) -> Status:
    """Where a deleted issue stands once it is restored, unless its quiz is gone."""
    kept = issue.kept_in_trash or {}
    publish_at, withdrawn_at = (
        _moment(kept.get(name)) for name in ("publish_at", "withdrawn_at")
    )
    return Issue(publish_at=publish_at, withdrawn_at=withdrawn_at).status()


@transaction.atomic
def delete_issue(*, issue: Issue) -> None:
    """Nothing is left of the issue, its revisions, or its place in the search index."""
    forget(issue)
    issue.delete()
    index_quizzes()


def empty_trash(at: datetime | None = None) -> int:
    """What has been in the trash for 30 days is deleted for good. Returns: how many issues."""
    expired = Issue.with_trashed.filter(
        trashed_at__lte=(at or timezone.now()) - KEPT_FOR
    )
    issues = [*expired]
    for issue in issues:
        delete_issue(issue=issue)
    return len(issues)


def _fit_texts(issue: Issue, by: User | None) -> None:
    """What readers see and what editors work on name the slug and the quiz it has now."""
    seen, work = issue.published_revision, issue.working_revision
    if issue.publish_at is not None and seen is not None:
        text = fit_text(seen.text, issue)
        revision = store_revision(issue, text, kind=Revision.Kind.PUBLISH, by=by)
        issue.published_revision = revision
        issue.save(update_fields=["published_revision"])
    if work is not None and (issue.publish_at is None or work != seen):
        store_revision(issue, fit_text(work.text, issue), kind=work.kind, by=by)


def _take_quiz(issue: Issue, quiz: int) -> bool:
    free = Quiz.objects.filter(pk=quiz, issue=None).first()
    issue.quiz = free
    return free is not None


def _moment(value: str | None) -> datetime | None:
    return parse_datetime(value) if value else None
