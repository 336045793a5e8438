"""Bring a backup into an empty site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from superfast.backup.archive import restore_backup


class Command(BaseCommand):
    help = "Fill an empty database and an empty media folder from a backup."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--identity-file", type=Path, help="the age key that opens the backup"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = restore_backup(options["file"], identity=_key(options["identity_file"]))
        self.stdout.write(f"Restored the database and {count} media files.")
        self.stdout.write("Run manage.py migrate if the site is newer than the backup.")


def _key(path: Path | None) -> str:
    """The one line of an age key file that is no comment."""
    if path is None:
        return ""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The key's file can't be read: {path}.") from error
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return keys[0] if keys else ""
