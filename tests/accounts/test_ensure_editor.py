from io import StringIO

import pytest
from django.core.management import call_command

from superfast.accounts.models import User

pytestmark = pytest.mark.django_db


def run(**options) -> str:
    out = StringIO()
    call_command("ensure_editor", stdout=out, **options)
    return out.getvalue()


def password_in(text: str) -> str:
    line = next(line for line in text.splitlines() if line.startswith("Password:"))
    return line.split()[1]


def test_the_first_run_makes_an_editor_and_tells_how_to_sign_in(client):
    text = run()

    assert "http://localhost:8000/admin/" in text
    assert "User name:     editor" in text
    assert client.login(username="editor", password=password_in(text))


def test_the_account_is_an_editors_and_not_a_superusers():
    run()

    user = User.objects.get(username="editor")
    assert user.is_staff
    assert not user.is_superuser
    assert [group.name for group in user.groups.all()] == ["Editor"]


def test_the_second_run_shows_no_password_and_changes_nothing():
    run()
    before = User.objects.values().get()

    text = run()

    assert "User name:     editor" in text
    assert "Password" not in text
    assert User.objects.values().get() == before


def test_every_site_gets_a_password_of_its_own():
    first, second = run(username="first"), run(username="second")

    assert password_in(first) != password_in(second)
    assert len(password_in(first)) >= 20


def test_another_user_name_can_be_chosen():
    assert "User name:     ada" in run(username="ada")
    assert User.objects.filter(username="ada", is_staff=True).exists()
