"""Pages for what went wrong."""

import errno
import sqlite3
import sys
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from superfast.common.tracing import request_id

RETRY_SECONDS = 10
# Not there, cut off, out of disk, or (InternalError, on PostgreSQL) taking no writes;
# SQLite's own, where it is the file that limits are counted in.
_AWAY = (OperationalError, InterfaceError, InternalError, sqlite3.OperationalError)
# The disk, the user's share of it, or what one file may hold is full.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    come back; 507 where a file could not be written. Asks neither database nor session:
    they may be what is broken.
    """
    status = _status_of(sys.exc_info()[1])
    page = render_to_string(
        "500.html", {"request_id": request_id(request), "status": status.value}
    )
    response = HttpResponse(page, status=status)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _status_of(error: BaseException | None) -> HTTPStatus:
    if isinstance(error, _AWAY):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, OSError) and error.errno in _FULL:
        return HTTPStatus.INSUFFICIENT_STORAGE
    return HTTPStatus.INTERNAL_SERVER_ERROR
