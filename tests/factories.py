"""People to test with."""

from itertools import count

from django.contrib.auth.models import Group

from superfast.accounts.models import User
from superfast.accounts.roles import EDITOR, WRITER

_serial = count(1)


def make_user(role=None, **overrides):
    """Somebody who may sign in at the desk: without a role, or a Writer, or an Editor."""
    number = next(_serial)
    values = {"username": f"user-{number}", "password": "pass", "is_staff": True}
    user = User.objects.create_user(**{**values, **overrides})
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_writer(**overrides):
    return make_user(WRITER, **overrides)


def make_editor(**overrides):
    return make_user(EDITOR, **overrides)
