"""`manage.py import_papers`: a bibliography into a catalogue, looked at first."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from papers.importing import reading
from papers.importing.batches import create_batch, dry_run, read_batch, start_applying
from papers.importing.decoding import NotTextError, decode
from papers.models import Catalogue, ImportBatch, ImportRow, Outcome


class Command(BaseCommand):
    """Reads a file, says of each entry what it would do, and does it unless told not to."""

    help = "Imports papers from BibTeX, RIS, CSL-JSON, CSV, JSON or a list of ids."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file; - for what comes in")
        parser.add_argument("--catalogue", required=True, help="its slug: 2022")
        parser.add_argument("--dry-run", action="store_true", help="writes nothing")
        parser.add_argument("--publish", action="store_true", help="new ones at once")
        parser.add_argument(
            "--new-topics", action="store_true", help="makes topics that a table names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = Catalogue.objects.filter(slug=options["catalogue"]).first()
        if catalogue is None:
            raise CommandError(f"There is no catalogue “{options['catalogue']}”.")
        data = self._data(options["file"])
        self.shown = -1
        try:
            if options["dry_run"]:
                self._look(data, catalogue, new_topics=options["new_topics"])
            else:
                self._import(data, catalogue, options)
        except (ValidationError, NotTextError, reading.UnknownFormatError) as error:
            raise CommandError(
                " ".join(getattr(error, "messages", [str(error)]))
            ) from error

    def _data(self, name: str) -> bytes:
        if name == "-":
            return sys.stdin.buffer.read()
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}.") from error

    def _look(self, data: bytes, catalogue: Catalogue, *, new_topics: bool) -> None:
        text, encoding = decode(data)
        format_ = reading.detect(text)
        self.stdout.write(f"{format_.label}, {encoding}.")
        rows = dry_run(
            text, format_, catalogue, new_topics=new_topics, progress=self._progress
        )
        for row in rows:
            self._line(row.entry.line, row.entry.key, row.outcome, row.sentence)
            for name, (old, new) in row.changes.items():
                self.stdout.write(f"    {name}: {old!r} → {new!r}")
        self._sum(Counter(str(row.outcome) for row in rows))
        self.stdout.write("Nothing was written.")

    def _import(
        self, data: bytes, catalogue: Catalogue, options: dict[str, Any]
    ) -> None:
        batch = create_batch(
            catalogue=catalogue,
            by=None,
            data=data,
            name=Path(options["file"]).name,
            new_topics=options["new_topics"],
            publish=options["publish"],
        )
        self.stdout.write(f"{reading.Format(batch.format).label}, {batch.encoding}.")
        read_batch(batch.pk, self._progress)
        start_applying(batch, by=None, wait=True)
        batch = ImportBatch.objects.get(pk=batch.pk)
        if batch.state != ImportBatch.State.APPLIED:
            raise CommandError(f"The import is {batch.get_state_display().lower()}.")
        for row in batch.rows.all():
            said = row.note or row.sentence
            self._line(row.line, row.key, row.fate or row.outcome, said)
        self._sum(Counter(batch.rows.order_by().values_list("outcome", flat=True)))
        refused = batch.rows.filter(fate=ImportRow.Fate.REFUSED).count()
        self.stdout.write(
            f"Applied as import {batch.pk}"
            + (f", {refused} refused." if refused else ".")
        )

    def _line(self, line: int, key: str, outcome: str, sentence: str) -> None:
        self.stdout.write(f"line {line}\t{key or '-'}\t{outcome}\t{sentence}")

    def _sum(self, counts: Counter[str]) -> None:
        parts = [f"{counts[each.value]} {each.label.lower()}" for each in Outcome]
        total = sum(counts.values())
        self.stdout.write(f"{total} entries: {', '.join(parts)}.")

    def _progress(self, done: int, total: int) -> None:
        share = min(100, done * 100 // max(1, total))
        if share // 10 > self.shown // 10 or self.shown < 0:
            self.shown = share
            self.stderr.write(f"{share} %")
