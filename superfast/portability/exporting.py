"""The site as files."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Field, JSONField, ManyToManyField, Model, Q

from issues.models import Image
from quiz.models import Guess, Tally
from superfast.accounts.models import User
from superfast.common.front_matter import to_markdown
from superfast.portability import files
from superfast.portability.naming import Names
from superfast.portability.snapshot import snapshot
from superfast.portability.tables import TABLES, Table

_FILE_NAME = re.compile(r"^[\w-]{1,120}$", re.ASCII)


class ExportRefusedError(ValueError):
    """Nothing was written; the message is a sentence for the operator."""


def export_site(folder: Path) -> dict[str, int]:
    """The folder, which must be empty or not be there, holds the whole site.

    Two exports of the same site are the same to the byte. Returns: rows by table.
    Raises: ExportRefusedError; OSError where the disk refuses.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportRefusedError(f"{folder} is not empty: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    with snapshot():
        return _Export(folder).write()


class _Export:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = Names()
        self._people: set[int] = set()

    def write(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        orders: dict[str, list[str]] = {}
        # People last: only those are named whom something names.
        for table in reversed(TABLES):
            if table.body:
                orders[table.name] = self._write_texts(table)
                counts[table.name] = len(orders[table.name])
            else:
                rows = [*self._rows(table)]
                self._write(f"data/{table.name}.json", files.to_json(rows))
                counts[table.name] = len(rows)
        self._write_pictures()
        manifest = {
            "format": files.FORMAT,
            "version": files.VERSION,
            "counts": {table.name: counts[table.name] for table in TABLES},
            "order": orders,
        }
        self._write(files.MANIFEST, files.to_json(manifest))
        return manifest["counts"]  # type: ignore[return-value]  # just made so

    def _write(self, path: str, text: str) -> None:
        files.write(self._folder, path, text.encode())

    def _rows(self, table: Table) -> Iterator[dict[str, Any]]:
        if table.model is Tally:
            yield from self._tallies()
            return
        rows = table.rows()
        if table.model is User:
            rows = rows.filter(pk__in=self._people).order_by("username")
        for row in rows.iterator(chunk_size=500):
            yield self._row(table, row)

    def _row(self, table: Table, row: Model) -> dict[str, Any]:
        fields = (table.model._meta.get_field(name) for name in table.fields)
        return {field.name: self._value(row, field) for field in fields}

    def _value(self, row: Model, field: Any) -> Any:
        if isinstance(field, ManyToManyField):
            keys = getattr(row, field.name).values_list("pk", flat=True)
            model: Any = field.related_model
            return sorted(str(self._names.of(model, key)) for key in keys)
        value = getattr(row, field.attname)
        if field.is_relation:
            if field.related_model is User and value is not None:
                self._people.add(value)
            return self._names.of(field.related_model, value)
        return _plain(field, value)

    def _write_texts(self, table: Table) -> list[str]:
        """One Markdown file a row. Returns: their paths, in the rows' order."""
        paths = []
        for row in table.rows().iterator(chunk_size=50):
            front = self._row(table, row)
            body = front.pop(table.body)
            name = front["slug"]
            if not _FILE_NAME.match(name):
                name = str(front.get("uid", row.pk))
            path = f"{table.name}/{name}.md"
            self._write(path, to_markdown(front, body))
            paths.append(path)
        return paths

    def _tallies(self) -> Iterator[dict[str, Any]]:
        """Every counted guess, rolled up or not, as sums."""
        kind = ("quiz", "headline", "in_period", "key_version")
        sums: Counter[tuple[Any, ...]] = Counter()
        for *which, count in Tally.objects.values_list(*kind, "count"):
            sums[tuple(which)] += count
        newer = Guess.objects.filter(counted=True).filter(
            Q(quiz__rollup=None) | Q(pk__gt=F("quiz__rollup__last_guess_id"))
        )
        grouped = newer.order_by().values_list(*kind).annotate(number=Count("pk"))
        for *which, count in grouped:
            sums[tuple(which)] += count
        headline_model: Any = Tally._meta.get_field("headline").related_model
        quiz_model: Any = Tally._meta.get_field("quiz").related_model
        rows = [
            {
                "quiz": self._names.of(quiz_model, quiz),
                "headline": self._names.of(headline_model, headline),
                "in_period": in_period,
                "key_version": version,
                "count": count,
            }
            for (quiz, headline, in_period, version), count in sums.items()
        ]
        yield from sorted(rows, key=lambda row: [str(value) for value in row.values()])

    def _write_pictures(self) -> None:
        for image in Image.objects.order_by("pk").iterator(chunk_size=100):
            with image.file.open("rb") as file:
                files.write(self._folder, f"pictures/{image.name}", file.read())


def _plain(field: Field, value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(field, JSONField):
        # Databases keep the order of names, or their own: files have one.
        return json.loads(json.dumps(value, sort_keys=True))
    return str(value) if isinstance(value, UUID) else value
