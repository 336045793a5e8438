"""Getting in: throttled by account and by network, shutting nobody out for good."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from superfast.accounts import throttling
from superfast.accounts.forms import WAIT
from superfast.accounts.models import AuditEntry, User

PASSWORD = "a long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ana():
    return User.objects.create_user(
        "ana", "ana@newsletter.example", PASSWORD, is_staff=True, is_superuser=True
    )


def sign_in(client, name="ana", password=PASSWORD, address="192.0.2.1"):
    return client.post(
        reverse("admin:login"),
        {"username": name, "password": password, "next": "/admin/"},
        REMOTE_ADDR=address,
    )


def fail(times, name="ana", address="192.0.2.1"):
    for _ in range(times):
        response = sign_in(Client(), name, "wrong", address)
        assert response.status_code == 200
    return response


def test_the_right_password_lets_in(client, ana):
    assert sign_in(client).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_only_a_browser_in_which_somebody_has_signed_in_is_known(client, ana, settings):
    sign_in(client, password="wrong")
    assert settings.KNOWN_BROWSER_COOKIE_NAME not in client.cookies

    sign_in(client)
    assert settings.KNOWN_BROWSER_COOKIE_NAME in client.cookies


def test_the_right_password_is_not_looked_at_after_five_wrong_ones(ana):
    fail(throttling.PER_ACCOUNT_AND_NETWORK)

    response = sign_in(Client())

    assert response.status_code == 200
    assert WAIT in response.context["form"].non_field_errors()


def test_the_account_is_open_from_another_network_meanwhile(ana):
    fail(throttling.PER_ACCOUNT_AND_NETWORK)

    assert sign_in(Client(), address="198.51.100.7").status_code == 302


def test_a_network_that_tries_many_accounts_waits_for_all_of_them(ana):
    for number in range(throttling.PER_NETWORK // 4):
        fail(4, name=f"somebody-{number}")

    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), address="198.51.100.7").status_code == 302


def test_many_networks_cannot_shut_a_known_browser_out(client, ana):
    assert sign_in(client).status_code == 302
    client.post(reverse("admin:logout"))
    for number in range(throttling.PER_ACCOUNT // 4):
        fail(4, address=f"203.0.113.{number}")

    assert sign_in(Client(), address="198.51.100.7").status_code == 200
    assert sign_in(client, address="198.51.100.7").status_code == 302


def test_the_wait_is_over_after_a_quarter_of_an_hour_whatever_was_tried_in_it(
    ana, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    fail(throttling.PER_ACCOUNT_AND_NETWORK)
    time_machine.shift(timedelta(seconds=throttling.WINDOW_SECONDS - 5))
    fail(10)
    time_machine.shift(timedelta(seconds=6))

    assert sign_in(Client()).status_code == 302


def test_a_made_up_forwarded_address_is_no_other_network(ana):
    for number in range(throttling.PER_ACCOUNT_AND_NETWORK):
        Client().post(
            reverse("admin:login"),
            {"username": "ana", "password": "wrong"},
            headers={"x-forwarded-for": f"203.0.113.{number}"},
            REMOTE_ADDR="192.0.2.1",
        )

    assert sign_in(Client()).status_code == 200


def test_another_accounts_known_browser_is_not_mine(client, ana):
    User.objects.create_user("ben", password=PASSWORD, is_staff=True)
    sign_in(client, "ben")
    client.post(reverse("admin:logout"))
    for number in range(throttling.PER_ACCOUNT // 4):
        fail(4, address=f"203.0.113.{number}")

    assert sign_in(client, address="198.51.100.7").status_code == 200


def test_a_forged_known_browser_is_none(ana):
    client = Client()
    client.cookies["known"] = "W10:forged:signature"
    for number in range(throttling.PER_ACCOUNT // 4):
        fail(4, address=f"203.0.113.{number}")

    assert sign_in(client, address="198.51.100.7").status_code == 200


def test_a_wrong_try_is_in_the_log_without_what_was_typed_for_a_name(ana):
    fail(1)
    fail(1, name="my secret password")

    entries = list(AuditEntry.objects.order_by("pk"))
    assert [(e.action, e.object_name) for e in entries] == [
        ("failed to sign in", "ana"),
        ("failed to sign in", ""),
    ]


def test_the_session_of_a_stranger_is_not_taken_over(client, ana):
    client.get(reverse("admin:login"))
    before = client.session.session_key
    sign_in(client)

    assert client.session.session_key != before


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(client, ana, target):
    response = client.post(
        reverse("admin:login"),
        {"username": "ana", "password": PASSWORD, "next": target},
    )

    assert "evil" not in response.headers["Location"]
