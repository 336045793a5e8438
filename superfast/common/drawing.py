"""Pictures that stand where a page of ours is linked to: in the site's own look.

1200 by 630 pixels, as previews want them. The fonts lie beside this file as TrueType,
since not every FreeType reads the WOFF2 that browsers get.
"""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
INK, SIGNAL, PAPER, GREY = "#14161a", "#ffd91a", "#fffef8", "#4b5058"
FONTS = Path(__file__).parent / "fonts"
ELLIPSIS = "…"

# From the largest that may be, for a title of a few words, to the least that is legible.
_TITLE_SIZES = (96, 84, 72, 60, 52)
_TITLE_HEIGHT = 300


@lru_cache(maxsize=256)
def draw_page(kicker: str, title: str, line: str) -> bytes:
    """The picture of a page, as PNG: what it is, its title, and a line about it.

    The title is as large as it may be and still fit; what does not is cut. Words with
    letters that our fonts lack are left out.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, 18), fill=SIGNAL)
    draw.text((MARGIN, MARGIN), kicker, GREY, font_of("grotesk", 30))
    top = MARGIN + 62
    if can_draw(title):
        size, lines = _fit(title)
        font = font_of("grotesk", size)
        for text in lines:
            draw.text((MARGIN - size // 24, top), text, INK, font)
            top += round(size * 1.04)
    if line and can_draw(line) and top < HEIGHT - 3 * MARGIN:
        font = font_of("serif", 34)
        room = 2 if top < HEIGHT - 4 * MARGIN else 1
        for text in wrap(line, font.getlength, WIDTH - 2 * MARGIN, lines=room):
            draw.text((MARGIN, top + 22), text, INK, font)
            top += 44
    sign(draw)
    # A few colours and their shades: a third of the bytes.
    return to_png(picture.quantize(64, dither=Image.Dither.NONE))


def _fit(title: str) -> tuple[int, list[str]]:
    """The size of the title's letters, and its lines."""
    width = WIDTH - 2 * MARGIN
    for size in _TITLE_SIZES:
        font = font_of("grotesk", size)
        room = int(_TITLE_HEIGHT / (size * 1.04))
        lines = wrap(title, font.getlength, width, lines=room)
        if not lines or not lines[-1].endswith(ELLIPSIS):
            break
    return size, lines


def to_png(picture: Image.Image) -> bytes:
    """The picture's file."""
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def wrap(
    text: str, measure: Callable[[str], float], width: float, lines: int = 3
) -> list[str]:
    """The text in at most so many lines of that width; what is cut ends in “…”."""
    found: list[str] = []
    for word in text.split():
        longer = f"{found[-1]} {word}" if found else word
        if found and measure(longer) <= width:
            found[-1] = longer
        elif len(found) < lines:
            found.append(word)
        else:
            found[-1] += ELLIPSIS
            break
    return [_cut(line, measure, width) for line in found]


def _cut(line: str, measure: Callable[[str], float], width: float) -> str:
    """The line, or as much of it as fits."""
    if measure(line) <= width:
        return line
    line = line.removesuffix(ELLIPSIS)
    while line and measure(line + ELLIPSIS) > width:
        line = line[:-1].rstrip()
    return line + ELLIPSIS


def can_draw(text: str) -> bool:
    """Whether the fonts have every letter of the text."""
    font = font_of("serif", 36)
    unknown = bytes(font.getmask("\U0010ffff"))
    return all(
        char.isspace() or bytes(font.getmask(char)) != unknown for char in {*text}
    )


@lru_cache(maxsize=16)
def font_of(face: str, size: int) -> ImageFont.FreeTypeFont:
    """One of our faces, `serif` or `grotesk`."""
    return ImageFont.truetype(FONTS / f"superfast-{face}.ttf", size)


def sign(draw: ImageDraw.ImageDraw) -> None:
    """The site's name at the foot, its last word on a slab."""
    font = font_of("grotesk", 40)
    first, _, last = settings.SITE_NAME.rpartition(" ")
    bottom = HEIGHT - MARGIN
    draw.text((MARGIN, bottom), first, INK, font, anchor="ls")
    left = MARGIN + font.getlength(f"{first} ") + 8
    right = left + font.getlength(last) + 24
    draw.rectangle((left, bottom - 40, right, bottom + 12), fill=INK)
    draw.text((left + 12, bottom), last, SIGNAL, font, anchor="ls")
