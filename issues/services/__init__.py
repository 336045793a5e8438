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
from issues.services.tray import (
    fill_headline,
    save_tray,
    take_back_waiver,
    waive_link,
    working_body,
)

__all__ = [
    "ConflictError",
    "autosave",
    "begin_issue",
    "delete_issue",
    "empty_trash",
    "fill_headline",
    "is_conflict",
    "publish_changes",
    "publish_issue",
    "rerender",
    "restore_issue",
    "restore_revision",
    "save_issue",
    "save_tray",
    "save_work",
    "set_aside",
    "take_back_waiver",
    "trash_issue",
    "waive_link",
    "withdraw_issue",
    "working_body",
]
