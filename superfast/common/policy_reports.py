"""What browsers say that the content policy refused: a line in the log, kept nowhere else.

Anybody may send anything here, so what is written down are words of ours: the name of
the route, the directive, and the origin of what was refused. Not the address of the
page, which may hold a link to a draft or what somebody searched for; not who sent it.
"""

import json
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST

from superfast.common.flooding import HOUR_SECONDS, is_too_much
from superfast.common.http import impersonal
from superfast.common.network import address_of
from superfast.common.origin import own_site_only
from superfast.common.text import digest_of

logger = logging.getLogger("superfast.policy_reports")

MAX_BYTES = 16 * 1024
# Of the older format a body is one report, of the newer a list of them.
MAX_REPORTS = 20
HOURLY_LIMIT = 30  # bodies of one network
HOURLY_LINES = 200  # of everybody's
_OLD = "application/csp-report"
_NEW = "application/reports+json"

_DIRECTIVE = re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){1,3}")
_ORIGIN = re.compile(r"https?://[a-z0-9.:\[\]-]{1,100}")
_KEYWORDS = {
    "inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink",
}  # fmt: skip
_LINES = "policy-reports.lines"


@dataclass(frozen=True)
class Refusal:
    """Something that a page of ours was refused."""

    route: str
    directive: str
    blocked: str


@impersonal
@require_POST
@own_site_only
def policy_report(request: HttpRequest) -> HttpResponse:
    """204 whatever becomes of a report; 4xx for what is none. Cost: no query."""
    if request.content_type not in {_OLD, _NEW}:
        return HttpResponse(status=415)
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return HttpResponse(status=413)
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    flooding = is_too_much(
        counter="policy-reports",
        limit=HOURLY_LIMIT,
        address=address_of(request),
        act=secrets.token_hex(8),  # each counts: the same body again, too
        at=timezone.now(),
    )
    if flooding:
        response = HttpResponse(status=429)
        response.headers["Retry-After"] = str(HOUR_SECONDS)
        return response
    for refusal in _refusals(sent, request.get_host()):
        _note(refusal)
    return HttpResponse(status=204)


def _refusals(sent: Any, host: str) -> Iterator[Refusal]:
    """What is told of pages of this host, in either format; the rest is passed over."""
    if isinstance(sent, dict):
        report = sent.get("csp-report")
        if isinstance(report, dict):
            directive = report.get(
                "effective-directive", report.get("violated-directive")
            )
            yield from _refusal(
                host, report.get("document-uri"), directive, report.get("blocked-uri")
            )
        return
    for each in sent[:MAX_REPORTS] if isinstance(sent, list) else []:
        report = each.get("body") if isinstance(each, dict) else None
        if isinstance(report, dict) and each.get("type") == "csp-violation":
            yield from _refusal(
                host,
                report.get("documentURL"),
                report.get("effectiveDirective"),
                report.get("blockedURL"),
            )


def _refusal(host: str, page: Any, directive: Any, blocked: Any) -> Iterator[Refusal]:
    if not (isinstance(page, str) and isinstance(directive, str)):
        return
    words = directive.split()
    if not words or not _DIRECTIVE.fullmatch(words[0]):
        return
    try:
        address = urlsplit(page)
    except ValueError:
        return
    if address.netloc == host:
        yield Refusal(_route(address.path), words[0], _origin(blocked))


def _route(path: str) -> str:
    try:
        return resolve(path).view_name or "unnamed"
    except Resolver404:
        return "nowhere"


def _origin(blocked: Any) -> str:
    """A keyword of the policy, an origin, or the word for what is neither."""
    if not isinstance(blocked, str):
        return "unknown"
    if blocked in _KEYWORDS:
        return blocked
    try:
        address = urlsplit(blocked)
    except ValueError:
        return "unknown"
    host = address.netloc.rpartition("@")[2].lower()
    origin = f"{address.scheme}://{host}"
    if _ORIGIN.fullmatch(origin):
        return origin
    return "data" if address.scheme == "data" else "something else"


def _note(refusal: Refusal) -> None:
    """A line, unless the same stands there or the hour has had its lines."""
    said = f"{refusal.route} {refusal.directive} {refusal.blocked}"
    if not cache.add(f"policy-reports.{digest_of(said)}", True, HOUR_SECONDS):
        return
    if not cache.add(_LINES, 1, HOUR_SECONDS):
        cache.incr(_LINES)
    # Nothing is written while the cache is away, for nothing would be counted.
    if not 0 < cache.get(_LINES, 0) <= HOURLY_LINES:
        return
    logger.warning(
        "The content policy (%s) refused something on a page: %s",
        refusal.directive,
        refusal.blocked,
        extra={
            "route": refusal.route,
            "directive": refusal.directive,
            "blocked": refusal.blocked,
        },
    )
