"""Every field of every table is taken along, or left out for a reason."""

import pytest
from django.apps import apps

from superfast.portability.naming import NAMES
from superfast.portability.tables import FOREIGN_APPS, LEFT_OUT, TABLES

OURS = [m for m in apps.get_models() if m._meta.app_label not in FOREIGN_APPS]


def test_every_table_is_taken_along_or_left_out_with_a_reason():
    taken = {table.model._meta.label for table in TABLES}

    assert {m._meta.label for m in OURS} == taken | LEFT_OUT.keys()
    assert not taken & LEFT_OUT.keys()
    assert all(len(reason.split()) > 2 for reason in LEFT_OUT.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_field_is_taken_along_or_left_out_with_a_reason(table):
    meta = table.model._meta
    names = [field.name for field in (*meta.fields, *meta.many_to_many)]

    assert sorted(names) == sorted((*table.fields, *table.left_out))
    assert all(len(reason.split()) > 2 for reason in table.left_out.values())
    assert {*table.later} <= {*table.fields}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_a_row_refers_to_has_a_name_and_is_stored_before_it(table):
    before = [each.model for each in TABLES[: TABLES.index(table)]]
    for name in table.fields:
        field = table.model._meta.get_field(name)
        if field.is_relation:
            assert (
                field.related_model in NAMES
                or field.related_model._meta.label == "issues.Revision"
            )
            assert field.related_model in before or name in table.later


def test_no_password_and_no_address_of_a_person_is_taken_along():
    people = next(table for table in TABLES if table.name == "users")

    assert people.fields == ("username", "first_name", "last_name")
