"""What happens to every request and every answer."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from superfast.common.policy import HEADER, content_policy

_HEADERS = {
    HEADER: content_policy(),
    "Reporting-Endpoints": settings.REPORTING_ENDPOINTS,
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}

# Django leaves bytes of a path that are no UTF-8 as they were typed: `%FF`.
_BROKEN_BYTE = re.compile("%[89A-F][0-9A-F]|\ufffd")

_SAFE = {"GET", "HEAD"}

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
    """Answers 404 to an address or a query with NUL bytes or broken UTF-8.

    Nothing stands at such an address; and PostgreSQL, which refuses NUL, would turn
    each of them into a 500.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_broken(request):
            return HttpResponseNotFound(render_to_string("404.html", request=request))
        return get_response(request)

    return middleware


def short_way(get_response: Handler) -> Handler:
    """Hands an `impersonal` view its request at once, where nobody is signed in.

    What the middleware behind this one offers (session, user, messages, the CSRF
    cookie) such a view uses for nobody, and takes out of its answer again. That was a
    fifth of what a guess cost. A view that forms are sent to goes the short way only
    if it answers for their origin itself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return get_response(request)
        if not _goes_alone(match.func, request):
            return get_response(request)
        request.get_host()  # raises DisallowedHost
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return middleware


def _goes_alone(view: Callable[..., object], request: HttpRequest) -> bool:
    if not getattr(view, "is_impersonal", False):
        return False
    return request.method in _SAFE or getattr(view, "csrf_exempt", False)


def _is_broken(request: HttpRequest) -> bool:
    if "\x00" in request.path or _BROKEN_BYTE.search(request.path):
        return True
    return any(
        "\x00" in value or "\ufffd" in value
        for key, values in request.GET.lists()
        for value in (key, *values)
    )
