"""The second factor: set up, asked for, never got round."""

import re
import time
from threading import Barrier, Thread

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import etree

from superfast.accounts import second_factor
from superfast.accounts.models import AuditEntry, User

PASSWORD = "a long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def ana():
    return User.objects.create_user(
        "ana", password=PASSWORD, is_staff=True, is_superuser=True
    )


def code_of(device, later=0):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + later * device.step
    return f"{totp.token():06d}"


@pytest.fixture
def enrolled(ana):
    codes = second_factor.confirm_enrolment(
        user=ana, code=code_of(second_factor.begin_enrolment(ana))
    )
    ana.refresh_from_db()
    return ana, codes


def with_password(client):
    return client.post(
        reverse("admin:login"),
        {"username": "ana", "password": PASSWORD, "next": "/admin/"},
        follow=True,
    )


def test_an_account_without_one_signs_in_with_the_password(client, ana):
    assert with_password(client).request["PATH_INFO"] == "/admin/"


def test_the_password_alone_leads_to_the_code_and_nowhere_else(client, enrolled):
    page = with_password(client)

    assert page.request["PATH_INFO"] == reverse("admin:second-factor")
    for name in ("index", "issues_issue_changelist", "session-list", "recovery-codes"):
        assert client.get(reverse(f"admin:{name}")).status_code == 302


def test_the_apps_code_lets_in_once(client, enrolled):
    ana, _ = enrolled
    with_password(client)
    code = code_of(TOTPDevice.objects.get(user=ana), later=1)

    first = client.post(reverse("admin:second-factor"), {"code": code})
    other = Client()
    with_password(other)
    again = other.post(reverse("admin:second-factor"), {"code": code})

    assert first.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert again.status_code == 422
    assert other.get("/admin/").status_code == 302


def test_a_recovery_code_lets_in_once_however_it_is_typed(client, enrolled):
    _, codes = enrolled
    with_password(client)
    typed = f" {codes[0].lower().replace('-', ' ')} "

    assert (
        client.post(reverse("admin:second-factor"), {"code": typed}).status_code == 302
    )
    assert client.get("/admin/").status_code == 200
    other = Client()
    with_password(other)
    again = other.post(reverse("admin:second-factor"), {"code": typed})
    assert again.status_code == 422
    assert StaticToken.objects.count() == second_factor.RECOVERY_CODES - 1


def test_recovery_codes_are_not_stored_as_they_are(enrolled):
    _, codes = enrolled
    stored = set(StaticToken.objects.values_list("token", flat=True))

    assert len(stored) == len(set(codes)) == second_factor.RECOVERY_CODES
    assert not stored & {code.replace("-", "") for code in codes}


@pytest.mark.parametrize(
    "code",
    ["000000", "", "abc", "\uff10\uff11\uff12\uff13\uff14\uff15", "1" * 21, "\x00"],
)
def test_a_wrong_code_is_refused_with_a_sentence(client, enrolled, code):
    with_password(client)

    response = client.post(reverse("admin:second-factor"), {"code": code})

    assert response.status_code == 422
    assert response.context["form"].errors["code"]
    is_tried = code not in {"", "1" * 21, "\x00"}
    assert AuditEntry.objects.filter(action="gave a wrong code").exists() is is_tried


def test_after_a_wrong_code_the_right_one_has_to_wait(client, enrolled):
    ana, _ = enrolled
    with_password(client)
    client.post(reverse("admin:second-factor"), {"code": "000000"})

    code = code_of(TOTPDevice.objects.get(user=ana), later=1)
    assert (
        client.post(reverse("admin:second-factor"), {"code": code}).status_code == 422
    )


def test_who_knows_the_password_alone_cannot_set_up_an_app(client, enrolled):
    with_password(client)

    setup = client.get(reverse("admin:second-factor-setup"))
    picture = client.get(reverse("admin:second-factor-picture"))
    post = client.post(reverse("admin:second-factor-setup"), {"code": "000000"})

    assert {setup.status_code, picture.status_code, post.status_code} == {302}
    assert not TOTPDevice.objects.filter(confirmed=False).exists()


