"""Forms that carry no CSRF cookie, because their readers carry none."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_SAFE = {"GET", "HEAD"}


def own_site_only(view: View) -> View:
    """Exempts a form from the CSRF cookie and refuses other sites' with 403.

    A browser says where a form was sent from; where it says nothing, whatever
    signature the form carries has to decide. A link from elsewhere may be followed.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(
        request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        if request.method not in _SAFE and is_foreign(request):
            reason = (
                "This form was sent from another site. Open it here and send it again."
            )
            return render(request, "403.html", {"reason": reason}, status=403)
        return view(request, *args, **kwargs)

    return wrapped  # type: ignore[return-value]  # wraps() keeps the signature


def is_foreign(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this request."""
    # Browsers of every current engine send it, and no page can set it.
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is not None:
        own = {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}
        return origin not in own
    return False
