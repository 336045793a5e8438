from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from superfast.portability.files import ImportRefusedError
from superfast.portability.importing import import_site


class Command(BaseCommand):
    help = "Take an export into this site, which must be empty."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            counts = import_site(folder)
        except (ImportRefusedError, OSError) as error:
            raise CommandError(str(error)) from error
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count:,}")
