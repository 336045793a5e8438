"""What is taken as a picture, and what is made of it."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import PIL.Image
import pytest
from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from issues.models import Image
from issues.pictures import delete_picture, encode, replace_picture, store_picture
from tests.factories import make_editor
from tests.issues.factories import gif_bytes, make_image, picture_bytes, upload

NO_PICTURE = "This is no picture that we can read"
DAMAGED = "This picture is damaged"


def stored(content):
    """What is kept of a file, decoded again."""
    encoded = encode(BytesIO(content))
    picture = PIL.Image.open(BytesIO(encoded.content))
    picture.load()
    assert (encoded.width, encoded.height) == picture.size
    return encoded, picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_five_formats_are_taken_and_kept_as_webp(kind):
    encoded, picture = stored(picture_bytes(kind, size=(16, 12), color=128))

    assert (encoded.extension, picture.format) == ("webp", "WEBP")
    assert picture.size == (16, 12)


def test_a_moving_picture_keeps_moving():
    encoded, picture = stored(gif_bytes(3))

    assert (encoded.extension, picture.format) == ("gif", "GIF")
    assert picture.n_frames == 3
    assert picture.info["duration"] == 80


@pytest.mark.parametrize(
    ("mode", "kind", "color", "shown"),
    [
        ("RGBA", "PNG", (200, 10, 20, 128), (200, 10, 20, 128)),
        ("P", "PNG", 0, (0, 0, 0)),
        ("L", "PNG", 77, (77, 77, 77)),
        ("LA", "PNG", (77, 9), (77, 77, 77, 9)),
        ("1", "PNG", 1, (255, 255, 255)),
        ("I;16", "PNG", 0x4000, (64, 64, 64)),
        ("CMYK", "JPEG", (0, 0, 0, 255), (0, 0, 0)),
        ("L", "JPEG", 77, (77, 77, 77)),
    ],
)
def test_every_kind_of_colour_is_kept_as_it_looks(mode, kind, color, shown):
    _, picture = stored(picture_bytes(kind, mode=mode, color=color))
    pixel = picture.getpixel((2, 2))

    assert len(pixel) == len(shown)
    assert all(abs(a - b) <= 3 for a, b in zip(pixel, shown, strict=True))


def photograph(orientation):
    """Red on top, blue below, 20 by 10, with EXIF data of all kinds."""
    picture = PIL.Image.new("RGB", (20, 10), (255, 0, 0))
    picture.paste((0, 0, 255), (0, 5, 20, 10))
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A secret camera"
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=95, comment=b"A secret comment")
    return out.getvalue()


@pytest.mark.parametrize(
    ("orientation", "size", "red", "blue"),
    [
        (1, (20, 10), (10, 1), (10, 8)),
        (3, (20, 10), (10, 8), (10, 1)),
        (6, (10, 20), (8, 10), (1, 10)),
        (8, (10, 20), (1, 10), (8, 10)),
    ],
)
def test_a_photograph_is_turned_upright_and_says_nothing_of_its_maker(
    orientation, size, red, blue
):
    content = photograph(orientation)
    assert b"A secret camera" in content
    encoded, picture = stored(content)

    assert picture.size == size
    assert picture.getpixel(red)[0] > 200
    assert picture.getpixel(blue)[2] > 200
    assert not picture.getexif()
    assert "exif" not in picture.info
    assert b"secret" not in encoded.content


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_other_formats_lose_their_metadata_too(kind):
    exif = PIL.Image.Exif()
    exif[0x010F] = "A secret camera"
    content = picture_bytes(kind, exif=exif.tobytes(), icc_profile=b"secret" * 30)
    encoded, picture = stored(content)

    assert b"secret" not in encoded.content
    assert not {"exif", "icc_profile", "xmp"} & picture.info.keys()


def test_a_large_picture_is_made_smaller():
    _, picture = stored(picture_bytes("PNG", size=(3000, 1500)))

    assert picture.size == (2400, 1200)


def test_a_thin_picture_keeps_at_least_a_pixel():
    assert stored(picture_bytes("PNG", size=(6000, 1)))[1].size == (2400, 1)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b'<?xml version="1.0"?>' + SVG,
        b"<html><script>alert(1)</script></html>",
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"x" * 1000,
        b"\x00",
        b"",
        *(
            pytest.param(picture_bytes(kind), id=kind)
            for kind in ("BMP", "TIFF", "ICO", "PPM")
        ),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(content):
    with pytest.raises(ValidationError) as caught:
        encode(BytesIO(content))
    (sentence,) = caught.value.messages
    assert sentence.startswith((NO_PICTURE, DAMAGED))
    assert sentence.endswith(".")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_picture_is_refused(kind, share):
    picture = PIL.Image.effect_noise((64, 64), 90).convert("RGB")
    out = BytesIO()
    picture.save(out, kind)
    content = out.getvalue()

    with pytest.raises(ValidationError, match=r"damaged|no picture"):
        encode(BytesIO(content[: int(len(content) * share)]))


def claiming(width, height):
    """A PNG of a few bytes whose header claims a size."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 10))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(8000, 5001), (40_000_001, 1), (10_000, 10_000), (50_000, 50_000)]
)
def test_a_picture_that_claims_more_than_40_megapixels_is_refused(size):
    with pytest.raises(ValidationError) as caught:
        encode(BytesIO(claiming(*size)))
    (sentence,) = caught.value.messages
    assert "at most 40 are taken." in sentence
    assert "megapixels" in sentence


