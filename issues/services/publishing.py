"""What can be done to an issue, and what follows from it."""

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from issues.derived import derive, shelve
from issues.models import Erratum, Issue, Revision, Text
from issues.models.issues import LONGEST_SLUG, RESERVED_SLUGS
from issues.services.readiness import log_override, require_ready
from issues.services.revisions import ConflictError, lock_issue, store_revision
from quiz.search import index_quizzes
from quiz.services import give_number, keep_closed
from superfast.accounts.models import User
from superfast.common import publishing
from superfast.common.publishing import Status
from superfast.common.tasks import enqueue
from superfast.common.text import numbered

Kind = Revision.Kind


@transaction.atomic
def save_issue(
    *, issue: Issue, by: User | None, tab: str = "", override: str = ""
) -> None:
    """The issue is stored, its text is a revision, and what readers see follows.

    The caller has validated it; an issue with a time must pass the checklist, or
    there is a reason to go above it (see `require_ready`).
    A save that changes nothing of the text makes no revision.
    Raises: ConflictError where somebody saved since the issue was read; ValidationError
        with the checklist's sentences. Nothing is stored then.
    """
    if issue.pk is not None:
        stored = _lock_as_read(issue)
        if (stored.publish_at, stored.quiz_id) != (issue.publish_at, issue.quiz_id):
            keep_closed(stored.publish_at)
        issue.published_revision = stored.published_revision
        issue.text_changed_at = stored.text_changed_at
    is_public = issue.publish_at is not None
    gone_over = require_ready(issue, by=by, override=override) if is_public else ()
    issue.save()
    kind = Kind.PUBLISH if is_public else Kind.SAVE
    revision = store_revision(issue, issue.text, kind=kind, by=by, tab=tab)
    if is_public:
        log_override(issue, revision, gone_over, by=by, reason=override)
        _show(issue, revision)
    else:
        shelve(issue)
        _ask_for_links(issue)
    index_quizzes()


@transaction.atomic
def save_work(
    *,
    issue: Issue,
    by: User | None,
    tab: str = "",
    publish: bool = False,
    override: str = "",
) -> None:
    """The text is saved for editors; readers of a dated issue see theirs until it is published.

    A draft's row has the text, too. Times take effect at once; an issue that gets its
    first one is published or scheduled with this text.

    Args:
        issue: as the form made it, with the `working_revision` that the form has seen.
        by: who saves.
        tab: the form's own name.
        publish: whether readers get the text with it, where they do not see the issue yet.
        override: why an issue goes out in spite of the checklist.

    Raises: ConflictError where somebody saved since the form was read; ValidationError
        with the checklist's sentences. Nothing is stored then.
    """
    if issue.pk is None:
        save_issue(issue=issue, by=by, tab=tab, override=override)
        return
    stored = _lock_as_read(issue)
    publish = publish and stored.status() is not Status.PUBLISHED
    if publish or stored.publish_at is None or issue.publish_at is None:
        save_issue(issue=issue, by=by, tab=tab, override=override)
        return
    text = issue.text
    moves = stored.publish_at != issue.publish_at
    if moves:
        keep_closed(stored.publish_at)
    stored.publish_at, stored.withdrawn_at = issue.publish_at, issue.withdrawn_at
    gone_over = require_ready(stored, by=by, override=override) if moves else ()
    stored.save()
    log_override(stored, stored.published_revision, gone_over, by=by, reason=override)
    if text == stored.text and stored.published_revision is not None:
        _return_to_published(stored)
    else:
        store_revision(stored, text, kind=Kind.SAVE, by=by, tab=tab)
        _ask_for_links(stored)
    derive(stored)
    index_quizzes()
    issue.working_revision = stored.working_revision


@transaction.atomic
def begin_issue(*, text: Text, by: User, tab: str = "") -> Issue:
    """A draft exists from what somebody has begun to type; a taken slug gets a number.

    Raises: ValidationError where the text has no title yet, or is no issue's.
    """
    slug = slugify(text.slug or text.title)[:70] or "draft"
    text = replace(text, slug=free_slug(slug))
    issue = Issue(created_by=by, **text.as_dict())
    issue.full_clean()
    issue.save()
    store_revision(issue, issue.text, kind=Kind.AUTOSAVE, by=by, tab=tab)
    return issue


@transaction.atomic
def publish_issue(*, issue: Issue, by: User | None, override: str = "") -> None:
    """Readers see the issue from now on; one that was withdrawn keeps its date.

    Raises: ValidationError with the checklist's sentences, and for a draft of which the
        newest text was typed and never saved: it is not finished, nor to be left behind.
    """
    stored = lock_issue(issue)
    _refuse_unsaved(stored)
    has_newer_work = stored.has_unpublished_changes
    if stored.status() in {Status.DRAFT, Status.SCHEDULED}:
        stored.publish_at = timezone.now()
    stored.withdrawn_at = None
    stored.full_clean()
    if not has_newer_work:
        save_issue(issue=stored, by=by, override=override)
        return
    # The row is what was to be published; newer work stays work.
    gone_over = require_ready(stored, by=by, override=override)
    stored.save()
    log_override(stored, stored.published_revision, gone_over, by=by, reason=override)
    derive(stored)
    index_quizzes()


