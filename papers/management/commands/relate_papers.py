"""`manage.py relate_papers`: which papers are like which, found anew."""

from typing import Any

from django.core.management.base import BaseCommand

from papers.related import relate_all


class Command(BaseCommand):
    """Compares the papers of each topic; what editors picked stays."""

    help = "Finds anew which papers are like which."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{relate_all()} papers have others like them.")
