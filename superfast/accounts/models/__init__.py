"""Accounts, where they are signed in, and what they did."""

from superfast.accounts.models.audit import AuditEntry
from superfast.accounts.models.sessions import Session
from superfast.accounts.models.users import User

__all__ = ["AuditEntry", "Session", "User"]
