"""Sitemaps below one index, each of rows that stay in it, dated by the last change.

An index names the parts in which there is something; `/sitemap.xml` is its address.
Addresses are of the site's own origin, whatever host a request came by.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap, x_robots_tag
from django.db.models import F, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from superfast.common.http import kept_page

# Keys to a part; search engines take up to 50,000 addresses in one.
PART = 5_000


class SiteSitemap(Sitemap):
    """Django's sitemap, in one part, its addresses below `SITE_URL`."""

    def __init__(self, number: int = 1) -> None:
        self.number = number

    def find(self) -> Iterable[Any]:
        """What stands in this part."""
        raise NotImplementedError

    def items(self) -> list[Any]:
        """What `find` finds, asked for once."""
        return self._found

    @cached_property
    def _found(self) -> list[Any]:
        return list(self.find())

    def parts(self) -> list[tuple[int, datetime | None]]:
        """Number and last change, where it is known, of each part that is not empty."""
        return [(1, None)] if self.items() else []

    def is_known(self) -> bool:
        """Whether there is such a part."""
        return self.number == 1 and bool(self.items())

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class RowSitemap(SiteSitemap):
    """Of rows, cut by their keys: a row stays in its part, and none is counted off.

    Attributes:
        changed: what dates a row, for the database; `lastmod` says the same of a row.
    """

    changed: ClassVar[Any]

    def rows(self) -> QuerySet[Any]:
        """All that readers see."""
        raise NotImplementedError

    def parts(self) -> list[tuple[int, datetime | None]]:
        """See `SiteSitemap`. Cost: one query."""
        found = (
            self.rows()
            .order_by()
            .values(part=F("pk") / PART)
            .annotate(latest=Max(self.changed))
            .order_by("part")
        )
        return [(row["part"] + 1, row["latest"]) for row in found]

    def is_known(self) -> bool:
        return bool(self.items())

    def find(self) -> QuerySet[Any]:
        """The rows of this part. Cost: one query."""
        start = (self.number - 1) * PART
        rows = self.rows().filter(pk__gte=start, pk__lt=start + PART)
        return rows.order_by("pk")


@kept_page()
@x_robots_tag
def sitemap_index(
    request: HttpRequest, sitemaps: Mapping[str, type[SiteSitemap]]
) -> HttpResponse:
    """What sitemaps there are. Django's own names the host that the request came by.

    Cost: a query of each kind, however many parts it has.
    """
    items = [
        {
            "location": settings.SITE_URL
            + reverse("sitemap-part", args=[name, number]),
            "last_mod": changed_at,
        }
        for name, kind in sitemaps.items()
        for number, changed_at in kind().parts()
    ]
    return TemplateResponse(
        request,
        "sitemap_index.xml",
        {"sitemaps": items},
        content_type="application/xml",
    )


@kept_page()
def sitemap_part(
    request: HttpRequest,
    section: str,
    number: int,
    sitemaps: Mapping[str, type[SiteSitemap]],
) -> HttpResponse:
    """The addresses of one part. Raises: Http404 where there is none."""
    kind = sitemaps.get(section)
    if kind is None or not (found := kind(number)).is_known():
        raise Http404
    return sitemap(request, {section: found})
