"""`manage.py ping_hub`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from superfast.pages.websub import ping_hub


class Command(BaseCommand):
    """Tells the hub which feeds have changed."""

    help = (
        "Tell the hub that WEBSUB_HUB_URL names which feeds have changed since it was told "
        "last. What it refuses, or does not answer to, is tried again another time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.WEBSUB_HUB_URL:
            self.stdout.write("WEBSUB_HUB_URL names no hub: nobody is told.")
            return
        report = ping_hub()
        self.stdout.write(
            f"{report.told} feeds told of, {report.refused} refused, "
            f"{report.waiting} waiting."
        )
