from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from issues import services
from issues.finished import components
from issues.models import Issue


class Command(BaseCommand):
    """Makes what readers see anew from the stored text, after a change of the renderer."""

    help = (
        "Render every issue with a publication time again. Nothing else of it changes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--old",
            action="store_true",
            help="only those whose page was made by an earlier version of the site",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issues = Issue.objects.exclude(publish_at=None).order_by("pk")
        if options["old"]:
            issues = issues.exclude(finished_by=components())
        count = services.rerender(issues.iterator(chunk_size=50))
        self.stdout.write(f"{count} issue{'' if count == 1 else 's'} rendered.")
