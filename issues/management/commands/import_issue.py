"""Text, HTML or Markdown becomes a draft issue."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from issues.importing.drafts import read_issue, store_import
from issues.importing.files import MOST_BYTES, decode
from issues.importing.reading import DateOrder, Format, Reading, UnreadableError
from superfast.accounts.models import User


class Command(BaseCommand):
    """`manage.py import_issue FILE`: the draft, and what could not be decided."""

    help = (
        "Turn a text, an HTML page or Markdown into a draft issue, with a list of what "
        "could not be decided."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file; - reads what is piped in")
        parser.add_argument(
            "--date-order",
            choices=[order.value for order in DateOrder],
            help="which number of a date like 1/11/2023 is which",
        )
        parser.add_argument(
            "--format",
            choices=[each.value for each in Format],
            help="what the file is written in; told by its signs if not given",
        )
        parser.add_argument("--by", help="the name of the account whose draft it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what was understood"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._find_user(options["by"])
        order = DateOrder(options["date_order"]) if options["date_order"] else None
        written = Format(options["format"]) if options["format"] else None
        name = "" if options["file"] == "-" else Path(options["file"]).name
        try:
            text, encoding = decode(self._read(options["file"]))
            reading = read_issue(text, written_in=written, order=order, name=name)
        except UnreadableError as error:
            raise CommandError(str(error)) from error
        reading.encoding = encoding
        self._report(reading)
        if options["dry_run"]:
            return
        if reading.asks_for_date_order:
            days = ", ".join(
                f"{o.value}: {d}" for o, d in reading.possible_dates.items()
            )
            raise CommandError(
                f"The date means more than one day ({days}): say which with --date-order. "
                "Nothing was stored."
            )
        try:
            issue = store_import(reading=reading, by=by)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        address = reverse("admin:issues_issue_change", args=[issue.pk])
        self.stdout.write(
            f"Draft “{issue}” ({issue.slug}): {settings.SITE_URL}{address}"
        )

    def _find_user(self, name: str | None) -> User | None:
        if name is None:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no account “{name}”.")
        return user

    def _read(self, file: str) -> bytes:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            with Path(file).open("rb") as stream:
                return stream.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error

    def _report(self, reading: Reading) -> None:
        self.stdout.write(
            f"Read as {reading.format} ({reading.encoding}): “{reading.title}”"
        )
        for what, number in reading.counts.items():
            self.stdout.write(f"  {number} {what}")
        if reading.remarks:
            self.stdout.write("Not decided:")
        for remark in reading.remarks:
            self.stdout.write(f"  {remark}")
