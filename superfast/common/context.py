"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

_SITE = {
    "name": settings.SITE_NAME,
    "url": settings.SITE_URL,
    "subscribe_url": settings.SUBSCRIBE_URL,
}


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, its origin, and where to subscribe by mail (empty: nowhere)."""
    return {"site": _SITE}
