"""`manage.py list_variables`."""

from typing import Any

from django.core.management.base import BaseCommand

from superfast.variables import table


class Command(BaseCommand):
    """Prints the table of docs/operations.md."""

    help = "Print every variable that the site reads, as a Markdown table."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table())
