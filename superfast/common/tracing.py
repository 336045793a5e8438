"""Which request a line in the log, or an error page, belongs to."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def traced(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the request is known while it is answered. Stands first.

    No answer carries the id but the error page: public pages are the same for everybody.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        before = _current.set(request)
        try:
            return get_response(request)
        finally:
            _current.reset(before)

    return middleware


def request_id(request: HttpRequest | None = None) -> str:
    """The id of this request, or of the one being answered; "" outside of one.

    A proxy of ours may have given it one (X-Request-ID); it is made when first asked for.
    """
    request = request or _current.get()
    if request is None:
        return ""
    known: str = getattr(request, "trace_id", "")
    if not known:
        given = request.headers.get("X-Request-ID", "") if settings.PROXY_COUNT else ""
        known = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        request.trace_id = known  # type: ignore[attr-defined]
    return known


class RequestId(logging.Filter):
    """Gives each record the id of the request that it was made in."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django hands over the request itself: its headers name people.
        request = record.__dict__.pop("request", None)
        known = request if isinstance(request, HttpRequest) else None
        if not getattr(record, "request_id", ""):  # another handler's filter was first
            record.request_id = request_id(known)
        return True
