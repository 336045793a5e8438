"""The audit log: complete, exact, and only ever longer."""

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from superfast.accounts.audit import record
from superfast.accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def test_a_change_at_the_desk_is_logged_with_both_values(admin_client, admin_user):
    ana = User.objects.create_user("ana", password="x", first_name="Ana")
    address = reverse("admin:accounts_user_change", args=[ana.pk])
    form = admin_client.get(address).context["adminform"].form
    data = {
        n: v
        for n, v in form.initial.items()
        if isinstance(v, str | int) and v is not None
    }
    data |= {"first_name": "Anna", "is_active": "on"}
    data.pop("password", None)

    response = admin_client.post(address, data)

    assert response.status_code == 302
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor_name, entry.actor_key) == ("admin", admin_user.pk)
    assert (entry.object_type, entry.object_key) == ("accounts.user", str(ana.pk))
    assert entry.changes["first_name"] == ["Ana", "Anna"]


def test_who_gets_which_role_is_logged_by_name(admin_client):
    ana = User.objects.create_user("ana", password="x")
    address = reverse("admin:accounts_user_change", args=[ana.pk])
    editor = Group.objects.get(name="Editor")
    data = {"username": "ana", "is_active": "on", "groups": [editor.pk]}

    assert admin_client.post(address, data).status_code == 302
    assert AuditEntry.objects.latest("pk").changes["groups"] == ["", "Editor"]


def test_deleting_is_logged_with_the_name_of_what_is_gone(admin_client):
    ana = User.objects.create_user("ana", password="x")

    admin_client.post(
        reverse("admin:accounts_user_delete", args=[ana.pk]), {"post": "yes"}
    )

    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_name) == ("deleted", "ana")


def test_a_password_is_never_in_it(admin_client):
    admin_client.post(
        reverse("admin:accounts_user_add"),
        {
            "username": "ana",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
        },
    )

    entry = AuditEntry.objects.latest("pk")
    assert entry.object_name == "ana"
    assert "correct horse" not in str(entry.changes)
    assert entry.changes["password1"] == ["…", "…"]


def test_an_entry_cannot_be_changed_or_deleted_by_code():
    entry = record(actor=None, action="tested")

    entry.action = "forged"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(action="forged")
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()


@pytest.mark.parametrize("name", ["add", "change", "delete"])
def test_an_entry_cannot_be_changed_at_the_desk(admin_client, name):
    entry = record(actor=None, action="tested")
    args = [] if name == "add" else [entry.pk]
    address = reverse(f"admin:accounts_auditentry_{name}", args=args)

    response = admin_client.post(address, {"action": "forged", "post": "yes"})

    assert response.status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).action == "tested"


def test_the_log_outlives_who_is_in_it():
    ana = User.objects.create_user("ana", password="x")
    record(actor=ana, action="tested", target=ana)

    ana.delete()

    assert AuditEntry.objects.get().actor_name == "ana"


def test_only_administrators_read_the_log(admin_client, client):
    record(actor=None, action="tested", changes={"title": ["<b>", "<i>"]})
    address = reverse("admin:accounts_auditentry_changelist")

    page = admin_client.get(address).content.decode()
    assert "&lt;b&gt; → &lt;i&gt;" in page
    client.force_login(User.objects.create_user("ana", password="x", is_staff=True))
    assert client.get(address).status_code == 403


WAYS = {
    "update": lambda pk: models.QuerySet(AuditEntry).filter(pk=pk).update(action="x"),
    "delete": lambda pk: models.QuerySet(AuditEntry).filter(pk=pk).delete(),
    "raw delete": lambda pk: models.QuerySet(AuditEntry)._raw_delete("default"),
    "bulk": lambda pk: models.QuerySet[AuditEntry](AuditEntry).bulk_update(
        [AuditEntry(pk=pk, action="x")], ["action"]
    ),
    "save": lambda pk: models.Model.save(AuditEntry.objects.get(pk=pk)),
    "delete of the row": lambda pk: models.Model.delete(AuditEntry.objects.get(pk=pk)),
    "SQL": lambda pk: connection.cursor().execute(
        "UPDATE accounts_auditentry SET action = 'x'"
    ),
    "SQL that deletes": lambda pk: connection.cursor().execute(
        "DELETE FROM accounts_auditentry"
    ),
    "SQL that replaces": lambda pk: connection.cursor().execute(
        "INSERT INTO accounts_auditentry (id, at, actor_name, action, object_type,"
        " object_key, object_name, changes) VALUES (%s, %s, '', 'x', '', '', '', '{}')"
        " ON CONFLICT (id) DO UPDATE SET action = 'x'",
        [pk, timezone.now()],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_database_refuses_whatever_the_code_does(way):
    entry = record(actor=None, action="tested")

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        WAYS[way](entry.pk)
    assert AuditEntry.objects.get(pk=entry.pk).action == "tested"


def test_what_is_done_to_ones_own_account_is_in_it(client):
    ana = User.objects.create_user("ana", password="an old one", is_staff=True)
    client.force_login(ana)
    new = {"new_password1": "a new long one", "new_password2": "a new long one"}

    client.post(reverse("admin:password_change"), {"old_password": "wrong", **new})
    client.post(reverse("admin:password_change"), {"old_password": "an old one", **new})
    client.post(reverse("admin:logout"))

    entries = AuditEntry.objects.order_by("pk").values_list("actor_name", "action")
    assert [*entries] == [
        ("ana", "signed in"), ("ana", "changed the password"), ("ana", "signed out"),
    ]  # fmt: skip
    assert "new long" not in str([*AuditEntry.objects.values_list("changes")])
