"""Where somebody is signed in, and how they end it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from superfast.accounts.models import AuditEntry, Session, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return User.objects.create_user("ana", password="x", is_staff=True)


def signed_in(user, agent="Firefox"):
    client = Client(headers={"user-agent": agent})
    answer = client.post(
        reverse("admin:login"), {"username": user.username, "password": "x"}
    )
    assert answer.status_code == 302
    return client


def test_each_browser_is_listed_with_its_name(ana):
    here, _ = signed_in(ana), signed_in(ana, "<script>alert(1)</script>")

    page = here.get(reverse("admin:session-list")).content.decode()

    assert "Firefox" in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("Sign out there") == 1


def test_one_other_is_signed_out_and_no_third(ana):
    here, there, third = signed_in(ana), signed_in(ana), signed_in(ana)

    here.post(reverse("admin:session-list"), {"session": there.session.session_key})

    assert there.get("/admin/").status_code == 302
    assert third.get("/admin/").status_code == 200
    assert here.get("/admin/").status_code == 200
    assert AuditEntry.objects.filter(action="ended 1 sessions").exists()


def test_all_others_are_signed_out(ana):
    here, there, third = signed_in(ana), signed_in(ana), signed_in(ana)

    here.post(reverse("admin:session-list"))

    assert [c.get("/admin/").status_code for c in (here, there, third)] == [
        200,
        302,
        302,
    ]


def test_nobody_elses_session_can_be_ended(ana):
    ben = User.objects.create_user("ben", password="x", is_staff=True)
    mine, theirs = signed_in(ana), signed_in(ben)

    mine.post(reverse("admin:session-list"), {"session": theirs.session.session_key})

    assert theirs.get("/admin/").status_code == 200


def test_nobody_elses_sessions_are_listed(ana):
    ben = User.objects.create_user("ben", password="x", is_staff=True)
    mine, _ = signed_in(ana), signed_in(ben, "Theirs")

    assert "Theirs" not in mine.get(reverse("admin:session-list")).text


def test_a_visit_is_noted_every_ten_minutes_and_not_more_often(ana, time_machine):
    time_machine.move_to(timezone.now())
    client = signed_in(ana)
    row = Session.objects.get(user=ana)
    client.get("/admin/")
    assert Session.objects.get(user=ana).seen_at == row.seen_at

    time_machine.shift(601)
    client.get("/admin/")

    later = Session.objects.get(user=ana)
    assert later.seen_at > row.seen_at
    assert later.started_at == row.started_at


def test_readers_have_no_session(client):
    client.get("/")

    assert not Session.objects.exists()


@pytest.mark.parametrize("key", ["\x00", "a\x00b", "é'", "x" * 5_000, "²"])
def test_a_key_that_is_none_ends_nothing(ana, key):
    here = signed_in(ana)

    assert here.post(reverse("admin:session-list"), {"session": key}).status_code == 302
    assert here.get(reverse("admin:session-list")).status_code == 200
