from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from quiz.services import rollup


class Command(BaseCommand):
    """Adds up guesses older than two hours, so that reveals need not count them."""

    help = (
        "Add guesses older than two hours to the tallies. The figures stay the same; "
        "reveals of quizzes with very many guesses become fast. Run it every hour."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="Count from the first guess on, after guesses were changed by hand.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for slug, number in rollup.roll_up_all(timezone.now(), again=options["again"]):
            self.stdout.write(f"{slug}: {number}")
            total += number
        self.stdout.write(f"{total} guesses added up.")
