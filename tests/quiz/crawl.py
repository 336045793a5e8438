"""Everything that somebody who has not guessed can get out of the site.

Addresses come from the URL configuration, so that a new one is crawled or, if
nobody says with what arguments, fails the test; links found on pages are followed.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.addresses import walk

NOT_PUBLIC = ("admin",)  # the editors' desk; it asks for a login
# Its form for a new password, which Django knows by names without a namespace.
OF_THE_DESK = re.compile(r"(?:admin_)?password_reset")
PRIVATE = re.compile(r"private|no-store")
LINK = re.compile(rb"""(?:href|src|action|data-quiz-card)="([^"]+)"|<loc>([^<]+)""")


@dataclass(frozen=True)
class Request:
    """One question to the site."""

    method: str
    address: str
    data: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """Every byte of an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: str
    body: bytes


Snapshot = dict[Request, Answer]
Arguments = Callable[[str], list[dict[str, Any]]]


def names(patterns: list) -> Iterator[tuple[str, list[str]]]:
    """Each public pattern's name and the names of its arguments."""
    for prefix, pattern in walk(patterns, without=NOT_PUBLIC):
        if OF_THE_DESK.match(pattern.name or ""):
            continue
        if pattern.name is None:
            pytest.fail(f"The address {pattern.pattern} has no name: give it one.")
        yield prefix + pattern.name, [*pattern.pattern.regex.groupindex]


def addresses(arguments: dict[str, list[dict[str, Any]]], patterns: list | None = None):
    """Every public address: with the arguments given for it, or without any."""
    found = []
    for name, needed in names(patterns or get_resolver().url_patterns):
        given = arguments.get(name, [] if needed else [{}])
        if not given:
            pytest.fail(
                f"Which {', '.join(needed)} has {name}? Say so in the test's arguments."
            )
        for values in given:
            assert {*values} == {*needed}, f"{name} takes {needed}."
            found.append((name, reverse(name, kwargs=values)))
    return found


def with_query(address: str, query: dict[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def ask(client: Client, request: Request) -> Answer:
    """The answer, of which neither the database nor the client keeps anything."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(
            request.method,
            request.address,
            urlencode(request.data),
            content_type="application/x-www-form-urlencoded",
            headers=dict(request.headers),
        )
        body = response.getvalue() if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return Answer(
        status=response.status_code,
        headers=tuple(sorted(response.headers.items())),
        cookies=response.cookies.output(),
        body=body,
    )


class SharedCache:
    """A cache between the site and everybody, which keeps whatever it is allowed to.

    It knows no `Vary`: what is not private is handed to whoever asks next.
    """

    def __init__(self):
        self.kept: Snapshot = {}

    def ask(self, client: Client, request: Request) -> Answer:
        if request in self.kept:
            return self.kept[request]
        answer = ask(client, request)
        rules = dict(answer.headers).get("Cache-Control", "")
        if request.method in {"GET", "HEAD"} and not PRIVATE.search(rules):
            self.kept[request] = answer
        return answer


def links(request: Request, answer: Answer) -> Iterator[str]:
    """Addresses of this site, the desk and the static files apart, in an answer."""
    for match in LINK.findall(answer.body):
        target = unescape((match[0] or match[1]).decode())
        found = urlsplit(urljoin(settings.SITE_URL + request.address, target))
        if found.netloc == urlsplit(
            settings.SITE_URL
        ).netloc and not found.path.startswith(("/admin", "/static")):
            path = quote(found.path, safe="/%")
            yield f"{path}?{found.query}" if found.query else path


def crawl(
    requests: list[Request],
    *,
    client: Client,
    ask: Callable[[Client, Request], Answer] = ask,
) -> Snapshot:
    """What the site answers to these, and to every link on its pages."""
    snapshot: Snapshot = {}
    queue = list(requests)
    while queue:
        request = queue.pop()
        if request in snapshot:
            continue
        snapshot[request] = answer = ask(client, request)
        assert len(snapshot) < 3_000, "The links of the site lead on and on."
        if request.method == "GET" and "?" not in request.address:
            queue += [Request("GET", address) for address in links(request, answer)]
    return snapshot


def differences(first: Snapshot, other: Snapshot) -> list[str]:
    """Where two snapshots differ, as lines for a person."""
    lines = [
        f"{r.method} {r.address} was asked once only"
        for r in first.keys() ^ other.keys()
    ]
    for request in first.keys() & other.keys():
        lines += [
            f"{request.method} {request.address} {request.data}: {part} differs: {a!r} / {b!r}"
            for part in ("status", "headers", "cookies", "body")
            if (a := getattr(first[request], part))
            != (b := getattr(other[request], part))
        ]
    return sorted(lines)