@transaction.atomic
def publish_changes(
    *, issue: Issue, by: User | None, note: str = "", override: str = ""
) -> None:
    """Readers see what editors have saved last.

    With a note it is a correction: the note is printed with its date, and feeds and
    the sitemap say that the issue has changed. Without, it is a silent fix, and they
    say nothing. Id, address and date of the issue stay, but for a slug that was changed.
    Raises: ValidationError where there is nothing to publish, or it is not ready.
    """
    stored = lock_issue(issue)
    if stored.publish_at is None:
        raise ValidationError(
            "Only an issue that is out or scheduled has changes to publish."
        )
    if not stored.has_unpublished_changes or stored.working_revision is None:
        raise ValidationError("Readers see the latest text already.")
    if stored.working_revision.quiz_id != stored.quiz_id:
        keep_closed(stored.publish_at)
    stored.working_revision.text.put_into(stored)
    stored.full_clean()
    gone_over = require_ready(stored, by=by, override=override)
    told_at = stored.text_changed_at
    stored.save()
    revision = store_revision(stored, stored.text, kind=Kind.PUBLISH, by=by)
    log_override(stored, revision, gone_over, by=by, reason=override)
    _show(stored, revision)
    if note:
        Erratum.objects.create(issue=stored, note=note, made_by=by, revision=revision)
    elif stored.status() is Status.PUBLISHED:
        stored.text_changed_at = told_at
        stored.save(update_fields=["text_changed_at"])
    index_quizzes()


@transaction.atomic
def withdraw_issue(*, issue: Issue) -> None:
    """Readers no longer see the issue; its address says so. Scheduled ones become drafts.

    Raises: ValidationError where readers do not see it anyway.
    """
    stored = lock_issue(issue)
    publishing.withdraw(stored)
    if stored.publish_at is None:
        if stored.working_revision:
            fit_text(stored.working_revision.text, stored).put_into(stored)
            stored.save()
        shelve(stored)
    else:
        derive(stored)
    index_quizzes()


@transaction.atomic
def restore_revision(*, issue: Issue, revision: Revision, by: User | None) -> Revision:
    """The text of an earlier revision is saved anew; the address stays as it is.

    A quiz that stands in another issue by now is left out. Raises: ValidationError
    where the text may not be stored as it is.
    """
    stored = lock_issue(issue)
    current = stored.working_revision.text if stored.working_revision else stored.text
    text = fit_text(replace(revision.text, slug=current.slug), stored)
    if stored.publish_at is None:
        text.put_into(stored)
        stored.full_clean()
        stored.save()
    return store_revision(stored, text, kind=Kind.SAVE, by=by)


def fit_text(text: Text, issue: Issue) -> Text:
    """The text with the issue's own slug and quiz where another issue has those."""
    others = Issue.with_trashed.exclude(pk=issue.pk)
    if text.slug != issue.slug and others.filter(slug=text.slug).exists():
        text = replace(text, slug=issue.slug)
    if text.quiz_id and others.filter(quiz=text.quiz_id).exists():
        text = replace(text, quiz_id=issue.quiz_id)
    return text


def free_slug(slug: str) -> str:
    """The slug, with a number where another issue or page has it. Cost: one query."""
    others = Issue.with_trashed.filter(slug__startswith=slug[:75])
    taken = RESERVED_SLUGS.union(others.values_list("slug", flat=True))
    return numbered(slug, lambda name: name not in taken, LONGEST_SLUG)


def rerender(issues: Iterable[Issue]) -> int:
    """What readers see is made anew from the stored text. Returns: how many issues."""
    count = 0
    for issue in issues:
        with transaction.atomic():
            derive(issue)
        count += 1
    return count


def _lock_as_read(issue: Issue) -> Issue:
    """The stored row, locked, of which the caller has read the newest text.

    Raises: ConflictError where somebody saved since.
    """
    stored = lock_issue(issue)
    if stored.working_revision_id != issue.working_revision_id:
        raise ConflictError
    return stored


def _refuse_unsaved(issue: Issue) -> None:
    """Raises: ValidationError for a draft whose newest text is an autosave alone."""
    newest = issue.working_revision
    if issue.publish_at is not None or newest is None or newest.kind != Kind.AUTOSAVE:
        return
    if newest.text != issue.text:
        raise ValidationError(
            f"{newest.author} typed in it at {newest.saved_at:%H:%M (UTC) on %-d %B} and "
            "has not saved: open it, and save or publish the text from there."
        )


def _show(issue: Issue, revision: Revision) -> None:
    """Readers see this revision, which the row holds, from the issue's time on."""
    if issue.quiz:
        give_number(quiz=issue.quiz)
    seen = issue.published_revision
    if seen != revision:
        issue.published_revision = revision
        if seen is None or seen.text.words != revision.text.words:
            issue.text_changed_at = revision.saved_at
        issue.save(update_fields=["published_revision", "text_changed_at"])
    derive(issue)


def _ask_for_links(issue: Issue) -> None:
    """A worker finds out where new links of the work lead; nobody waits for it here."""
    if not settings.TASKS_INLINE:
        enqueue("issues.links.checking.check_draft", issue.pk, name=f"Links of {issue}")


def _return_to_published(issue: Issue) -> None:
    """The text is the one that readers see again: nothing is left to publish."""
    issue.working_revision = issue.published_revision
    issue.save(update_fields=["working_revision"])
