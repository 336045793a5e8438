from typing import Any

from django.core.management.base import BaseCommand

from issues import services


class Command(BaseCommand):
    """Deletes for good what has been in the trash for 30 days."""

    help = (
        "Delete for good what has been in the trash for 30 days. "
        "Deleting an issue does the same on the way."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = services.empty_trash()
        self.stdout.write(f"{count} issue{'' if count == 1 else 's'} deleted for good.")
