"""Pages for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
