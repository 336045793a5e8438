"""Where somebody is signed in."""

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

AGENT_KEY = "agent"
STARTED_KEY = "started"


class Session(AbstractBaseSession):
    """One browser that is, or was, signed in; its owner may end it from elsewhere."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="sessions",
    )
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta(AbstractBaseSession.Meta):
        ordering = ("-seen_at",)

    @classmethod
    def get_session_store_class(cls) -> type[DatabaseStore]:
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with user, browser and times in columns."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        user_key = data.get(SESSION_KEY)
        row.user_id = int(user_key) if user_key else None
        row.agent = str(data.get(AGENT_KEY, ""))[:200]
        row.started_at = parse_datetime(data.get(STARTED_KEY, "")) or timezone.now()
        return row
