"""Filters, sorting and what fills a form: by names that are offered, and by no others."""

import re
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.urls import reverse

from tests.factories import make_editor, make_user
from tests.permissions.table import TABLE
from tests.permissions.world import World, every_address
from tests.security.forms import path_of
from tests.security.naughty import BY_KIND

pytestmark = pytest.mark.django_db

HOSTILE = [
    ("order_by", "author__password"),
    ("order_by", "created_by__password"),
    ("ordering", "-created_by__password"),
    ("sort", "created_by__password"),
    ("title__regex", "^(a+)+$"),
    ("title__iregex", "^P"),
    ("pk__in", "1"),
    ("created_by__password__startswith", "md5"),
    ("created_by__username", "user-1"),
    ("author__password__startswith", "md5"),
    ("created_by__isnull", "False"),
    ("withdrawn_at__isnull", "True"),
    ("issue__created_by__password__startswith", "md5"),
    ("saved_by__password__startswith", "md5"),
    ("settled_by__password__regex", "."),
    ("groups__user__password__startswith", "md5"),
    ("_order", "password"),
    ("fields", "password"),
    ("select_related", "created_by"),
]
# Answers by the clock.
UNLIKE = {"readyz"}


def words(response):
    """What an answer says. Tokens in its tags are made anew, forms and links pass on what
    was asked, and a quiz is dealt in another order each time.
    """
    return sorted(re.sub(rb"<[^>]*>", b" ", response.getvalue()).split())


PUBLIC = [
    name
    for name, row in TABLE.items()
    if not name.startswith("admin:") and row[0] == "o" and name not in UNLIKE
]
LISTS = [name for name in TABLE if name.endswith("_changelist")]
FORMS = [name for name in TABLE if name.startswith("admin:") and name.endswith("_add")]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(params=["editor", "superuser"])
def desk(request, client):
    is_super = request.param == "superuser"
    client.force_login(make_user(is_superuser=True) if is_super else make_editor())
    return client


@pytest.mark.parametrize("name", PUBLIC)
def test_no_reader_filters_or_sorts_by_a_column(world, client, name):
    path = path_of(world, every_address()[name])
    plain, found = client.get(path), client.get(f"{path}?{urlencode(HOSTILE)}")

    assert found.status_code < 500
    if found.status_code < 400:
        assert words(found) == words(plain)


@pytest.mark.parametrize("name", LISTS)
def test_nobody_at_the_desk_filters_or_sorts_by_a_column(desk, name):
    address = reverse(name)
    if desk.get(address).status_code == 403:
        pytest.skip("not for this role")  # the matrix asks
    answers = {asked: desk.get(address, dict([asked])).status_code for asked in HOSTILE}

    assert {asked: s for asked, s in answers.items() if s != 400} == {}


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_asked_for_other_rows_or_columns_in_no_way(desk, name):
    address = reverse(name)
    if desk.get(address).status_code == 403:
        pytest.skip("not for this role")
    refused = ("password", "created_by", "id__regex", "nothing", "pk\x00")

    assert {desk.get(address, {"_to_field": f}).status_code for f in refused} <= {
        400,
        404,
    }
    for said in ("password", "-password", "created_by__password", "99", "-1.99.x", ""):
        assert desk.get(address, {"o": said}).status_code == 200
    for said in ({"_facets": "True"}, {"_popup": "1"}, {"_to_field": "id"}):
        assert desk.get(address, said).status_code == 200


def offered():
    """Each filter of each list, as its own links write it."""
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for each in model_admin.list_filter if name in TABLE else ():
            if not isinstance(each, str):
                yield name, each.parameter_name, "1"
                continue
            field = model._meta.get_field(each)
            if isinstance(field, models.DateTimeField):
                yield name, f"{each}__gte", "2023-01-01 00:00:00+00:00"
                yield name, f"{each}__isnull", "True"
            elif field.is_relation:
                yield name, f"{each}__id__exact", "1"
            else:
                yield name, f"{each}__exact", "1"
        if model_admin.date_hierarchy and name in TABLE:
            yield name, f"{model_admin.date_hierarchy}__year", "2023"


@pytest.mark.parametrize(("name", "parameter", "value"), [*offered()])
def test_what_a_list_offers_is_answered(client, name, parameter, value):
    client.force_login(make_user(is_superuser=True))

    assert client.get(reverse(name), {parameter: value}).status_code in {200, 302}


@pytest.mark.parametrize("name", FORMS)
def test_whatever_an_address_fills_in_the_form_is_drawn(desk, name):
    address = reverse(name)
    if desk.get(address).status_code == 403:
        pytest.skip("not for this role")
    model = every_address()[name].model
    relations = (*model._meta.concrete_fields, *model._meta.many_to_many)
    names = [
        *(field.name for field in relations),
        *(f"{field.name}_{part}" for field in relations for part in (0, 1)),
        *("_popup", "_to_field", "pk", "is_nothing"),
    ]
    errors = []
    said = [
        b"text",
        b"2023-01-01",
        b"1",
        b"1,x,",
        *(each[0].values[0] for each in BY_KIND.values()),
    ]
    for step in range(len(said)):
        query = urlencode(
            [(n, said[(step + i) % len(said)]) for i, n in enumerate(names)]
        )
        if desk.get(f"{address}?{query}").status_code >= 500:
            errors.append(query)

    assert errors == []


@pytest.mark.parametrize("name", ["issues_issue", "papers_paper"])
def test_no_address_fills_in_a_time(client, name):
    client.force_login(make_editor())
    form = (
        client.get(
            reverse(f"admin:{name}_add"),
            {
                "title": "Typed",
                "publish_at": "2023-01-01 10:00",
                "publish_at_0": "2023-01-01",
            },
        )
        .context["adminform"]
        .form
    )

    assert form["title"].value() == "Typed"
    assert form["publish_at"].value() is None
