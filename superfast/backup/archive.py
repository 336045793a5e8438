"""A backup: one tar file with the database, the media and a list of both with checksums.

    manifest.json   format, when, database kind, migrations, name → size and SHA-256
    database        SQLite's file, or pg_dump's custom format
    media/…         every file of the media storage

With a recipient the tar is encrypted as a whole, in the age format: the server can
make such a backup and can't read it.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyrage
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from superfast.backup import databases

FORMAT = 1
PLAIN, ENCRYPTED = ".tar", ".tar.age"
_NAME = "superfast-{:%Y%m%dT%H%M%S}Z{}"
_PATTERN = "superfast-????????T??????Z.tar*"
_AGE_MAGIC = b"age-encryption.org/"
_BLOCK = 1024 * 1024
_MAX_MANIFEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written."""

    path: Path
    files: int
    size_bytes: int
    vanished: int  # media deleted while it was made


def make_backup(
    folder: Path, *, recipient: str = "", keep: int = 0, at: datetime | None = None
) -> Made:
    """A new backup is in the folder, whole or not at all, and old ones are gone.

    Args:
        folder: where backups lie; made if need be, for its owner alone.
        recipient: an age public key (`age1…`); empty for an unencrypted file.
        keep: how many backups stay, newest first; 0 keeps all.
        at: the moment in the file's name, in UTC.

    Raises: CommandError with a sentence; no half file is left.
    """
    key = _recipient(recipient) if recipient else None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = _NAME.format(at or datetime.now(UTC), ENCRYPTED if key else PLAIN)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
        plain = Path(scratch) / "backup.tar"
        files, vanished = _write(plain, Path(scratch))
        finished = plain
        if key:
            finished = Path(scratch) / "backup.age"
            with plain.open("rb") as source, finished.open("wb") as target:
                pyrage.encrypt_io(source, target, [key])
        _sync(finished)
        finished.chmod(0o600)
        finished.rename(folder / name)
    _prune(folder, keep)
    path = folder / name
    return Made(path, files, path.stat().st_size, vanished)


def restore_backup(path: Path, *, identity: str = "") -> int:
    """Database and media are what the backup holds. Returns: how many media files.

    Everything is checked before anything is written, and nothing is overwritten:
    database and media folder have to be empty, and are so again where it fails.
    Raises: CommandError with a sentence.
    """
    with _plain(path, identity) as tar_path, _open(tar_path) as tar:
        manifest = _check(tar)
        media = _empty_site()
        names = [name for name in manifest["files"] if name.startswith("media/")]
        with (
            _or_empty_again(media),
            tempfile.TemporaryDirectory(prefix="superfast-restore-") as scratch,
        ):
            for name in names:
                target = media / name.removeprefix("media/")
                target.parent.mkdir(parents=True, exist_ok=True)
                _extract(tar, name, target)
                target.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            dump = Path(scratch) / "database"
            _extract(tar, "database", dump)
            # Last, as it is all or nothing by itself.
            databases.load(dump)
    return len(names)


@contextmanager
def _or_empty_again(folder: Path) -> Iterator[None]:
    """What was put into an empty folder is taken out again where the rest fails."""
    try:
        yield
    except BaseException:
        for path in folder.iterdir() if folder.exists() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _empty_site() -> Path:
    """The media folder, once it and the database are known to hold nothing."""
    media = Path(settings.MEDIA_ROOT)
    if not databases.is_empty():
        raise CommandError("The database is not empty: restore into a new one.")
    if media.exists() and any(media.iterdir()):
        raise CommandError(f"The media folder is not empty: {media}.")
    return media


def _write(plain: Path, scratch: Path) -> tuple[int, int]:
    """The tar is written. Returns: files in it, and media that vanished meanwhile."""
    # Rows before files: what is added in between is a file too many, which harms nobody.
    dump = scratch / "database"
    databases.dump(dump)
    listed: dict[str, dict[str, Any]] = {}
    vanished = 0
    with tarfile.open(plain, "w", format=tarfile.PAX_FORMAT) as tar:
        listed["database"] = _add(tar, dump, "database")
        dump.unlink()
        for path in _media():
            name = f"media/{path.relative_to(settings.MEDIA_ROOT).as_posix()}"
            try:
                listed[name] = _add(tar, path, name)
            except FileNotFoundError:
                vanished += 1
        manifest = scratch / "manifest.json"
        manifest.write_text(json.dumps(_manifest(listed), indent=1), encoding="utf-8")
        _add(tar, manifest, "manifest.json")
    return len(listed), vanished


def _media() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    )


