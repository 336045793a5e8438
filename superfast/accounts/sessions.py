"""Sessions that know whose they are; `SESSION_ENGINE` names this module."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from superfast.accounts.models import Session, User
from superfast.accounts.models.sessions import AGENT_KEY, STARTED_KEY, SessionStore

__all__ = ["SessionStore", "end_sessions", "note_visit", "sessions_of"]

SEEN_KEY = "seen"
# How exact "last seen" is: each step is one write.
SEEN_SECONDS = 10 * 60


def note_visit(request: HttpRequest) -> None:
    """The session knows that it is in use, and in which browser.

    Cost: a write every ten minutes, else nothing.
    """
    now = timezone.now()
    seen = parse_datetime(request.session.get(SEEN_KEY, ""))
    if seen and (now - seen).total_seconds() < SEEN_SECONDS:
        return
    request.session[SEEN_KEY] = now.isoformat()
    request.session.setdefault(STARTED_KEY, now.isoformat())
    request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[:200]


def sessions_of(user: User) -> list[Session]:
    """Where this person is signed in, last seen first; what has run out is left out."""
    return list(Session.objects.filter(user=user, expire_date__gt=timezone.now()))


def end_sessions(*, user: User, key: str = "", but: str = "") -> int:
    """One session of this person's is over, or all of them but one.

    Returns: how many were ended; 0 where the key is none of theirs.
    """
    rows = Session.objects.filter(user=user).exclude(session_key=but)
    if key:
        # PostgreSQL would refuse to look for a key with NUL in it.
        rows = rows.filter(session_key=key) if key.isalnum() else rows.none()
    return int(rows.delete()[0])
