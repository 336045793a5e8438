"""A new password: the same answer for everybody, a link to the one right host."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from superfast.accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db
NEW = "another long password"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def ana():
    return User.objects.create_user(
        "ana", "ana@newsletter.example", "an old password", is_staff=True
    )


def ask(client, address="ana@newsletter.example", **extra):
    return client.post(reverse("admin_password_reset"), {"email": address}, **extra)


def test_the_answer_does_not_tell_whether_an_account_exists(client, ana):
    known, unknown = ask(client), ask(client, "nobody@newsletter.example")

    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert len(mail.outbox) == 1


def test_the_link_leads_to_the_sites_own_host_whatever_was_sent(client, ana, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask(
        client,
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )

    assert "evil" not in mail.outbox[0].body
    assert re.search(
        r"http://localhost:8000/admin/password_reset/\S+", mail.outbox[0].body
    )


def test_the_link_works_once(client, ana):
    ask(client)
    path = re.search(r"http://localhost:8000(/\S+)", mail.outbox[0].body)[1]
    page = client.get(path, follow=True)
    form = page.request["PATH_INFO"]

    done = client.post(form, {"new_password1": NEW, "new_password2": NEW})

    assert done.status_code == 302
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert AuditEntry.objects.filter(
        action="set a new password by mail", object_name="ana", actor_name="ana"
    ).exists()
    assert "new_password1" not in client.get(path, follow=True).content.decode()


def test_one_mail_in_ten_minutes_however_often_it_is_asked_for(client, ana):
    for _ in range(5):
        ask(client)

    assert len(mail.outbox) == 1
