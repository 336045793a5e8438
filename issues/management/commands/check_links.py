"""`manage.py check_links`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from issues.links.checking import check_due

_WIDTH = 30


class Command(BaseCommand):
    """Asks whether the links of the archive still lead somewhere."""

    help = (
        "Check the links of all issues that nobody has asked for in a week. Each host is "
        "left alone for three seconds between two questions, and sends its page only if it "
        "changed. Ended at any time, the next run goes on where this one was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="Also those that were asked for lately."
        )
        parser.add_argument(
            "--minutes", type=float, help="End after this time; the rest stays due."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.FETCH_PAGES:
            self.stdout.write("FETCH_PAGES is off: this site asks no other.")
            return
        minutes = options["minutes"]
        report = check_due(
            everything=options["all"],
            seconds=None if minutes is None else minutes * 60,
            progress=self._draw if sys.stderr.isatty() else _draw_nothing,
        )
        self.stdout.write(
            f"{report.checked} links checked{': ' if report.checked else ''}{report}. "
            f"{report.left} still due."
        )

    def _draw(self, done: int, total: int) -> None:
        filled = _WIDTH * done // max(1, total)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        sys.stderr.write(f"\r{bar} {done} of {total}" + "\n" * (done == total))
        sys.stderr.flush()


def _draw_nothing(done: int, total: int) -> None:
    """There is nobody at a terminal."""
