"""What a backup holds, and which files are refused as one."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from superfast.backup.archive import make_backup, restore_backup

# Taken and read outside of a transaction, as in life.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def media(settings, tmp_path):
    folder = tmp_path / "media"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "a.webp").write_bytes(b"first picture")
    (folder / "pictures" / "ü 2.gif").write_bytes(b"second picture")
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def backup(media, tmp_path):
    return make_backup(tmp_path / "backups").path


def names(path):
    with tarfile.open(path) as tar:
        return set(tar.getnames())


def rewrite(path, change):
    """The same backup with its files changed by a function of (name, bytes) pairs."""
    with tarfile.open(path) as tar:
        members = [(m, tar.extractfile(m).read()) for m in tar]
    with tarfile.open(path, "w") as tar:
        for member, content in change(members):
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content) if member.isreg() else None)


def test_it_holds_database_media_and_a_list_of_them(backup, media):
    assert names(backup) == {
        "database", "manifest.json", "media/pictures/a.webp", "media/pictures/ü 2.gif",
    }  # fmt: skip
    with tarfile.open(backup) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["database"] == connection.vendor
    assert any(name.startswith("issues.0001") for name in manifest["migrations"])
    assert backup.stat().st_mode & 0o077 == 0


def test_a_sound_one_is_not_restored_over_a_site(backup):
    with pytest.raises(CommandError, match="not empty"):
        restore_backup(backup)


def test_only_the_newest_are_kept_and_strangers_left_alone(media, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.tar").write_text("mine")
    for day in range(1, 6):
        make_backup(folder, keep=3, at=datetime(2026, 1, day, tzinfo=UTC))

    assert sorted(path.name for path in folder.iterdir()) == [
        "notes.tar",
        "superfast-20260103T000000Z.tar",
        "superfast-20260104T000000Z.tar",
        "superfast-20260105T000000Z.tar",
    ]


def test_an_encrypted_one_is_opened_by_its_key_alone(media, tmp_path):
    key, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    path = make_backup(tmp_path / "backups", recipient=str(key.to_public())).path

    assert path.name.endswith(".tar.age")
    assert b"first picture" not in path.read_bytes()
    with pytest.raises(CommandError, match="--identity-file"):
        restore_backup(path)
    with pytest.raises(CommandError, match="does not open"):
        restore_backup(path, identity=str(other))
    with pytest.raises(CommandError, match="does not open"):
        restore_backup(path, identity="nonsense")
    with pytest.raises(CommandError, match="database is not empty"):
        restore_backup(path, identity=str(key))


def test_a_key_file_may_hold_comments(media, tmp_path):
    key = pyrage.x25519.Identity.generate()
    path = make_backup(tmp_path / "backups", recipient=str(key.to_public())).path
    file = tmp_path / "key"
    file.write_text(f"# made by age-keygen\n# public key: …\n{key}\n")

    with pytest.raises(CommandError, match="database is not empty"):
        call_command("restore", path, "--identity-file", file)


@pytest.mark.parametrize("recipient", ["age1nonsense", "AGE-SECRET-KEY-1", "x"])
def test_a_wrong_recipient_leaves_no_file(media, tmp_path, recipient):
    with pytest.raises(CommandError, match="no age public key"):
        make_backup(tmp_path / "backups", recipient=recipient)

    assert not (tmp_path / "backups").exists()


def test_a_failure_leaves_no_half_file(media, tmp_path, monkeypatch):
    def fail(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("superfast.backup.archive._media", fail)
    with pytest.raises(OSError, match="No space"):
        make_backup(tmp_path / "backups")

    assert list((tmp_path / "backups").iterdir()) == []


def changed(members):
    return [(m, c.replace(b"first", b"other")) for m, c in members]


def missing(members):
    return [(m, c) for m, c in members if m.name != "media/pictures/a.webp"]


def unlisted(members):
    return [*members, (tarfile.TarInfo("media/pictures/evil.html"), b"<script>")]


def unlisted_list(members):
    return [(m, c) for m, c in members if m.name != "manifest.json"]


def broken_list(members):
    return [(m, b"{" if m.name == "manifest.json" else c) for m, c in members]


def other_format(members):
    return [
        (
            m,
            c.replace(b'"format": 1', b'"format": 2')
            if m.name == "manifest.json"
            else c,
        )
        for m, c in members
    ]


def other_database(members):
    return [
        (m, c.replace(b'"sqlite"', b'"oracle"').replace(b'"postgresql"', b'"oracle"'))
        for m, c in members
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (changed, "not what was saved"),
        (missing, "is missing"),
        (unlisted, "does not list"),
        (unlisted_list, "no backup of this site"),
        (broken_list, "no backup of this site"),
        (other_format, "no backup of this site"),
        (other_database, "of a oracle database"),
    ],
)
def test_a_changed_backup_is_refused(backup, change, sentence):
    rewrite(backup, change)

    with pytest.raises(CommandError, match=sentence):
        restore_backup(backup)


@pytest.mark.parametrize(
    "name", ["media/../../evil", "/etc/evil", "../evil", "other/evil", "evil"]
)
def test_a_path_that_leads_elsewhere_is_refused(backup, name, media):
    def add(members):
        return [*members, (tarfile.TarInfo(name), b"evil")]

    rewrite(backup, add)

    with pytest.raises(CommandError, match=r"must not|does not list"):
        restore_backup(backup)
    assert not list(media.parent.rglob("evil"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_what_is_no_plain_file_is_refused(backup, kind):
    entry = tarfile.TarInfo("media/pictures/link")
    entry.type, entry.linkname = kind, "/etc/passwd"
    rewrite(backup, lambda members: [*members, (entry, b"")])

    with pytest.raises(CommandError, match="must not"):
        restore_backup(backup)


@pytest.mark.parametrize(
    "content", [b"", b"nonsense" * 500, b"age-encryption.org/v1\n"]
)
def test_what_is_no_backup_is_refused(tmp_path, content):
    path = Path(tmp_path / "file")
    path.write_bytes(content)

    with pytest.raises(CommandError):
        restore_backup(path, identity=str(pyrage.x25519.Identity.generate()))


def test_a_truncated_one_is_refused(backup):
    content = backup.read_bytes()
    backup.write_bytes(content[: len(content) // 2])

    with pytest.raises(CommandError):
        restore_backup(backup)


def test_there_is_no_such_file(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        restore_backup(tmp_path / "nothing")
