"""What Writers and Editors may do, once `migrate` has run."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from superfast.accounts import roles
from superfast.accounts.models import User
from superfast.accounts.roles import EDITOR, PERMISSIONS, WRITER, codenames, grant
from tests.factories import make_editor, make_writer

pytestmark = pytest.mark.django_db


def held(role):
    rows = Group.objects.get(name=role).permissions
    return {*rows.values_list("content_type__app_label", "codename")}


def named(role):
    return {
        (app, f"{action}_{model}")
        for app, models in PERMISSIONS[role].items()
        for model, actions in models.items()
        for action in actions
    }


@pytest.mark.parametrize("role", [WRITER, EDITOR])
def test_after_migrate_a_group_holds_exactly_what_the_table_says(role):
    assert held(role) == named(role)


@pytest.mark.parametrize("role", [WRITER, EDITOR])
def test_every_permission_of_the_table_exists(role):
    known = {*Permission.objects.values_list("content_type__app_label", "codename")}

    assert named(role) <= known


def test_there_are_two_groups():
    assert {*Group.objects.values_list("name", flat=True)} == {WRITER, EDITOR}


def test_an_editor_may_all_that_a_writer_may():
    assert named(WRITER) < named(EDITOR)


def test_a_writer_publishes_nothing_and_manages_nobody():
    writer = make_writer()

    assert not [name for _, name in held(WRITER) if name.startswith("publish")]
    for app in ("accounts", "auth", "pages", "admin", "sessions"):
        assert not writer.has_module_perms(app)
    assert not writer.has_perm("issues.view_revision")


def test_an_editor_publishes_and_manages_nobody():
    editor = make_editor()

    for permission in (
        "issues.publish_issue",
        "quiz.publish_quiz",
        "papers.publish_paper",
    ):
        assert editor.has_perm(permission)
    for app in ("accounts", "auth", "admin", "sessions"):
        assert not editor.has_module_perms(app)


def test_granting_again_changes_nothing():
    before = held(WRITER), held(EDITOR), Permission.objects.count()
    for config in apps.get_app_configs():
        grant(config, using="default")

    assert (held(WRITER), held(EDITOR), Permission.objects.count()) == before


def test_what_was_added_by_hand_stays_and_what_was_lost_comes_back():
    group = Group.objects.get(name=WRITER)
    added = Permission.objects.get(codename="view_user")
    group.permissions.set([added])
    call_command("migrate", verbosity=0)

    assert held(WRITER) == {("accounts", "view_user"), *named(WRITER)}


def test_a_group_that_was_deleted_comes_back():
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)

    assert (held(WRITER), held(EDITOR)) == (named(WRITER), named(EDITOR))


def test_apps_without_a_row_in_the_table_grant_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        grant(apps.get_app_config("sessions"), using="default")


def test_codenames_are_those_of_one_app():
    assert "publish_issue" in codenames(EDITOR, "issues")
    assert "publish_issue" not in codenames(WRITER, "issues")
    assert codenames(WRITER, "pages") == []
    assert roles.PERMISSIONS is PERMISSIONS


def test_the_user_model_is_our_own():
    assert User._meta.label == "accounts.User"


@pytest.mark.parametrize("path", ["/admin/accounts/user/", "/admin/auth/group/"])
def test_accounts_are_a_superusers_business(client, path):
    client.force_login(make_editor())
    assert client.get(path).status_code == 403
    client.force_login(make_writer())
    assert client.get(path).status_code == 403
    client.force_login(make_writer(is_superuser=True))

    assert client.get(path).status_code == 200


def test_an_account_is_added_with_a_password_that_is_hashed(client):
    client.force_login(make_writer(is_superuser=True))
    word = "a-long-pass-phrase-9"
    form = {"username": "new", "password1": word, "password2": word}
    client.post("/admin/accounts/user/add/", {**form, "usable_password": "true"})

    assert User.objects.get(username="new").check_password(word)
