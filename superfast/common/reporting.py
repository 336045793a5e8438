"""Errors as a service of the owner's choice is told of them: what the code did, and of nobody."""

from typing import Any

import sentry_sdk
from sentry_sdk.types import Event

from superfast.common.tracing import request_id

# An address may hold words that were searched for or a link that opens something, headers
# name people, and what was logged or asked before belongs to whoever asked.
_OF_VISITORS = ("request", "user", "breadcrumbs", "extra", "server_name")


def report_errors(dsn: str) -> None:
    """Errors are reported from now on to where `dsn` says."""
    sentry_sdk.init(
        dsn=dsn,
        before_send=_without_visitor,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
    )


def _without_visitor(event: Event, hint: dict[str, Any]) -> Event:
    """An event with the pattern of the address, and the number that the log has."""
    kept: dict[str, Any] = {k: v for k, v in event.items() if k not in _OF_VISITORS}
    # Words of an error, and what a message was filled with, may be a visitor's.
    for error in kept.get("exception", {}).get("values", ()):
        error.pop("value", None)
    if "logentry" in kept:
        kept["logentry"] = {"message": kept["logentry"].get("message", "")}
    kept["tags"] = {"request_id": request_id()}
    return kept  # type: ignore[return-value]  # an Event with fewer keys is one
