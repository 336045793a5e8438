"""Pictures: what is let in, and what is made of it."""

import hashlib
import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import IO

import PIL.Image
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q
from PIL import ImageOps, ImageSequence, UnidentifiedImageError
from PIL.Image import DecompressionBombError, DecompressionBombWarning, Resampling

from issues.models import Image, Issue
from issues.renditions import forget_renditions, plan_renditions, show_anew

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
MAX_SIDE = 2400
# Of these the decoder holds several copies at once, and of a JPEG in passes what it is
# made of: less is taken of them, so that no picture takes a process beyond 300 MB.
_WHOLE_DECODED = {"WEBP", "AVIF"}
MAX_WHOLE_PIXELS = 10_000_000
_BAND_ROWS = 64
_ORIENTATION = 0x0112
MAX_FRAMES = 600
# The frames that are written are held at once.
MAX_ANIMATED_PIXELS = 50_000_000
_MEGAPIXELS_TAKEN = f"at most {settings.PICTURE_MAX_PIXELS // 1_000_000} are taken."


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as we keep it; width and height in pixels."""

    content: bytes
    extension: str
    width: int
    height: int


def store_picture(*, image: Image, picture: Encoded) -> None:
    """The image has its file, a random name and its measures, and is stored.

    Args:
        image: unsaved, with alternative text, caption, credit and owner.
        picture: what `encode` has made of a file.

    Raises: ValidationError; whatever is raised, neither row nor file is left.
    """
    image.name = f"{secrets.token_hex(12)}.{picture.extension}"
    _measure(image, picture)
    image.full_clean(exclude=["file"])
    path = image.file.field.generate_filename(image, image.name)
    try:
        with transaction.atomic():
            image.file.save(image.name, ContentFile(picture.content), save=False)
            image.save()
            plan_renditions(image)
    except BaseException:
        # Half a file may lie there, too: a disk that is full stops in the middle of one.
        image.file.storage.delete(path)
        raise


def replace_picture(*, image: Image, picture: Encoded) -> None:
    """The picture shows something else under the same address, in every issue at once.

    Browsers that ask again get the new one, since its validator differs; the old files
    go once that is for good.
    Raises: ValidationError; whatever is raised, row and files are as before.
    """
    storage, old = image.file.storage, [str(image.file.name), *forget_renditions(image)]
    new = f"{secrets.token_hex(12)}.{picture.extension}"
    _measure(image, picture)
    image.full_clean(exclude=["file"])
    path = image.file.field.generate_filename(image, new)
    try:
        with transaction.atomic():
            image.file.save(new, ContentFile(picture.content), save=False)
            image.save()
            show_anew(image)
            plan_renditions(image)
            transaction.on_commit(lambda: _delete_files(storage, old))
    except BaseException:
        storage.delete(path)
        raise


def delete_picture(*, image: Image) -> None:
    """Neither row nor files are left; the files go once the row is gone for good.

    Raises: ValidationError where an issue shows it, or a text still being written.
    """
    if uses := find_uses(image):
        raise ValidationError(f"It stands in “{uses[0]}”: take it out there first.")
    storage, old = image.file.storage, [str(image.file.name), *forget_renditions(image)]
    image.delete()
    transaction.on_commit(lambda: _delete_files(storage, old))


def find_uses(image: Image) -> list[Issue]:
    """Issues whose cover, text or working text shows the picture. Cost: one query.

    Those in the trash are among them: they may come back.
    """
    shows = Q()
    for path in ("", "working_revision__"):
        shows |= Q((f"{path}cover", image)) | Q((f"{path}body__contains", image.src))
    return [*Issue.with_trashed.filter(shows).without_text()]


def warn_of_weight(images: Iterable[Image]) -> list[str]:
    """A sentence for each picture of which readers load more than they should."""
    return [
        f"The picture “{image.alt}” weighs {_kilobytes(image.loaded_bytes)}: "
        f"at most {_kilobytes(image.budget_bytes)} load quickly."
        for image in images
        if image.is_over_budget
    ]


def _kilobytes(size: int) -> str:
    return f"{size / 1000:,.0f} KB"


def _measure(image: Image, picture: Encoded) -> None:
    image.width, image.height = picture.width, picture.height
    image.size_bytes = len(picture.content)
    image.checksum = hashlib.sha256(picture.content).hexdigest()


def _delete_files(storage: Storage, paths: Iterable[str]) -> None:
    for path in paths:
        storage.delete(path)


def encode(file: IO[bytes]) -> Encoded:
    """The picture in a file, turned upright, without metadata, encoded anew.

    Nothing of the file itself is kept: not its name, its type, its EXIF data.
    Still pictures become WebP of at most 2400 px a side, moving GIFs stay GIFs.
    Raises: ValidationError with a sentence where the file is no picture we take.
    """
    if file.seek(0, SEEK_END) > settings.PICTURE_MAX_BYTES:
        limit = settings.PICTURE_MAX_BYTES // (1024 * 1024)
        raise ValidationError(
            f"The picture is too large: at most {limit} MB are taken."
        )
    try:
        with PIL.Image.open(file, formats=FORMATS) as picture:
            _refuse_giants(picture)
            # Parts of a PNG that nobody knows, megabytes perhaps, are not held meanwhile.
            getattr(picture, "private_chunks", []).clear()
            # A JPEG need not be decoded in full.
            picture.draft(None, (MAX_SIDE, MAX_SIDE))
            if picture.format == "GIF" and getattr(picture, "is_animated", False):
                return _encode_moving(picture)
            fitted, lossless = _fit(picture), picture.format in {"PNG", "GIF"}
            picture.close()  # what it was decoded to is given back before more is needed
            return _encode_still(fitted, lossless=lossless)
    except UnidentifiedImageError as error:
        raise ValidationError(
            "This is no picture that we can read: send a PNG, JPEG, GIF, WebP or AVIF file."
        ) from error
    except ValidationError:
        raise
    except (DecompressionBombError, DecompressionBombWarning) as error:
        raise ValidationError(
            f"The picture has too many megapixels: {_MEGAPIXELS_TAKEN}"
        ) from error
    except Exception as error:
        # Decoders raise all kinds of errors on broken data.
        raise ValidationError(
            "This picture is damaged: it could not be read to its end."
        ) from error


def _refuse_giants(picture: PIL.Image.Image) -> None:
    pixels, most = picture.width * picture.height, settings.PICTURE_MAX_PIXELS
    whole = picture.format in _WHOLE_DECODED or "progressive" in picture.info
    if whole and pixels > MAX_WHOLE_PIXELS:
        kind = "JPEG in passes" if picture.format == "JPEG" else picture.format
        raise ValidationError(
            f"The picture has {pixels / 1e6:.0f} megapixels: at most "
            f"{MAX_WHOLE_PIXELS // 1_000_000} are taken of a {kind}, and "
            f"{most // 1_000_000} of a PNG or a plain JPEG."
        )
    if pixels > most:
        raise ValidationError(
            f"The picture has {pixels / 1e6:.0f} megapixels: {_MEGAPIXELS_TAKEN}"
        )


def _fit(picture: PIL.Image.Image) -> PIL.Image.Image:
    """The picture in RGB or RGBA, within MAX_SIDE, to be turned as it says.

    Band by band, as each whole copy of a large one takes 160 MB.
    """
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    scale = max(1.0, max(picture.size) / MAX_SIDE)
    width, height = (max(1, round(side / scale)) for side in picture.size)
    rows = picture.height / height  # of the picture, for one of the result
    fitted = PIL.Image.new(mode, (width, height))
    for top in range(0, height, _BAND_ROWS):
        bottom = min(top + _BAND_ROWS, height)
        # With the rows beside it that the filter looks at.
        first = max(0, math.floor((top - 3) * rows))
        last = min(picture.height, math.ceil((bottom + 3) * rows))
        band = _plain(picture.crop((0, first, picture.width, last)), mode)
        box = (0, top * rows - first, picture.width, bottom * rows - first)
        if scale > 1:
            band = band.resize((width, bottom - top), Resampling.BICUBIC, box)
        else:
            band = band.crop(box)
        fitted.paste(band, (0, top))
    fitted.getexif()[_ORIENTATION] = picture.getexif().get(_ORIENTATION, 1)
    return fitted


def _plain(band: PIL.Image.Image, mode: str) -> PIL.Image.Image:
    if band.mode.startswith("I"):
        # 16 bits of grey: Pillow's conversion would make all but the darkest white.
        band = band.point(lambda value: value / 256).convert("L")
    return band.convert(mode)


def _encode_still(fitted: PIL.Image.Image, *, lossless: bool) -> Encoded:
    upright = ImageOps.exif_transpose(fitted)
    # A new image carries no metadata over, whatever the decoder had read.
    bare = PIL.Image.new(upright.mode, upright.size)
    bare.paste(upright)
    out = BytesIO()
    bare.save(out, "WEBP", quality=85, method=4, lossless=lossless)
    return Encoded(out.getvalue(), "webp", *bare.size)


def _encode_moving(picture: PIL.Image.Image) -> Encoded:
    count = getattr(picture, "n_frames", 1)
    if (
        count > MAX_FRAMES
        or count * picture.width * picture.height > MAX_ANIMATED_PIXELS
    ):
        raise ValidationError(
            "The animation is too long: send a shorter or a smaller one."
        )
    durations = [
        frame.info.get("duration", 100) for frame in ImageSequence.Iterator(picture)
    ]
    # One after the other: all of them at once would take four bytes a pixel.
    frames = (frame.convert("RGBA") for frame in ImageSequence.Iterator(picture))
    out = BytesIO()
    next(frames).save(
        out,
        "GIF",
        save_all=True,
        append_images=frames,
        duration=durations,
        loop=0,
        disposal=2,
    )
    return Encoded(out.getvalue(), "gif", *picture.size)
