"""Every address × role × method × final slash, against the table that people wrote."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from superfast.common.admin import signed_in
from tests.permissions.table import ACTIONS, TABLE
from tests.permissions.world import ROLES, every_address

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")
# Pages of Django's own, which take any other method for one that reads or sends a form.
DJANGOS = re.compile(
    r"admin_password_reset|password_reset_confirm|admin:(?:index|login|password_change"
    r"|app_list|view_on_site|\w+_(?:changelist|add|history|delete|change|password_change))"
)

# Pages of the desk that are about who asks.
ANYBODYS = {
    f"admin:{name}"
    for name in (
        "index", "login", "logout", "password_change", "password_change_done", "jsi18n", "app_list",
        "second-factor", "second-factor-setup", "second-factor-picture",
        "recovery-codes", "session-list",
    )
}  # fmt: skip
# What is read where it is sent, and what who decides what is out may do.
SENT_TO_READ = re.compile(
    r"admin:(?:\w+_(?:changelist|history)|issues_issue_checklist|papers_paper_pair)"
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


DESK = [n for n in TABLE if n.startswith("admin:") and n not in ANYBODYS]


@pytest.mark.parametrize("name", DESK)
def test_who_has_no_role_is_let_in_and_shown_nothing(world, name):
    found = {world.ask(every_address()[name], "no role", method) for method in METHODS}

    assert found <= {"f", "m", "n"}


@pytest.mark.parametrize("name", [n for n in DESK if not SENT_TO_READ.fullmatch(n)])
def test_who_may_only_look_and_publish_sends_nothing(world, name):
    assert world.ask(every_address()[name], "looks", "POST") in "fmn"


@pytest.mark.parametrize("name", [n for n in TABLE if not DJANGOS.fullmatch(n)])
def test_nobody_is_answered_by_another_method(world, name):
    assert world.ask(every_address()[name], "superuser", "PUT") == "m"


def test_the_desk_takes_nobody_for_somebody():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        signed_in(request)


def test_each_role_has_the_actions_of_the_table(world):
    found = {}
    for model, model_admin in admin.site._registry.items():
        row = found[model._meta.label] = {}
        for role in ("others", "editor", "superuser", "looks"):
            request = RequestFactory().get("/")
            request.user = world.people[role]
            for name in model_admin.get_actions(request):
                said = "writer" if role == "others" else role
                row.setdefault(name, set()).add(said)

    assert found == ACTIONS
