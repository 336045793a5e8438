"""How texts become revisions: folded, counted, thinned, and never written over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from issues.models import Issue, Presence, Revision, Text
from issues.models.revisions import RevisionQuerySet, name_of
from superfast.accounts.models import User
from superfast.common.difference import compare

# Autosaves within this time become one: the history shows work, not keystrokes.
FOLDED_WITHIN = timedelta(minutes=10)
# Older autosaves are thinned to one an hour, then none; texts set aside stay longer.
ALL_KEPT_FOR = timedelta(days=1)
AUTOSAVES_KEPT_FOR = timedelta(days=30)
ASIDES_KEPT_FOR = timedelta(days=90)

Kind = Revision.Kind


class ConflictError(Exception):
    """Somebody saved between the reading of a form and its saving; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Autosaved:
    """Where an autosave went: into the line, or aside because of `newer`."""

    revision: Revision
    newer: Revision | None = None

    @property
    def sentence(self) -> str:
        """What to tell who is typing, where somebody else saved meanwhile."""
        if self.newer is None:
            return ""
        who = "You" if self.newer.saved_by_id == self.revision.saved_by_id else None
        return (
            f"{who or name_of(self.newer.saved_by)} saved this issue elsewhere at "
            f"{self.newer.saved_at:%H:%M} (UTC). Your text is kept apart."
        )


def lock_issue(issue: Issue) -> Issue:
    """The stored row, which nobody else changes until the transaction ends.

    Raises: Issue.DoesNotExist, also for one in the trash.
    """
    return Issue.objects.select_for_update().get(pk=issue.pk)


@transaction.atomic
def autosave(
    *, issue: Issue, text: Text, base: int | None, by: User, tab: str = ""
) -> Autosaved:
    """The text is the newest revision; where somebody else saved since, it is set aside.

    The row of the issue keeps its text. Autosaves of one person in a row fold.

    Args:
        issue: stored.
        text: what the form holds.
        base: key of the revision that the form started from.
        by: who types.
        tab: the form's own name; its own earlier autosave is no conflict.
    """
    stored = lock_issue(issue)
    newest = stored.working_revision
    if newest is None or newest.pk == base or newest.text == text:
        return Autosaved(
            store_revision(stored, text, kind=Kind.AUTOSAVE, by=by, tab=tab)
        )
    if newest.kind == Kind.AUTOSAVE and _is_same_form(newest, by, tab):
        return Autosaved(
            store_revision(stored, text, kind=Kind.AUTOSAVE, by=by, tab=tab)
        )
    return Autosaved(set_aside(issue=stored, text=text, by=by, tab=tab), newer=newest)


def is_conflict(
    issue: Issue, text: Text, *, base: int | None, by: User | None, tab: str
) -> bool:
    """Whether saving this text would write over one that its author has not seen.

    The issue has its `working_revision`; a form that names no revision has seen the newest.
    """
    newest = issue.working_revision
    if base is None or newest is None or newest.pk == base:
        return False
    return newest.text != text and not _is_same_form(newest, by, tab)


@transaction.atomic
def set_aside(*, issue: Issue, text: Text, by: User | None, tab: str = "") -> Revision:
    """The text is kept beside the line, in the history; the same form's last one is replaced."""
    words = _words(
        issue.working_revision.text if issue.working_revision else None, text
    )
    values = text.as_dict() | words | {"saved_at": timezone.now()}
    if tab:
        revision, _ = issue.revisions.update_or_create(
            kind=Kind.ASIDE, saved_by=by, tab=tab, defaults=values
        )
        return revision
    return issue.revisions.create(kind=Kind.ASIDE, saved_by=by, **values)


def store_revision(
    issue: Issue, text: Text, *, kind: str, by: User | None, tab: str = ""
) -> Revision:
    """The text is the newest revision of a locked issue; no new one where it is that already.

    Cost: at most seven queries.
    """
    last = issue.working_revision
    now = timezone.now()
    if last is not None and last.text == text:
        if kind in {last.kind, Kind.AUTOSAVE} or (kind, last.kind) == (
            Kind.SAVE,
            Kind.PUBLISH,
        ):
            return last
        if last.kind == Kind.AUTOSAVE:
            last.kind, last.saved_by, last.saved_at, last.tab = kind, by, now, tab
            last.save(update_fields=["kind", "saved_by", "saved_at", "tab"])
            return last
    folded = (
        last if last and _is_folded(last, kind=kind, by=by, tab=tab, at=now) else None
    )
    before = issue.revisions.in_line().exclude(pk=folded.pk).first() if folded else last
    revision = issue.revisions.create(
        kind=kind,
        saved_by=by,
        saved_at=now,
        begun_at=folded.begun_at if folded else now,
        tab=tab,
        **text.as_dict(),
        **_words(before.text if before else None, text),
    )
    issue.working_revision = revision
    Issue.with_trashed.filter(pk=issue.pk).update(working_revision=revision)
    if folded:
        folded.delete()
    if kind != Kind.AUTOSAVE:
        thin_autosaves(issue, now)
    return revision


def thin_autosaves(issue: Issue, at: datetime) -> int:
    """Old autosaves are fewer: one an hour after a day, none after 30 days.

    What is the newest, readers see, or a link is pinned to stays. Returns: how many went.
    """
    old = _unneeded(issue, Kind.AUTOSAVE).filter(saved_at__lte=at - ALL_KEPT_FOR)
    seen: set[datetime] = set()
    gone = []
    for pk, saved_at in old.order_by("-saved_at", "-pk").values_list("pk", "saved_at"):
        hour = saved_at.replace(minute=0, second=0, microsecond=0)
        if hour in seen or saved_at <= at - AUTOSAVES_KEPT_FOR:
            gone.append(pk)
        seen.add(hour)
    asides = _unneeded(issue, Kind.ASIDE).filter(saved_at__lte=at - ASIDES_KEPT_FOR)
    gone += asides.values_list("pk", flat=True)
    Revision.objects.filter(pk__in=gone).delete()
    return len(gone)


def _unneeded(issue: Issue, kind: str) -> RevisionQuerySet:
    shown = (issue.working_revision_id, issue.published_revision_id)
    return Revision.objects.filter(
        issue=issue, kind=kind, draft_links=None, presences=None
    ).exclude(pk__in=[pk for pk in shown if pk is not None])


def _is_folded(
    last: Revision, *, kind: str, by: User | None, tab: str, at: datetime
) -> bool:
    """Whether the last one is an autosave of the same person that a new one replaces."""
    if last.kind != Kind.AUTOSAVE or by is None or last.saved_by_id != by.pk:
        return False
    if kind == Kind.AUTOSAVE and at - last.begun_at >= FOLDED_WITHIN:
        return False
    # Another open form started from it: merging the two needs it.
    others = Presence.objects.alive(at).filter(base=last).exclude(user=by, tab=tab)
    return not (others.exists() or last.draft_links.exists())


def _is_same_form(revision: Revision, by: User | None, tab: str) -> bool:
    return (
        bool(tab)
        and by is not None
        and (revision.saved_by_id, revision.tab) == (by.pk, tab)
    )


def _words(old: Text | None, new: Text) -> dict[str, int]:
    """How many words of title, dek and text were added and removed."""
    added = removed = 0
    for name in ("title", "dek", "body"):
        difference = compare(getattr(old, name) if old else "", getattr(new, name))
        added += difference.added
        removed += difference.removed
    return {"words_added": added, "words_removed": removed}
