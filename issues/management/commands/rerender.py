from typing import Any

from django.core.management.base import BaseCommand

from issues import services
from issues.models import Issue


class Command(BaseCommand):
    """Makes what readers see anew from the stored text, after a change of the renderer."""

    help = (
        "Render every issue with a publication time again. Nothing else of it changes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        issues = (
            Issue.objects.exclude(publish_at=None)
            .order_by("pk")
            .iterator(chunk_size=50)
        )
        count = services.rerender(issues)
        self.stdout.write(f"{count} issues rendered.")
