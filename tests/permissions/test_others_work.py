"""What a Writer is not told of others' work, whatever page of the desk they open."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from tests.permissions.table import TABLE
from tests.permissions.world import MARK, every_address

pytestmark = pytest.mark.django_db
DESK = [name for name in TABLE if name.startswith("admin:")]
LISTS = [name for name in DESK if name.endswith("_changelist")]


def page_of(world, name, role):
    address = every_address()[name]
    return world.get(reverse(name, kwargs=world.arguments(address, role)), role)


@pytest.mark.parametrize("name", DESK)
def test_no_page_of_a_writers_own_shows_others_work(world, name):
    assert MARK not in page_of(world, name, "own")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "asked", [f"q={MARK.upper()}", "q=example", "_popup=1", "_facets=1"]
)
def test_no_list_finds_others_work(world, name, asked):
    # What was asked for is repeated, as it was typed.
    assert MARK not in world.get(f"{reverse(name)}?{asked}", "own")


def test_an_editor_is_shown_it(world):
    shown = [name for name in DESK if MARK in page_of(world, name, "editor")]

    assert len(shown) >= 15
    assert {"admin:issues_issue_changelist", "admin:quiz_quiz_changelist"} <= {*shown}


def relations():
    return [
        (model._meta, field)
        for model in apps.get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation and isinstance(field.related_model, type)
    ]


@pytest.mark.parametrize(
    ("opts", "field"), relations(), ids=lambda each: str(each).rpartition(".")[2]
)
def test_nothing_is_completed_to_what_is_not_seen(world, opts, field):
    asked = f"app_label={opts.app_label}&model_name={opts.model_name}&field_name={field.name}"
    address = f"{reverse('admin:autocomplete')}?{asked}"

    found = world.get(f"{address}&term={MARK}", "own")
    people = [world.get(f"{address}&term=user", role) for role in ("own", "editor")]

    assert MARK not in found
    assert not any(f"{world.people['superuser']}" in text for text in people)


def post(world, name, data, *args, role="own"):
    client = Client(raise_request_exception=False)
    client.force_login(world.people[role])
    return client.post(reverse(f"admin:{name}", args=args), data)


def keys(world):
    """Keys of others' rows, as a form would send them."""
    theirs = world.theirs
    return {
        "quiz": theirs["quiz.Quiz"].pk,
        "cover": theirs["issues.Image"].pk,
        "news_issue": theirs["issues.Issue"].pk,
    }


TEXT = {"title": "T", "slug": "t", "dek": "D", "body": "::: quiz\n:::", "tab": "t"}


@pytest.mark.parametrize(
    "name",
    [
        "issues_issue_preview_text", "issues_issue_checklist_new", "issues_issue_compare",
        "issues_issue_begin", "issues_issue_fill", "issues_issue_link",
        "issues_issue_markdown", "issues_issue_add", "quiz_quiz_fill",
        "quiz_quiz_preview", "quiz_quiz_add", "papers_paper_add",
    ],
)  # fmt: skip
def test_no_key_of_others_work_is_taken(world, name):
    url = f"https://{MARK}.example/"
    response = post(world, name, TEXT | keys(world) | {"url": url, "news": url})

    assert MARK not in response.text.replace(f"{MARK}.example", "")
    assert str(world.theirs["issues.Image"].name) not in response.text


@pytest.mark.parametrize(
    "name", ["issues_issue_add", "quiz_quiz_add", "papers_paper_add"]
)
def test_no_key_in_an_address_fills_others_work_in(world, name):
    asked = "&".join(f"{each}={key}" for each, key in keys(world).items())

    assert MARK not in world.get(f"{reverse(f'admin:{name}')}?{asked}", "own")


def test_every_list_of_the_desk_is_among_them():
    registered = {
        f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist"
        for m in admin.site._registry
    }

    assert registered == {*LISTS}
    assert all(isinstance(field, models.Field) for _, field in relations())