def test_setting_it_up_in_the_browser(client, ana):
    ben = User.objects.create_user("ben", password=PASSWORD)
    TOTPDevice.objects.create(user=ben, confirmed=True)
    with_password(client)
    page = client.get(reverse("admin:second-factor-setup")).content.decode()
    picture = client.get(reverse("admin:second-factor-picture"))
    device = TOTPDevice.objects.get(user=ana)

    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]
    assert shown == second_factor.secret_of(device)
    assert etree.fromstring(picture.content).tag.endswith("svg")
    assert b"style" not in picture.content

    done = client.post(reverse("admin:second-factor-setup"), {"code": code_of(device)})
    codes = re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", done.content.decode())
    assert len(codes) == second_factor.RECOVERY_CODES
    assert client.get("/admin/").status_code == 200


def test_the_setting_makes_everybody_set_one_up(client, ana, settings):
    settings.REQUIRE_SECOND_FACTOR = True

    page = with_password(client)

    assert page.request["PATH_INFO"] == reverse("admin:second-factor-setup")
    assert client.get(reverse("admin:issues_issue_changelist")).status_code == 302


def test_an_administrator_takes_it_off_a_lost_telephone(client, enrolled):
    ana, _ = enrolled
    root = User.objects.create_superuser("root", password=PASSWORD)
    client.force_login(root)

    client.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "remove_second_factor", "_selected_action": [ana.pk]},
    )

    ana.refresh_from_db()
    assert ana.second_factor_at is None
    assert not TOTPDevice.objects.filter(user=ana).exists()
    entry = AuditEntry.objects.get(action="removed a second factor")
    assert (entry.actor_name, entry.object_name) == ("root", "ana")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_recovery", [False, True])
def test_a_code_that_is_sent_by_many_at_once_is_taken_once(enrolled, is_recovery):
    ana, codes = enrolled
    app = TOTPDevice.objects.get(user=ana, confirmed=True)
    code = codes[0] if is_recovery else code_of(app, later=1)
    together = Barrier(6, timeout=20)
    taken = []

    def send():
        try:
            together.wait()
            taken.append(second_factor.verify(user=ana, code=code))
        finally:
            connection.close()

    senders = [Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert len(taken) == 6
    assert len([device for device in taken if device]) == 1


def test_nobody_elses_code_is_mine_and_nothing_of_theirs_goes_with_mine(enrolled):
    ana, codes = enrolled
    ben = User.objects.create_user("ben", password=PASSWORD, is_staff=True)
    app = TOTPDevice.objects.get(user=ana)

    assert second_factor.verify(user=ben, code=codes[0]) is None
    assert second_factor.verify(user=ben, code=code_of(app, later=1)) is None

    begun = second_factor.begin_enrolment(ben)
    assert begun.user == ben
    assert second_factor.confirm_enrolment(user=ben, code=code_of(begun))
    second_factor.remove(user=ben, by=ana)
    assert TOTPDevice.objects.get() == app
    assert second_factor.recovery_codes_left(ana) == second_factor.RECOVERY_CODES
    assert second_factor.verify(user=ana, code=codes[0])


def test_an_app_that_was_begun_counts_for_nothing(client, enrolled):
    ana, _ = enrolled
    begun = TOTPDevice.objects.create(user=ana, confirmed=False)

    assert second_factor.verify(user=ana, code=code_of(begun)) is None


def test_no_page_of_the_desk_shows_anybodys_secret(admin_client):
    for path in ("otp_totp/totpdevice/", "otp_static/staticdevice/"):
        assert admin_client.get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "second-factor",
        "second-factor-setup",
        "second-factor-picture",
        "recovery-codes",
        "session-list",
    ],
)
def test_nobody_reaches_these_without_a_password(client, name):
    response = client.get(reverse(f"admin:{name}"))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("admin:login"))


def test_two_apps_that_were_begun_at_once_do_not_shut_the_page(client, ana):
    first, _ = (TOTPDevice.objects.create(user=ana, confirmed=False) for _ in "ab")
    client.force_login(ana)

    assert second_factor.begin_enrolment(ana) == first
    for name in ("second-factor-setup", "second-factor-picture"):
        assert client.get(reverse(f"admin:{name}")).status_code == 200
    assert second_factor.confirm_enrolment(user=ana, code=code_of(first))
    assert TOTPDevice.objects.get() == first


@pytest.mark.django_db(transaction=True)
def test_pages_opened_at_once_begin_one_app(ana):
    together = Barrier(4, timeout=20)
    begun = []

    def open_page():
        try:
            together.wait()
            begun.append(second_factor.begin_enrolment(ana).pk)
        finally:
            connection.close()

    pages = [Thread(target=open_page) for _ in range(4)]
    for page in pages:
        page.start()
    for page in pages:
        page.join()

    assert len(begun) == 4
    assert {*begun} == {TOTPDevice.objects.get().pk}
