"""The first editor of a new site: an account whose password is shown once."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.urls import reverse

from superfast.accounts.models import User
from superfast.accounts.roles import EDITOR

PASSWORD_BYTES = 15


class Command(BaseCommand):
    help = f"Create an account of the group {EDITOR} with a generated password, unless it exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="editor")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        created = create_editor(username, password)
        self.stdout.write(f"Editor's desk: {settings.SITE_URL}{reverse('admin:index')}")
        self.stdout.write(f"User name:     {username}")
        if created:
            self.stdout.write(f"Password:      {password}  (shown this once)")


def create_editor(username: str, password: str) -> bool:
    """An editor of that name exists; says whether it was made now."""
    if User.objects.filter(username=username).exists():
        return False
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password=password, is_staff=True)
            user.groups.add(Group.objects.get(name=EDITOR))
    except IntegrityError:
        return False  # Another process was quicker.
    return True
