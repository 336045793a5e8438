"""`manage.py detach_guesses`."""

from typing import Any

from django.core.management.base import BaseCommand

from quiz.services.players import DETACHED_AFTER_MONTHS, detach_old_guesses


class Command(BaseCommand):
    """Forgets who made guesses of long ago; run it monthly, as often as you like."""

    help = (
        f"Detaches guesses older than {DETACHED_AFTER_MONTHS} months from their players, "
        "and removes players without guesses that are as old. The figures stay."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = detach_old_guesses()
        self.stdout.write(
            f"{done.guesses} guesses detached, {done.players} players removed."
        )