def _manifest(listed: dict[str, dict[str, Any]]) -> dict[str, Any]:
    applied = MigrationRecorder(connection).applied_migrations()
    return {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": databases.vendor(),
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
        "files": listed,
    }


def _add(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    """A file is in the tar. Returns: its size and SHA-256, of the bytes that were put in."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        entry = tarfile.TarInfo(name)
        entry.size = size
        entry.mode = 0o600
        tar.addfile(entry, file)
    return {"size": size, "sha256": digest}


def _check(tar: tarfile.TarFile) -> dict[str, Any]:
    """The manifest, once every file is there, as it was, and nothing else is."""
    manifest = _read_manifest(tar)
    expected = dict(manifest["files"])
    for entry in tar:
        if entry.name == "manifest.json":
            continue
        _refuse_unsafe(entry)
        wanted = expected.pop(entry.name, None)
        if wanted is None:
            raise CommandError(
                f"The backup holds a file that it does not list: {entry.name}."
            )
        content = tar.extractfile(entry)
        digest = hashlib.file_digest(content, "sha256").hexdigest() if content else ""  # type: ignore[arg-type]
        if digest != wanted["sha256"]:
            raise CommandError(
                f"The backup is damaged: {entry.name} is not what was saved."
            )
    if expected:
        raise CommandError(f"The backup is damaged: {next(iter(expected))} is missing.")
    return manifest


def _read_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        entry = tar.getmember("manifest.json")
        file = tar.extractfile(entry)
        if file is None or entry.size > _MAX_MANIFEST_BYTES:
            raise KeyError
        manifest = json.load(file)
        files = manifest["files"]
        sound = manifest["format"] == FORMAT and "database" in files
        sound = sound and all(
            isinstance(each["sha256"], str) for each in files.values()
        )
    except (KeyError, TypeError, ValueError, tarfile.TarError, OSError):
        sound = False
    if not sound:
        raise CommandError("This is no backup of this site, or one of another format.")
    if manifest.get("database") != databases.vendor():
        raise CommandError(
            f"The backup is of a {manifest.get('database')} database; DATABASE_URL names "
            f"a {databases.vendor()} one."
        )
    return dict(manifest)


def _refuse_unsafe(entry: tarfile.TarInfo) -> None:
    path = PurePosixPath(entry.name)
    # One with holes says how large it is in a few bytes: a terabyte, if it likes.
    safe = entry.isreg() and not entry.issparse()
    safe = safe and not path.is_absolute() and ".." not in path.parts
    if not safe or (entry.name != "database" and path.parts[0] != "media"):
        raise CommandError(f"The backup holds a path that it must not: {entry.name}.")


def _extract(tar: tarfile.TarFile, name: str, target: Path) -> None:
    source = tar.extractfile(name)
    if source is None:
        raise CommandError(f"The backup is damaged: {name} is missing.")
    with target.open("wb") as file:
        while block := source.read(_BLOCK):
            file.write(block)


@contextmanager
def _open(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise CommandError(
            "This is no backup of this site, or one of another format."
        ) from error


@contextmanager
def _plain(path: Path, identity: str) -> Iterator[Path]:
    """The tar itself: the file, or what it holds once decrypted, deleted afterwards."""
    try:
        with path.open("rb") as file:
            encrypted = file.read(len(_AGE_MAGIC)) == _AGE_MAGIC
    except OSError as error:
        raise CommandError(f"There is no such file: {path}.") from error
    if not encrypted:
        yield path
        return
    if not identity:
        raise CommandError(
            "This backup is encrypted: name its key with --identity-file."
        )
    with tempfile.TemporaryDirectory(prefix="superfast-restore-") as scratch:
        plain = Path(scratch) / "backup.tar"
        try:
            key = pyrage.x25519.Identity.from_str(identity)
            with path.open("rb") as source, plain.open("wb") as target:
                pyrage.decrypt_io(source, target, [key])
        except (pyrage.IdentityError, pyrage.DecryptError) as error:
            raise CommandError("This key does not open the backup.") from error
        except OSError as error:
            if error.errno:  # the disk's, and not what was found out while decrypting
                raise
            raise CommandError(
                "The backup is damaged: it can't be decrypted to its end."
            ) from error
        yield plain


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise CommandError(
            "BACKUP_RECIPIENT is no age public key: it begins with age1."
        ) from error


def _prune(folder: Path, keep: int) -> None:
    """Only the newest are left; other files in the folder are not touched."""
    if keep:
        for old in sorted(folder.glob(_PATTERN), reverse=True)[keep:]:
            old.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
