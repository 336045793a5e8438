"""What happens to every request and every answer."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string

from superfast.common.policy import HEADER, content_policy

_HEADERS = {
    HEADER: content_policy(),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}

# Django leaves bytes of a path that are no UTF-8 as they were typed: `%FF`.
_BROKEN_BYTE = re.compile("%[89A-F][0-9A-F]|\ufffd")

Handler = Callable[[HttpRequest], HttpResponse]


def headers(get_response: Handler) -> Handler:
    """Adds the security headers that Django has no setting for; a view's own stand."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def clean_request(get_response: Handler) -> Handler:
    """Answers 400 to an address or a query with NUL bytes or broken UTF-8.

    PostgreSQL refuses NUL in text and would turn each of them into a 500.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_broken(request):
            return HttpResponseBadRequest(render_to_string("400.html", request=request))
        return get_response(request)

    return middleware


def _is_broken(request: HttpRequest) -> bool:
    if "\x00" in request.path or _BROKEN_BYTE.search(request.path):
        return True
    return any(
        "\x00" in value or "\ufffd" in value
        for key, values in request.GET.lists()
        for value in (key, *values)
    )
