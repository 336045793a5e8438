"""Pictures at several widths, so that nobody loads more of one than they see.

AVIF and WebP at each width, and one JPEG (PNG where something shines through) for
mail programs and old browsers. Made by a task: until it has run, pages show the
picture itself. Moving GIFs are not multiplied. Where a picture shows its renditions
is written into the blocks of its issues (decision 0001), so a page asks no more.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import Any

import PIL.Image
from django.core.files.base import ContentFile
from django.db import transaction

from issues.derived import derive
from issues.models import Image, Issue
from issues.models.pictures import FALLBACK_WIDTH, WIDTHS, Rendition
from superfast.common.tasks import enqueue

# Encoder and its settings by extension.
ENCODERS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 60, "speed": 7}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "progressive": True, "optimize": True}),
    "png": ("PNG", {"optimize": True}),
}


@dataclass(frozen=True, slots=True)
class _Made:
    row: Rendition
    content: bytes


def plan_renditions(image: Image) -> None:
    """The picture's renditions are made once this transaction is committed."""
    if not image.is_moving:
        enqueue("issues.renditions.make_renditions", image.pk)


def make_renditions(key: int) -> None:
    """The picture of this key has its renditions, and its issues show them.

    Doing it again makes the same again. A picture that is gone, was replaced
    meanwhile or is moving is left as it is.
    """
    image = Image.objects.filter(pk=key).first()
    if (
        image is None
        or image.is_moving
        or not image.file.storage.exists(str(image.file.name))
    ):
        return
    with image.file.open("rb") as file, PIL.Image.open(file) as picture:
        picture.load()
        made = [*_make(picture, PurePath(str(image.file.name)).stem)]
    for each in made:
        image.file.storage.delete(each.row.file)
        image.file.storage.save(each.row.file, ContentFile(each.content))
    if not _note(image, made):
        for each in made:
            image.file.storage.delete(each.row.file)


def forget_renditions(image: Image) -> list[str]:
    """The row knows no renditions any more. Returns: their files, to be deleted."""
    files = [row.file for row in image.rendition_rows]
    image.renditions = []
    return files


@transaction.atomic
def _note(image: Image, made: list[_Made]) -> bool:
    """The row knows its renditions, unless it is gone or has another file by now."""
    rows = [asdict(each.row) for each in made]
    found = Image.objects.filter(pk=image.pk, file=image.file.name)
    if not found.update(renditions=rows):
        return False
    show_anew(image)
    return True


def show_anew(image: Image) -> None:
    """Issues that show the picture show it as it is now; inside a transaction."""
    for issue in Issue.objects.exclude(publish_at=None).filter(pictures=image):
        derive(issue)


def _make(picture: PIL.Image.Image, stem: str) -> Iterator[_Made]:
    full = picture.width
    widths = [width for width in WIDTHS if width < full]
    for width in [*widths, *([full] if full <= WIDTHS[-1] else [])]:
        sized = _resize(picture, width)
        yield _encode(sized, "avif", stem)
        if width < full:  # the picture itself is WebP
            yield _encode(sized, "webp", stem)
    sized = _resize(picture, min(full, FALLBACK_WIDTH))
    yield _encode(sized, "png" if sized.mode == "RGBA" else "jpg", stem)


def _resize(picture: PIL.Image.Image, width: int) -> PIL.Image.Image:
    if width == picture.width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), PIL.Image.Resampling.LANCZOS)


def _encode(picture: PIL.Image.Image, extension: str, stem: str) -> _Made:
    encoder, options = ENCODERS[extension]
    out = BytesIO()
    picture.save(out, encoder, **options)
    content = out.getvalue()
    row = Rendition(
        extension=extension,
        width=picture.width,
        height=picture.height,
        size_bytes=len(content),
        checksum=sha256(content).hexdigest(),
        file=f"pictures/{stem}-{picture.width}.{extension}",
    )
    return _Made(row, content)
