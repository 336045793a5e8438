"""What a page may load, run and be framed by: the site's policy, and who differs from it.

A header of ours, not a package's: django-csp 4.0 writes the directives in the order
of a set, which is another one in each worker, and public pages are the same to the byte.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase

HEADER = "Content-Security-Policy"

# A file that is opened by itself may run nothing and load nothing.
SANDBOX = "default-src 'none'; sandbox"


def content_policy(**directives: str) -> str:
    """The site's policy; a directive given here stands in place of the site's.

    Names are written with `_` for `-`: `content_policy(frame_src="'self'")`.
    """
    changes = {name.replace("_", "-"): value for name, value in directives.items()}
    policy = settings.CONTENT_SECURITY_POLICY | changes
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def with_policy(
    **directives: str,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a view's answers a policy that differs in these directives."""

    def decorate(
        view: Callable[..., HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(*args, **kwargs)
            response.headers[HEADER] = content_policy(**directives)
            return response

        return wrapped

    return decorate
