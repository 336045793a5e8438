"""How long an answer may be kept, and by whom: said by state, in one place."""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# In WSGI's variables: whether a page cache stands before the site, and what a view
# answers to it. See superfast.pagecache.
KEEPER = "superfast.keeper"
KEPT = "superfast.kept"
KEPT_PARAMETERS: set[str] = set()

# Where browsers learn which pages may be fetched before anybody asks for them: by
# header, since the content policy lets no rules stand in a page.
SPECULATION_RULES = '"/speculation-rules.json"'


def impersonal(view: View) -> View:
    """Answers of the view set no cookie, whatever cookies came with the request.

    Django's middleware replaces a broken CSRF cookie and removes a broken session
    cookie on any page: shared caches would hand that to the next reader.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
        if hasattr(request, "session"):
            del request.session
        return response

    wrapped.is_impersonal = True  # type: ignore[attr-defined]  # for the middleware
    return wrapped  # type: ignore[return-value]  # wraps() keeps the signature


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page that is the same for everybody.

    GET and HEAD only. Browsers revalidate with the ETag, which is derived from
    the bytes sent and from nothing else; shared caches hold a page for 60 s.
    """

    @impersonal
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _if_new(request, _public(view(request, *args, **kwargs)))

    return wrapped


def kept_page(
    *parameters: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """A public page that the page cache may keep, where one stands before the site.

    It must follow from the models that the cache watches, from the moment, and from
    these query parameters; an answer to any other parameter is not kept.
    """
    KEPT_PARAMETERS.update(parameters)

    def decorate(
        view: Callable[..., HttpResponse],
    ) -> Callable[..., HttpResponseBase]:
        @impersonal
        @require_safe
        @wraps(view)
        def wrapped(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            response = _public(view(request, *args, **kwargs))
            is_kept = (
                request.META.get(KEEPER)
                and request.method == "GET"
                and response.status_code == HTTPStatus.OK
                and not response.streaming
                and request.GET.keys() <= set(parameters)
            )
            if is_kept:
                # Whole: the cache asks itself whether the reader has it already.
                request.META[KEPT] = True
                return response
            return _if_new(request, response)

        return wrapped

    return decorate


def _public(response: HttpResponse) -> HttpResponse:
    """The answer, with how long it may be kept and its validator if it is whole."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if response.status_code == HTTPStatus.OK and not response.streaming:
        response.headers["Cache-Control"] = (
            "public, max-age=0, s-maxage=60, must-revalidate"
        )
        response.headers["ETag"] = content_etag(response.content)
        if response.headers["Content-Type"].startswith("text/html"):
            response.headers["Speculation-Rules"] = SPECULATION_RULES
    return response


def _if_new(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer, or 304 to who has it already."""
    etag = response.headers.get("ETag")
    if response.status_code != HTTPStatus.OK or etag is None:
        return response
    return get_conditional_response(request, etag=etag, response=response) or response


def for_other_sites(png: bytes) -> HttpResponse:
    """A picture made to stand where a page of ours is linked to."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(png, content_type="image/png", headers=headers)


def private_page(view: View) -> View:
    """A page that belongs to one person: kept by nobody, different for every cookie."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Cookie"])
        return response

    return wrapped  # type: ignore[return-value]  # wraps() keeps the signature


def content_etag(content: bytes) -> str:
    """A strong validator of exactly these bytes."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
