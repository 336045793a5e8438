"""What can be done to an issue."""

from issues.services.publishing import (
    delete_issue,
    publish_issue,
    rerender,
    save_issue,
    withdraw_issue,
)

__all__ = [
    "delete_issue",
    "publish_issue",
    "rerender",
    "save_issue",
    "withdraw_issue",
]
