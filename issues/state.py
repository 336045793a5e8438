"""Where a stored issue stands, in words: what form, buttons and messages of the desk say.

It is read from the row, never from an issue in hand: a form has filled that in
already when it is refused.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from issues.models import Issue
from superfast.common.publishing import Status


def tell_moment(at: datetime) -> str:
    """A day and a time of it as the desk says them."""
    return f"{at.astimezone(UTC):%A, %-d %B %Y, %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class State:
    """Where an issue stands, and whether editors have saved a newer text than readers get."""

    status: Status = Status.DRAFT
    publish_at: datetime | None = None
    withdrawn_at: datetime | None = None
    is_behind: bool = False
    # The public page, once there is one.
    address: str = ""

    @classmethod
    def of(cls, issue: Issue, at: datetime | None = None) -> "State":
        """The state of a row as it was read."""
        status = issue.status(at)
        return cls(
            status=status,
            publish_at=issue.publish_at,
            withdrawn_at=issue.withdrawn_at,
            is_behind=issue.has_unpublished_changes,
            address=issue.get_absolute_url() if status is Status.PUBLISHED else "",
        )

    @property
    def is_public(self) -> bool:
        return self.status is Status.PUBLISHED

    @property
    def is_dated(self) -> bool:
        """Whether it is, or is about to be, in front of readers."""
        return self.status in {Status.SCHEDULED, Status.PUBLISHED}

    @property
    def withdrawing(self) -> str:
        """What it is called to take it from readers, or from those to come."""
        return "Withdraw" if self.is_public else "Unschedule"

    @property
    def label(self) -> str:
        """Draft, scheduled, published, withdrawn, and since or from when."""
        match self.status:
            case Status.SCHEDULED if self.publish_at:
                return f"Scheduled for {tell_moment(self.publish_at)}"
            case Status.PUBLISHED if self.publish_at:
                return f"Published since {tell_moment(self.publish_at)}"
            case Status.WITHDRAWN if self.withdrawn_at:
                return f"Withdrawn since {tell_moment(self.withdrawn_at)}"
            case _:
                return str(self.status.label)

    @property
    def readers(self) -> str:
        """What readers get, in a sentence or two."""
        match self.status:
            case Status.DRAFT:
                return "Readers don’t see it."
            case Status.SCHEDULED:
                text = "an earlier text" if self.is_behind else "this text"
                return f"Readers will see {text} then."
            case Status.WITHDRAWN:
                earlier = " Its last public text is an earlier one."
                said = "Readers are told that it was withdrawn (410)."
                return said + (earlier if self.is_behind else "")
        seen = f"Readers see {'an earlier text' if self.is_behind else 'this text'}."
        if self.withdrawn_at is None:
            return seen
        return f"{seen} It is withdrawn on {tell_moment(self.withdrawn_at)}."

    @property
    def outcome(self) -> str:
        """What a save has led to, for its answer."""
        match self.status:
            case Status.DRAFT:
                return "It is a draft: readers don’t see it."
            case Status.WITHDRAWN:
                return "Readers are told that it was withdrawn (410)."
            case Status.SCHEDULED if self.publish_at:
                when = tell_moment(self.publish_at)
                if self.is_behind:
                    return f"On {when} readers will see an earlier text."
                return f"Readers see it from {when}."
        return (
            "Readers still see the earlier text."
            if self.is_behind
            else "Readers see it now."
        )


def stored_state(issue: Issue | None) -> State:
    """The state of the issue's row; of one that is not stored, a draft's. Cost: one query."""
    if issue is None or issue.pk is None:
        return State()
    return State.of(Issue.objects.without_text().get(pk=issue.pk))
