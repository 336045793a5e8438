"""An empty site becomes the one that was exported."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import DatabaseError, models, transaction
from django.db.models import ManyToManyField, Model

from issues.derived import derive, note_pictures
from issues.models import Image, Issue
from issues.renditions import plan_renditions
from quiz.models import Rollup, Tally
from superfast.accounts.models import User
from superfast.common.blocks import to_json
from superfast.common.markdown import render_blocks
from superfast.pages.models import Page
from superfast.portability import files
from superfast.portability.files import ImportRefusedError, Source
from superfast.portability.naming import name_of
from superfast.portability.tables import TABLES, Table
from superfast.search import index, sources

# What a fresh site has already.
_THERE_FROM_THE_START: tuple[type[Model], ...] = (User, Page)


def import_site(folder: Path) -> dict[str, int]:
    """The site, empty before, is the one in the folder. Returns: rows by table.

    Raises: ImportRefusedError with one sentence; neither rows nor files are left then.
    """
    source = Source(folder)
    manifest = _read_manifest(source)
    for table in TABLES:
        if (
            table.model not in _THERE_FROM_THE_START
            and table.model._base_manager.exists()
        ):
            raise ImportRefusedError(
                f"This site is not empty: it has {table.model._meta.verbose_name_plural}."
            )
    run = _Import(source, manifest)
    try:
        with transaction.atomic():
            counts = run.store()
    except DatabaseError as error:
        run.clean_up()
        raise ImportRefusedError(
            f"The database refused {run.current}: the export is damaged."
        ) from error
    except BaseException:
        run.clean_up()
        raise
    for image in Image.objects.order_by("pk"):
        plan_renditions(image)
    return counts


def _read_manifest(source: Source) -> dict[str, Any]:
    manifest = files.parse_json(source.read_text(files.MANIFEST), files.MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != files.FORMAT:
        raise ImportRefusedError(f"{files.MANIFEST} is not that of an export.")
    if manifest.get("version") != files.VERSION:
        raise ImportRefusedError(
            f"This export is of version {manifest.get('version')!r}: "
            f"this site reads version {files.VERSION}."
        )
    if not isinstance(manifest.get("order"), dict):
        raise ImportRefusedError(
            f"{files.MANIFEST} does not say which texts there are."
        )
    return manifest


class _Import:
    def __init__(self, source: Source, manifest: dict[str, Any]) -> None:
        self._source = source
        self._order = manifest["order"]
        self._keys: dict[type[Model], dict[str, Any]] = defaultdict(dict)
        self._later: list[tuple[Table, Any, dict[str, Any]]] = []
        self._stored: list[tuple[Storage, str]] = []
        self.current = "a row"

    def store(self) -> dict[str, int]:
        counts = {table.name: self._store_table(table) for table in TABLES}
        for table, key, row in self._later:
            changes = {
                f"{name}_id": self._relation(table, name, row[name])
                for name in table.later
            }
            table.model._base_manager.filter(pk=key).update(**changes)
        # Guesses made here are counted from the first on, beside the tallies.
        tallied = Tally.objects.order_by().values_list("quiz", flat=True).distinct()
        Rollup.objects.bulk_create(Rollup(quiz_id=key) for key in tallied)
        self._derive()
        return counts

    def clean_up(self) -> None:
        """No file is left of an import that failed."""
        for storage, path in self._stored:
            storage.delete(path)

    # Rows

    def _store_table(self, table: Table) -> int:
        count = 0
        places: dict[Any, int] = defaultdict(int)
        for row, path in self._rows(table):
            count += 1
            self.current = f"row {count} of {path}"
            if set(row) != set(table.fields):
                raise ImportRefusedError(
                    f"{path}: row {count} does not have the fields of version {files.VERSION}."
                )
            places[str(row.get("issue"))] += 1
            place = places[str(row.get("issue"))]
            self._store_row(table, row, name_of(table.model, row, place))
        return count

    def _rows(self, table: Table) -> Iterator[tuple[dict[str, Any], str]]:
        if table.body:
            yield from self._texts(table)
            return
        path = f"data/{table.name}.json"
        rows = files.parse_json(self._source.read_text(path), path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ImportRefusedError(f"{path} is no list of rows.")
        for row in rows:
            yield row, path

    def _texts(self, table: Table) -> Iterator[tuple[dict[str, Any], str]]:
        paths = self._order.get(table.name)
        if not isinstance(paths, list) or sorted(map(str, paths)) != self._source.names(
            table.name
        ):
            raise ImportRefusedError(
                f"{files.MANIFEST} and the folder {table.name} do not name the same files."
            )
        for path in paths:
            text = self._source.read_text(path, limit=files.MAX_MARKDOWN_BYTES)
            front, body = files.from_markdown(text, path)
            if table.body in front:
                raise ImportRefusedError(f"{path} has its text twice.")
            yield {**front, table.body: body}, path

    def _store_row(self, table: Table, row: dict[str, Any], name: str | None) -> None:
        if name is not None and name in self._keys[table.model]:
            raise ImportRefusedError(f"{self.current}: “{name}” is there twice.")
        instance = self._instance(table, row)
        if isinstance(instance, Image):
            self._store_picture(instance)
        if not isinstance(instance, User) or instance.pk is None:
            # As it is: no time of today, no text cleaned anew, nothing derived yet.
            instance.save_base(raw=True, force_insert=instance.pk is None)
        for field in table.model._meta.many_to_many:
            if field.name in table.fields:
                getattr(instance, field.name).set(
                    [
                        self._relation(table, field.name, each)
                        for each in row[field.name]
                    ]
                )
        if name is not None:
            self._keys[table.model][name] = instance.pk
        if table.later:
            self._later.append((table, instance.pk, row))

    def _instance(self, table: Table, row: dict[str, Any]) -> Model:
        instance: Any = self._existing(table, row) or table.model()
        if isinstance(instance, User) and instance.pk is not None:
            return instance
        for field_name in table.fields:
            field: Any = table.model._meta.get_field(field_name)
            if field_name in table.later or isinstance(field, ManyToManyField):
                continue
            value = row[field_name]
            if field.is_relation:
                setattr(
                    instance, field.attname, self._relation(table, field_name, value)
                )
            else:
                setattr(instance, field_name, self._value(field, value))
        if isinstance(instance, User):
            instance.set_unusable_password()
            instance.is_active = False
        return instance  # type: ignore[no-any-return]

    def _existing(self, table: Table, row: dict[str, Any]) -> Model | None:
        """People are who they are here; standing pages are there from the start."""
        if table.model is User:
            return User.objects.filter(username=str(row["username"])).first()
        if table.model is Page:
            return Page.objects.filter(slug=str(row["slug"])).first()
        return None

    def _value(self, field: Any, value: Any) -> Any:
        if isinstance(field, models.JSONField):
            return value
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not _is_text(value, or_none=field.null):
            raise ImportRefusedError(f"{self.current}: {field.name} is no text.")
        try:
            # Not `clean`: autosaved rows may lack what a form asks for.
            converted = field.to_python(value) if not is_text else value
            if isinstance(converted, datetime) and converted.tzinfo is None:
                raise ValidationError("It says no time zone.")
            if converted not in field.empty_values:
                field.run_validators(converted)
                if field.choices and converted not in dict(field.flatchoices):
                    raise ValidationError("It is none of the choices.")
        except (ValidationError, TypeError, ValueError, OverflowError) as error:
            raise ImportRefusedError(
                f"{self.current}: {field.name} is not a value that can be stored."
            ) from error
        return converted

    def _relation(self, table: Table, name: str, value: Any) -> Any:
        if value is None:
            return None
        model: Any = table.model._meta.get_field(name).related_model
        key = self._keys[model].get(value) if isinstance(value, str) else None
        if key is None:
            raise ImportRefusedError(
                f"{self.current}: its {name} “{value}” is not in the export."
            )
        return key

    # Pictures

    def _store_picture(self, image: Image) -> None:
        """The file, if it is the one of this row and one that we would make."""
        path = f"pictures/{image.name}"
        content = self._source.read(path, limit=settings.PICTURE_MAX_BYTES)
        if sha256(content).hexdigest() != image.checksum:
            raise ImportRefusedError(f"{path} is not the picture that was exported.")
        if _measure(content) != (image.width, image.height, len(content)) or (
            image.size_bytes != len(content)
        ):
            raise ImportRefusedError(f"{path} is no picture of an export.")
        storage = image.file.storage
        stored = storage.save(path, ContentFile(content))
        self._stored.append((storage, stored))
        image.file.name = stored

    # What follows

    def _derive(self) -> None:
        self.current = "what follows from the texts"
        for issue in Issue.objects.order_by("pk"):
            updated_at = issue.updated_at
            if issue.publish_at is None:
                note_pictures(issue)
            else:
                derive(issue)
            Issue.objects.filter(pk=issue.pk).update(updated_at=updated_at)
        for page in Page.objects.all():
            blocks = to_json(render_blocks(page.body))
            Page.objects.filter(pk=page.pk).update(blocks=blocks)
        for kind in sources.registered():
            index.rebuild(kind)


def _is_text(value: Any, *, or_none: bool) -> bool:
    """Whether every database can store it as text."""
    if not isinstance(value, str):
        return value is None and or_none
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of code units
        return False
    return "\x00" not in value


def _measure(content: bytes) -> tuple[int, int, int] | None:
    """Width, height and size of a WebP or GIF; None where it is neither."""
    try:
        with PIL.Image.open(BytesIO(content), formats=("WEBP", "GIF")) as picture:
            if picture.width * picture.height > settings.PICTURE_MAX_PIXELS:
                return None
            picture.load()
            return picture.width, picture.height, len(content)
    except Exception:  # noqa: BLE001  # decoders raise all kinds of errors
        return None
