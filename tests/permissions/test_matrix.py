"""Every address × role × method × final slash, against the table that people wrote."""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from tests.permissions.table import ACTIONS, TABLE
from tests.permissions.world import ROLES, every_address

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")
# Pages of Django's own, which take any other method for one that reads or sends a form.
DJANGOS = re.compile(
    r"admin_password_reset|password_reset_confirm|admin:(?:index|login|password_change"
    r"|app_list|view_on_site|\w+_(?:changelist|add|history|delete|change|password_change))"
)


def answers(world, name):
    address = every_address()[name]
    return " ".join(
        "".join(world.ask(address, role, method) for role in ROLES)
        for method in METHODS
    )


def test_every_address_is_in_the_table_and_nothing_else():
    assert {*every_address()} == {*TABLE}


@pytest.mark.parametrize("name", TABLE)
def test_everybody_is_answered_as_the_table_says(world, name):
    assert answers(world, name) == TABLE[name]


@pytest.mark.parametrize("name", TABLE)
def test_without_the_final_slash_nobody_is_shown_more(world, name):
    address, opened = every_address()[name], []
    for role in ROLES:
        path = reverse(address.name, kwargs=world.arguments(address, role))
        if not path.endswith("/") or path == "/":
            continue
        for method in METHODS:
            found = world.ask(address, role, method, path.removesuffix("/"))
            if found not in "slnf":
                opened.append((role, method, found))

    assert opened == []


@pytest.mark.parametrize("name", [n for n in TABLE if not DJANGOS.fullmatch(n)])
def test_nobody_is_answered_by_another_method(world, name):
    assert world.ask(every_address()[name], "superuser", "PUT") == "m"


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
