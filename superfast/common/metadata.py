"""What a page says of itself to machines: search engines, previews, reference managers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

Thing = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What stands where the page is linked to; addresses are absolute.

    `template` components/_preview.html writes it.
    """

    title: str
    description: str
    url: str
    image: str
    image_alt: str
    kind: str = "article"
    published_at: datetime | None = None
    changed_at: datetime | None = None


def absolute(path: str) -> str:
    """A path of ours as an address that works anywhere."""
    return f"{settings.SITE_URL}{path}"


def organization() -> Thing:
    """Who publishes all of this."""
    return {
        "@type": "Organization",
        "name": settings.SITE_NAME,
        "url": absolute("/"),
    }


def breadcrumbs(*steps: tuple[str, str]) -> Thing:
    """The way from the front page to this one: names and paths, this page the last."""
    trail: Sequence[tuple[str, str]] = (("Front page", "/"), *steps)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": absolute(path),
            }
            for position, (name, path) in enumerate(trail, 1)
        ],
    }
