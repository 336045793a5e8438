from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from issues.derived import note_pictures
from issues.models import Image, Issue
from issues.renditions import make_renditions


class Command(BaseCommand):
    """Makes what is missing of pictures stored before there were renditions."""

    help = (
        "Make the missing renditions of every picture, and note which pictures drafts "
        "show. --all makes every rendition again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        images = Image.objects.exclude(name__endswith=".gif").order_by("pk")
        if not options["all"]:
            images = images.filter(renditions=[])
        keys = [*images.values_list("pk", flat=True)]
        for key in keys:
            make_renditions(key)
        for issue in Issue.objects.filter(publish_at=None).order_by("pk"):
            note_pictures(issue)
        self.stdout.write(f"{len(keys)} pictures have their renditions.")
