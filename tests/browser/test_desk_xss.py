"""Hostile texts in every field of every row, and every page opened by an administrator.

The rows are written past the forms, as somebody would who found a hole in them, and the
browser disregards the policy: what holds here is the escaping alone.
"""

import logging
import re
from copy import deepcopy
from itertools import count, islice

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.browser.test_xss import ARMED, LISTEN
from tests.permissions.world import World, every_address
from tests.security.forms import path_of, role_for
from tests.security.payloads import PAYLOADS

pytestmark = pytest.mark.django_db(transaction=True)

OURS = ("issues", "papers", "quiz", "pages", "accounts", "redirects")
# Written by us from other fields, and by them alone: not what somebody can type.
DERIVED = {"blocks", "html", "search_text", "session_data"}
# A name that leads somewhere, or that the account needs to sign in.
NEEDED = {"slug", "name_slug", "password", "username", "session_key"}
SHORTEST = "<img src=x onerror=fired(0)>"
MOST_SIGNS = 4_000
# So many pages are open at a time: while one waits for its scripts, another is made.
TABS = 4
# Pages whose scripts ask for more once they are there: previews, panels.
MOVING = re.compile(r"/(change|add|mail|preview|tray)/")
BOOKMARK = (
    "A href=javascript:void(open('http://localhost:8000/admin/issues/inboxitem/collect/"
    "?url='+encodeURIComponent(location.href)"
)


def text_fields():
    """Every column of our models that holds text or JSON."""
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField)
                if field.primary_key or field.name in DERIVED | NEEDED:
                    continue
                if isinstance(field, models.JSONField) or (
                    is_text and not field.choices
                ):
                    yield model, field


class Poison:
    """Hostile texts, each time others, as long as the place for them allows."""

    def __init__(self, start):
        self._next = count(start)
        self.used = set()

    def text(self, room):
        said, at = "", 0
        while at < 40:
            at += 1
            payload = PAYLOADS[next(self._next) % len(PAYLOADS)]
            if len(said) + len(payload) < room:
                said += payload + " "
                self.used.add(payload)
        return said.strip() or SHORTEST[:room]

    def value(self, value):
        """Of JSON, with each text in it made hostile."""
        if isinstance(value, dict):
            return {name: self.value(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return self.text(300) if isinstance(value, str) else value


def poison_every_row(poison):
    """How many fields took a hostile text; what a constraint refuses stays as it was."""
    taken = set()
    for model, field in text_fields():
        for row in model._base_manager.all():
            if isinstance(field, models.JSONField):
                value = poison.value(getattr(row, field.attname))
            else:
                value = poison.text(min(field.max_length or MOST_SIGNS, MOST_SIGNS))
            try:
                with transaction.atomic():
                    rows = model._base_manager.filter(pk=row.pk)
                    if field.name == "body":
                        row.body = value
                        row.save()  # so that what readers see is made of it
                    else:
                        rows.update(**{field.attname: value})
            except (DatabaseError, ValueError):
                continue
            taken.add(f"{model._meta.label}.{field.name}")
    return taken


def pages_of(world):
    """What an administrator and a player are shown: address → the bytes of its page.

    GET of every address, and what the actions of every list ask before they act.
    """
    found = {}
    for name, address in every_address().items():
        if name in {"admin:logout", "admin:second-factor-picture"}:
            continue
        path = path_of(world, address)
        found[path] = ask(world, role_for(name), "get", path, {})
    for model in admin.site._registry:
        opts = model._meta
        path = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        rows = [str(pk) for pk in model._base_manager.values_list("pk", flat=True)[:3]]
        for action in ("delete_selected", "merge", "add_topic", "add_catalogue"):
            data = {"action": action, "_selected_action": rows}
            found[f"{path}?action={action}"] = ask(
                world, "superuser", "post", path, data
            )
    return {path: page for path, page in found.items() if page}


def ask(world, role, method, path, data):
    client = Client(raise_request_exception=False)
    client.cookies = deepcopy(world.cookies[role])
    with transaction.atomic():
        response = getattr(client, method)(path, data)
        transaction.set_rollback(True)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if response.status_code != 200 or response.streaming or not is_page:
        return None
    return response.content


@pytest.fixture
def answers(monkeypatch):
    """Address → the page that the server gives there; every other address is asked as ever.

    The server gives them, not the browser's interception, which would see every request and
    keep no style and no script from one page to the next.
    """
    pages = {}
    ask = WSGIHandler.get_response

    def get_response(self, request):
        if html := pages.get(request.get_full_path()):
            return HttpResponse(html)
        return ask(self, request)

    monkeypatch.setattr(WSGIHandler, "get_response", get_response)
    return pages


def visitors(open_page, cookies):
    """Pages that disregard the policy, side by side as one visitor has them."""
    first = open_page(bypass_csp=True)
    first.context.add_init_script(LISTEN)
    first.context.add_cookies(cookies)
    return [first, *(first.context.new_page() for _ in range(TABS - 1))]


def what_runs(tabs, paths):
    """Of each page that runs anything, or waits to: its path, what ran, what waits."""
    bad, left = [], iter(paths)
    while opened := [*zip(tabs, islice(left, len(tabs)), strict=False)]:
        for page, path in opened:
            page.goto(path, wait_until="commit")
        for page, path in opened:
            page.wait_for_load_state("networkidle" if MOVING.search(path) else "load")
            ran = page.evaluate("window.ran ?? []")
            armed = [each for frame in page.frames for each in frame.evaluate(ARMED)]
            # The desk's own bookmark, which is meant to be dragged out of the page.
            armed = [each for each in armed if not each.startswith(BOOKMARK)]
            if ran or armed:
                bad.append((path, ran, armed[:3]))
    return bad


@pytest.mark.parametrize("start", [0, 173])
def test_an_editor_cannot_attack_an_administrator(
    open_page, live_server, answers, start
):
    logging.disable(logging.CRITICAL)
    world = World()
    poison = Poison(start)
    taken = poison_every_row(poison)
    pages = pages_of(world)
    logging.disable(logging.NOTSET)

    cookies = [
        {"name": name, "value": morsel.value, "url": live_server.url}
        for role in ("superuser", "player")
        for name, morsel in world.cookies[role].items()
        if name in {settings.SESSION_COOKIE_NAME, settings.PLAYER_COOKIE_NAME}
    ]
    # What was asked by POST, at addresses of its own; the rest is asked for anew.
    answers |= {path: html for path, html in pages.items() if "?action=" in path}
    bad = what_runs(visitors(open_page, cookies), pages)
    open_page.problems.clear()  # pictures and hosts that are not there

    assert bad == []
    assert len(taken) >= 60
    assert len(poison.used) >= 300
    assert len(pages) >= 130
    assert sum(b"onerror" in html for html in pages.values()) >= 60


def test_a_hole_would_be_seen(open_page, answers):
    html = "<!doctype html><title>x</title>"
    answers |= {f"/{n}?clean": f"{html}{n}" for n in range(TABS)}
    answers["/?hole"] = html + Poison(0).text(9_000)
    first, *rest = answers
    bad = what_runs(visitors(open_page, []), [first, "/?hole", *rest])
    open_page.problems.clear()

    assert {path for path, _, _ in bad} == {"/?hole"}
    assert len(bad) == 2
    assert all(ran and armed for _, ran, armed in bad)