def test_an_animation_of_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr("issues.pictures.MAX_ANIMATED_PIXELS", 100)

    with pytest.raises(ValidationError, match="animation is too long"):
        encode(BytesIO(gif_bytes(3)))


def test_an_animation_of_too_many_frames_is_refused(monkeypatch):
    monkeypatch.setattr("issues.pictures.MAX_FRAMES", 2)

    with pytest.raises(ValidationError, match="animation is too long"):
        encode(BytesIO(gif_bytes(3)))


def test_a_file_of_more_than_20_megabytes_is_refused():
    limit = site.PICTURE_MAX_BYTES
    padded = picture_bytes() + b"\x00" * (limit - len(picture_bytes()))
    assert encode(BytesIO(padded))

    with pytest.raises(ValidationError, match="at most 20 MB"):
        encode(BytesIO(padded + b"\x00"))


def files(settings):
    """The pictures' own files; of their renditions tells test_renditions.py."""
    found = Path(settings.MEDIA_ROOT).rglob("*")
    return [path for path in found if path.is_file() and "-" not in path.name]


@pytest.mark.django_db
def test_a_picture_is_stored_under_a_name_of_ours(settings):
    one, other = make_image(), make_image()

    assert one.name != other.name
    for image in (one, other):
        assert len(image.name) == 24 + len(".webp")
        assert int(image.name.removesuffix(".webp"), 16)
        assert Path(image.file.path).read_bytes()[8:12] == b"WEBP"
        assert image.size_bytes == Path(image.file.path).stat().st_size
    assert {path.name for path in files(settings)} == {one.name, other.name}


@pytest.mark.django_db
@pytest.mark.parametrize("alt", ["", "  ", "x" * 501])
def test_a_picture_that_is_refused_leaves_neither_row_nor_file(settings, alt):
    with pytest.raises(ValidationError):
        make_image(alt=alt)

    assert not Image.objects.exists()
    assert files(settings) == []


@pytest.mark.django_db
def test_a_database_that_fails_leaves_neither_row_nor_file(settings, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Image, "save", fail)
    with pytest.raises(RuntimeError):
        make_image()

    assert not Image.objects.exists()
    assert files(settings) == []


@pytest.fixture
def full_disk(monkeypatch):
    """A function after which files are written in part, and then no more."""

    def fill(written):
        def fail(self, name, content):
            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read()[:written])
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", fail)

    return fill


@pytest.mark.django_db
@pytest.mark.parametrize("written", [0, 10])
def test_a_full_disk_leaves_neither_row_nor_file(settings, full_disk, written):
    full_disk(written)
    with pytest.raises(OSError, match="No space"):
        make_image()

    assert not Image.objects.exists()
    assert files(settings) == []


@pytest.mark.django_db
def test_a_full_disk_leaves_the_picture_that_was_to_be_replaced(settings, full_disk):
    image = make_image()
    before = files(settings)
    full_disk(10)
    with pytest.raises(OSError, match="No space"):
        replace_picture(image=image, picture=encode(BytesIO(picture_bytes())))

    assert files(settings) == before


@pytest.mark.django_db
def test_a_full_disk_is_told_at_the_desk(client, settings, full_disk):
    client.force_login(make_editor())
    full_disk(10)
    response = client.post(
        reverse("admin:issues_image_upload"), {"alt": "x", "upload": upload()}
    )

    assert response.status_code == 507
    assert "could not be stored" in response.json()["error"]
    assert files(settings) == []


@pytest.mark.django_db
def test_the_file_goes_once_the_row_is_gone_for_good(
    settings, django_capture_on_commit_callbacks
):
    image = make_image()
    with django_capture_on_commit_callbacks() as callbacks:
        delete_picture(image=image)
    assert not Image.objects.exists()
    assert len(files(settings)) == 1
    for callback in callbacks:
        callback()

    assert files(settings) == []


@pytest.mark.django_db
def test_storing_again_makes_another_file(settings):
    encoded = encode(BytesIO(picture_bytes()))
    for _ in range(2):
        store_picture(image=Image(alt="x"), picture=encoded)

    assert Image.objects.count() == len(files(settings)) == 2


@pytest.mark.django_db
def test_alternative_text_with_brackets_is_written_so_that_it_is_read_back():
    image = make_image(alt=r"A [b] \ c")

    assert image.markdown == rf"![A \[b\] \\ c]({image.src})"


def test_content_is_read_from_where_it_stands():
    assert encode(ContentFile(picture_bytes())).extension == "webp"
