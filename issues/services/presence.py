"""Who has an issue open, as far as their forms are heard of."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from issues.models import Issue, Presence, Revision
from issues.models.revisions import name_of
from superfast.accounts.models import User

TABS_KEPT = 10
FORGOTTEN_AFTER = timedelta(minutes=10)


@transaction.atomic
def be_present(*, issue: Issue, by: User, tab: str, base: int | None) -> list[str]:
    """This form is known to be open. Returns: names of who else has the issue open.

    A second form of the same person is told apart. Rows of forms that nobody has heard
    of go, and of one person's the ten latest stay.
    """
    now = timezone.now()
    started = Revision.objects.filter(pk=base, issue=issue).first() if base else None
    Presence.objects.update_or_create(
        issue=issue, user=by, tab=tab, defaults={"base": started, "seen_at": now}
    )
    Presence.objects.filter(seen_at__lte=now - FORGOTTEN_AFTER).delete()
    mine = issue.presences.filter(user=by).order_by("-seen_at", "-pk")
    surplus = [*mine.values_list("pk", flat=True)[TABS_KEPT:]]
    Presence.objects.filter(pk__in=surplus).delete()
    others = issue.presences.alive(now).exclude(user=by, tab=tab).select_related("user")
    return _names(others, by)


def be_absent(*, issue: Issue, by: User, tab: str) -> None:
    """This form is closed."""
    Presence.objects.filter(issue=issue, user=by, tab=tab).delete()


def _names(presences: Iterable[Presence], by: User) -> list[str]:
    names: dict[int, str] = {}
    for presence in presences:
        is_me = presence.user_id == by.pk
        names[presence.user_id] = (
            "you, in another tab" if is_me else name_of(presence.user)
        )
    return sorted(names.values())
