"""Write a backup of database and media."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from superfast.backup.archive import make_backup


class Command(BaseCommand):
    help = "Write database and media into one file of a folder, while the site runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--keep", type=int, default=0, help="delete all but the newest N backups"
        )
        parser.add_argument(
            "--recipient",
            default=settings.BACKUP_RECIPIENT,
            help="encrypt for this age public key (BACKUP_RECIPIENT)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_backup(
            options["folder"],
            recipient=options["recipient"],
            keep=max(0, options["keep"]),
        )
        self.stdout.write(
            f"{made.path}: {made.files} files, {made.size_bytes:,} bytes."
        )
        if made.vanished:
            self.stderr.write(
                f"{made.vanished} media files were deleted while the backup was made."
            )
