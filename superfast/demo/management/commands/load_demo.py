from typing import Any

from django.core.management.base import BaseCommand

from superfast.demo.load import load_demo


class Command(BaseCommand):
    """Loads the demonstration content; a second time it changes nothing."""

    help = (
        "Issues, quizzes and the catalogue of 2022. Running it again changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Demonstration content: {load_demo()}")
