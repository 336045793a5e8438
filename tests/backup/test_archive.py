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

from superfast.backup import archive
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


def test_a_file_that_is_mostly_holes_is_refused_before_it_is_read(backup):
    """A terabyte in 512 bytes, as GNU tar writes what is sparse."""

    def add(members):
        entry = tarfile.TarInfo("media/pictures/bomb")
        entry.type = tarfile.GNUTYPE_SPARSE
        return [*members, (entry, b"")]

    rewrite(backup, add)
    content = bytearray(backup.read_bytes())
    start = content.index(b"media/pictures/bomb")
    content[start + 483 : start + 495] = b"%011o\0" % 2**33  # its size, unpacked
    head = content[start : start + 512]
    head[148:156] = b" " * 8
    content[start + 148 : start + 156] = b"%06o\0 " % sum(head)
    backup.write_bytes(content)
    with tarfile.open(backup) as tar:
        assert tar.getmember("media/pictures/bomb").size == 2**33

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


PLACES = [0.0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0]


def test_a_truncated_one_is_refused(backup):
    content = backup.read_bytes()
    whole = content.rstrip(b"\0")  # a tar ends with empty blocks
    for place in PLACES:
        backup.write_bytes(content[: int((len(whole) - 1) * place)])
        assert "not empty" not in refused(backup)


def test_an_encrypted_one_that_is_damaged_is_not_opened(media, tmp_path):
    path, identity = sealed(tmp_path)
    content = path.read_bytes()
    for place in PLACES:
        flip(path, place)
        assert "not empty" not in refused(path, identity)
        path.write_bytes(content[: int((len(content) - 1) * place)])
        assert "not empty" not in refused(path, identity)
        path.write_bytes(content)
    assert "not empty" in refused(path, identity)


def test_one_with_a_flipped_bit_is_refused_or_holds_the_same(backup):
    before, content = listed_files(backup), backup.read_bytes()
    for place in [*PLACES, *(n / 97 for n in range(97))]:
        flip(backup, place)
        if "not empty" in refused(backup):
            assert listed_files(backup) == before
        backup.write_bytes(content)


def refused(path, identity=""):
    """The sentence that a backup is refused with."""
    with pytest.raises(CommandError) as caught:
        restore_backup(path, identity=identity)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    return sentence


def sealed(tmp_path):
    """A backup, and the key that opens it."""
    key = pyrage.x25519.Identity.generate()
    path = make_backup(tmp_path / "backups", recipient=str(key.to_public())).path
    return path, str(key)


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[min(int(len(content) * place), len(content) - 1)] ^= 0x10
    path.write_bytes(content)


def listed_files(path):
    """What would be restored: name → content."""
    with tarfile.open(path) as tar:
        listed = json.load(tar.extractfile("manifest.json"))["files"]
        return {name: tar.extractfile(name).read() for name in listed}


@pytest.mark.parametrize("failing", ["a picture", "the database"])
def test_a_restore_that_fails_leaves_nothing(backup, media, monkeypatch, failing):
    place, loaded = media.parent / "empty", []
    place.mkdir()
    monkeypatch.setattr(archive, "_empty_site", lambda: place)
    monkeypatch.setattr(archive.databases, "load", load := Loader(loaded))
    extract = archive._extract

    def full(tar, name, target):
        if name == "media/pictures/ü 2.gif":
            raise OSError(28, "No space left on device")
        extract(tar, name, target)

    if failing == "a picture":
        monkeypatch.setattr(archive, "_extract", full)
    else:
        load.fails = True
    with pytest.raises((OSError, CommandError)):
        restore_backup(backup)

    assert list(place.iterdir()) == []
    assert loaded == []
    monkeypatch.setattr(archive, "_extract", extract)
    load.fails = False
    assert restore_backup(backup) == 2
    assert len(loaded) == 1


class Loader:
    """Stands for the database, which here is not empty."""

    def __init__(self, loaded):
        self.loaded = loaded
        self.fails = False

    def __call__(self, path):
        assert path.stat().st_size
        if self.fails:
            raise CommandError("pg_restore failed: no room.")
        self.loaded.append(path)


def test_there_is_no_such_file(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        restore_backup(tmp_path / "nothing")
