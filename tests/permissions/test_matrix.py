"""Every address × role × method × final slash, against the table that people wrote."""

import logging

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from issues.admin import access
from superfast.accounts.site import DeskSite
from superfast.common.admin import OwnedAdmin
from tests.permissions.table import ACTIONS, TABLE
from tests.permissions.world import ROLES, World, every_address

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")


@pytest.fixture
def world():
    logging.disable(logging.CRITICAL)  # refusals are logged, each with its trace
    yield World()
    logging.disable(logging.NOTSET)


def answers(world, name):
    address = every_address()[name]
    return " ".join(
        "".join(world.ask(address, role, method) for role in ROLES)
        for method in METHODS
    )


def test_every_address_is_in_the_table_and_nothing_else():
    assert {*every_address()} == {*TABLE}


def test_everybody_is_answered_as_the_table_says(world):
    found = {name: answers(world, name) for name in TABLE}

    assert {n: a for n, a in found.items() if a != TABLE[n]} == {}


def test_without_the_final_slash_nobody_is_shown_more(world):
    opened = []
    for address in every_address().values():
        for role in ROLES:
            path = reverse(address.name, kwargs=world.arguments(address, role))
            if not path.endswith("/") or path == "/":
                continue
            for method in METHODS:
                found = world.ask(address, role, method, path.removesuffix("/"))
                if found not in "slnf":
                    opened.append((address.name, role, method, found))

    assert opened == []


def test_each_role_has_the_actions_of_the_table(world):
    found = {}
    for model, model_admin in admin.site._registry.items():
        row = found[model._meta.label] = {}
        for role in ("others", "editor", "superuser"):
            request = RequestFactory().get("/")
            request.user = world.people[role]
            for name in model_admin.get_actions(request):
                said = "writer" if role == "others" else role
                row.setdefault(name, set()).add(said)

    assert found == ACTIONS


def open_the_desk(monkeypatch):
    monkeypatch.setattr(DeskSite, "has_permission", lambda self, request: True)


def show_every_row(monkeypatch):
    monkeypatch.setattr(
        OwnedAdmin,
        "get_queryset",
        lambda self, request: super(OwnedAdmin, self).get_queryset(request),
    )
    monkeypatch.setattr(OwnedAdmin, "may_touch", lambda self, request, obj: True)


def let_everybody_publish(monkeypatch):
    monkeypatch.setattr(OwnedAdmin, "may_publish", lambda self, request: True)
    monkeypatch.setattr(access, "sees_all", lambda request: True)


HOLES = [
    (open_the_desk, "admin:session-list"),
    (show_every_row, "admin:issues_issue_change"),
    (let_everybody_publish, "admin:issues_issue_republish"),
]


@pytest.mark.parametrize(
    ("hole", "name"), HOLES, ids=lambda each: getattr(each, "__name__", "")
)
def test_a_protection_that_is_gone_is_noticed(world, monkeypatch, hole, name):
    assert answers(world, name) == TABLE[name]
    hole(monkeypatch)

    assert answers(world, name) != TABLE[name]
