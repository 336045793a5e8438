from typing import Any

from django.core.management.base import BaseCommand

from superfast.search import index, sources


class Command(BaseCommand):
    help = "Makes the search index again from everything it is made of."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the number of documents of each kind, and their sum."""
        total = 0
        for kind in sources.registered():
            count = index.rebuild(kind)
            total += count
            self.stdout.write(f"{kind.label}: {count:,}")
        self.stdout.write(f"{total:,} documents can be found.")
