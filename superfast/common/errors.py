"""Pages for what went wrong."""

import sys

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from superfast.common.tracing import request_id

RETRY_SECONDS = 10
# Not there, cut off, out of disk, or (InternalError, on PostgreSQL) taking no writes.
_AWAY = (OperationalError, InterfaceError, InternalError)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says what to do about a form that was sent without its token."""
    return render(
        request,
        "403.html",
        {"reason": "The form was too old. Go back, reload, send it again."},
        status=403,
    )


def gone(request: HttpRequest) -> HttpResponse:
    """Says that what stood here was withdrawn."""
    return render(request, "410.html", status=410)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours, with the id by which the log knows the request.

    503 and Retry-After where it is the database that does not answer, so that clients
    come back. Asks neither database nor session: they may be what is broken.
    """
    away = isinstance(sys.exc_info()[1], _AWAY)
    page = render_to_string(
        "500.html", {"request_id": request_id(request), "away": away}
    )
    response = HttpResponse(page, status=503 if away else 500)
    response.headers["Cache-Control"] = "no-store"
    if away:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
