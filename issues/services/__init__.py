"""What can be done to an issue."""

from issues.services.publishing import (
    begin_issue,
    publish_changes,
    publish_issue,
    rerender,
    restore_revision,
    save_issue,
    save_work,
    withdraw_issue,
)
from issues.services.revisions import ConflictError, autosave, is_conflict, set_aside
from issues.services.trash import delete_issue, empty_trash, restore_issue, trash_issue

__all__ = [
    "ConflictError",
    "autosave",
    "begin_issue",
    "delete_issue",
    "empty_trash",
    "is_conflict",
    "publish_changes",
    "publish_issue",
    "rerender",
    "restore_issue",
    "restore_revision",
    "save_issue",
    "save_work",
    "set_aside",
    "trash_issue",
    "withdraw_issue",
]
