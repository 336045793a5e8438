"""Hostile picture files, made by code: name of the trick, file name, content."""

import struct
import zlib
from io import BytesIO

import PIL.Image

from tests.issues.factories import gif_bytes, picture_bytes

SCRIPT = b"<script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of a PNG file."""
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
    )


def png(
    width: int, height: int, *pieces: bytes, depth: int = 8, colour: int = 2
) -> bytes:
    """A PNG file that claims a size and consists of the given pieces."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(pieces)
        + chunk(b"IEND", b"")
    )


def pixels(size: int) -> bytes:
    """Zero bytes, packed."""
    return chunk(b"IDAT", zlib.compress(bytes(size), 9))


def with_piece(piece: bytes) -> bytes:
    """A good PNG with one more piece behind its head."""
    whole: bytes = picture_bytes("PNG")
    return whole[:33] + piece + whole[33:]


def exif(text: bytes, **more: object) -> bytes:
    """A JPEG photograph with text and a position in its metadata."""
    data = PIL.Image.Exif()
    data[0x010E] = text.decode("latin-1")
    data[0x0112] = more.get("orientation", 6)
    data.get_ifd(0x8825).update(
        {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    )
    photograph: bytes = picture_bytes("JPEG", exif=data)
    return photograph


def bomb_of_gif(width: int, height: int, frames: int) -> bytes:
    """An animation that claims a large screen and has frames of one pixel."""
    head = (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
        + b"\0\0\0\xff\xff\xff"
    )
    frame = (
        b"\x21\xf9\x04\x04\x01\x00\x00\x00"
        + b"\x2c"
        + struct.pack("<HHHHB", 0, 0, 1, 1, 0)
    )
    return head + (frame + b"\x02\x02\x44\x01\x00") * frames + b"\x3b"


def _polyglots() -> dict[str, bytes]:
    good, moving = picture_bytes("PNG"), gif_bytes()
    return {
        "PNG followed by HTML": good + SCRIPT,
        "PNG followed by SVG": good + SVG,
        "PNG followed by ZIP": good
        + b"PK\x03\x04"
        + bytes(40)
        + b"PK\x05\x06"
        + bytes(18),
        "PNG with a script in a text": with_piece(
            chunk(b"tEXt", b"Comment\0" + SCRIPT)
        ),
        "PNG with a script in a packed text": with_piece(
            chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SCRIPT * 99))
        ),
        "PNG with a script in its profile": with_piece(
            chunk(b"iCCP", b"x\0\0" + zlib.compress(SCRIPT))
        ),
        "PNG with a piece of PHP": with_piece(
            chunk(b"abCd", b"<?php system($_GET[0]); ?>")
        ),
        "JPEG followed by HTML": picture_bytes("JPEG") + SCRIPT,
        "JPEG with a script in a comment": picture_bytes("JPEG", comment=SCRIPT),
        "JPEG followed by PDF": picture_bytes("JPEG") + b"%PDF-1.4 /JS (app.alert(1))",
        "GIF that begins as a script": b"GIF89a=1;alert(1)//" + moving[6:],
        "GIF followed by a script": moving + b"/*" + SCRIPT + b"*/",
        "GIF with a script in a comment": moving[:13]
        + b"\x21\xfe"
        + bytes([len(SCRIPT)])
        + SCRIPT
        + b"\0"
        + moving[13:],
        "WebP followed by HTML": picture_bytes("WEBP") + SCRIPT,
        "WebP with XMP": picture_bytes("WEBP", xmp=SCRIPT * 20),
        "HTML before a PNG": SCRIPT + good,
        "ZIP before a PNG": b"PK\x03\x04" + bytes(26) + good,
    }


def _liars() -> dict[str, bytes]:
    return {
        "SVG": SVG,
        "SVG with a doctype": b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        + SVG,
        "SVG of a billion laughs": b"<!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><svg>&b;</svg>",
        "HTML": b"<!doctype html>" + SCRIPT,
        "PHP": b"<?php phpinfo();",
        "PDF": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n",
        "an executable": b"\x7fELF" + bytes(200),
        "a shell script": b"#!/bin/sh\nid\n",
        "a ZIP": b"PK\x05\x06" + bytes(18),
        "BMP": picture_bytes("BMP"),
        "TIFF": picture_bytes("TIFF"),
        "ICO": picture_bytes("ICO", size=(16, 16)),
        "PPM": picture_bytes("PPM"),
        "TGA": picture_bytes("TGA"),
        "XBM": b"#define x_width 8\n#define x_height 1\nstatic char x_bits[] = {0x00};",
        "an ImageMagick script": b"push graphic-context\nfill 'url(https://e.example/x.jpg\"|id\")'\n",
        "an HLS list": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    }


def _bombs() -> dict[str, bytes]:
    return {
        "PNG of 64000 by 64000": png(64_000, 64_000, pixels(10_000_000)),
        "PNG of 41 megapixels": png(6_405, 6_405, pixels(1_000_000)),
        "PNG of 2 thousand million by 1": png(2**31 - 1, 1, pixels(1_000)),
        "PNG of no width": png(0, 9, pixels(10)),
        "PNG of no height": png(9, 0, pixels(10)),
        "PNG with a text of 60 MB packed": with_piece(
            chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(60_000_000), 9))
        ),
        "PNG with a profile of 60 MB packed": with_piece(
            chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(60_000_000), 9))
        ),
        "PNG with 50000 texts": with_piece(chunk(b"tEXt", b"a\0b") * 50_000),
        "PNG whose pixels go on": png(8, 8, pixels(50_000_000)),
        "PNG of 6000 by 6000 in 16 bits": png(
            6_000, 6_000, pixels(6_000 * (6_000 * 2 + 1)), depth=16, colour=0
        ),
        "GIF of 5000 frames": bomb_of_gif(1, 1, 5_000),
        "GIF of 590 frames of 2000 by 2000": bomb_of_gif(2_000, 2_000, 590),
        "GIF of 65535 by 65535": bomb_of_gif(65_535, 65_535, 2),
        "GIF just under the limit of pixels": bomb_of_gif(288, 288, 599),
        "21 MB of zero bytes": bytes(21 * 1024 * 1024),
        "JPEG followed by 21 MB": picture_bytes("JPEG") + bytes(21 * 1024 * 1024),
    }


def _broken() -> dict[str, bytes]:
    whole = {
        kind: picture_bytes(kind, size=(200, 150))
        for kind in ("PNG", "JPEG", "WEBP", "AVIF")
    }
    cut = {
        f"{kind} cut in half": data[: len(data) // 2] for kind, data in whole.items()
    }
    flipped = {
        f"{kind} with a wrong byte in each 16": bytes(
            byte ^ 0xFF if place > 12 and place % 16 == 5 else byte
            for place, byte in enumerate(data)
        )
        for kind, data in whole.items()
    }
    return {
        **cut,
        **flipped,
        "the PNG signature alone": b"\x89PNG\r\n\x1a\n",
        "the JPEG signature alone": b"\xff\xd8\xff",
        "the GIF signature alone": b"GIF89a",
        "the WebP signature alone": b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        "the AVIF signature alone": b"\0\0\0\x1cftypavif\0\0\0\0avif",
        "PNG with a wrong checksum": png(8, 8, b"\0\0\0\x01IDATx\0\0\0\0"),
        "PNG whose piece claims 4 GB": png(8, 8, b"\xff\xff\xff\xffIDATx"),
        "PNG of an unknown colour": png(8, 8, pixels(300), colour=5),
        "PNG of an unknown depth": png(8, 8, pixels(300), depth=7),
        "PNG without pixels": png(8, 8),
        "AVIF whose box claims everything": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\xff\xff\xff\xffmeta",
        "one byte": b"\0",
        "nothing": b"",
    }


def _odd() -> dict[str, bytes]:
    return {
        "CMYK": picture_bytes("JPEG", mode="CMYK"),
        "16 bits of grey": picture_bytes("PNG", mode="I;16"),
        "one bit": picture_bytes("PNG", mode="1"),
        "a palette with transparency": picture_bytes("PNG", mode="P", transparency=0),
        "grey with transparency": picture_bytes("PNG", mode="LA"),
        "EXIF with a script and a position": exif(SCRIPT),
        "EXIF turned by nonsense": exif(b"x", orientation=99),
        "EXIF of 60 KB": exif(b"A" * 60_000),
        "one pixel": picture_bytes("PNG", size=(1, 1)),
        "1 by 30000": picture_bytes("PNG", size=(1, 30_000)),
    }


def largest() -> dict[str, bytes]:
    """Good pictures of as many pixels as are taken, each kind as its decoder unfolds it."""
    side, less = 6_320, 3_160
    found = {
        f"PNG of 40 megapixels, {name}": png(
            side, side, *pieces, pixels(side * (side * depth // 8 * count + 1)),
            depth=depth, colour=colour,
        )
        for name, depth, colour, count, pieces in (
            ("colours", 8, 2, 3, ()),
            ("colours and transparency", 8, 6, 4, ()),
            ("16 bits of colours", 16, 2, 3, ()),
            ("16 bits of grey", 16, 0, 1, ()),
            ("grey and transparency", 8, 4, 2, ()),
            ("colours and 18 MB more", 8, 2, 3, (chunk(b"abCd", bytes(18_000_000)),)),
            ("a palette", 8, 3, 1, (chunk(b"PLTE", bytes(768)), chunk(b"tRNS", bytes(256)))),
        )
    }  # fmt: skip
    passes = {"progressive": True, "subsampling": 0}
    for name, size, mode, kind, options in (
        ("JPEG of 40 megapixels", side, "RGB", "JPEG", {}),
        ("JPEG of 40 megapixels of CMYK", side, "CMYK", "JPEG", {}),
        ("JPEG of 10 megapixels in passes", less, "RGB", "JPEG", passes),
        ("JPEG of 10 megapixels of CMYK in passes", less, "CMYK", "JPEG", passes),
        ("WebP of 10 megapixels", less, "RGB", "WEBP", {"method": 0}),
        ("WebP of 10 megapixels and transparency", less, "RGBA", "WEBP", {"method": 0}),
        ("AVIF of 10 megapixels", less, "RGB", "AVIF", {"speed": 10}),
        ("AVIF of 10 megapixels and transparency", less, "RGBA", "AVIF", {"speed": 10}),
        ("JPEG of 40 megapixels in passes", side, "RGB", "JPEG", passes),
        ("WebP of 40 megapixels", side, "RGB", "WEBP", {"method": 0}),
    ):
        out = BytesIO()
        data = PIL.Image.Exif()
        data[0x0112] = 6  # to be turned
        flat = PIL.Image.new("RGB", (size, size), "#336699").convert(mode)
        flat.save(out, kind, exif=data, **options)
        found[name] = out.getvalue()
    return found


FILES = {**_polyglots(), **_liars(), **_bombs(), **_broken(), **_odd()}

NAMES = [
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/cron.d/x",
    "x.png/../../x.py",
    "CON.png",
    "NUL",
    "COM1.jpg",
    "x.php.png",
    "x.png.php",
    "x.svg",
    "x.html",
    ".htaccess",
    "x.png;.html",
    "x.png%00.html",
    "x\u202egnp.exe",
    "\u0130\u017f\ufb01\u00df.png",
    "e\u0301.png",
    "\U0001f4a9.png",
    "<img src=x onerror=alert(1)>.png",
    "'; DROP TABLE issues_image; --.png",
    "a" * 300 + ".png",
    " .png",
    "...",
    "-rf.png",
    "$(id).png",
    "x.png\r\nX-Evil: 1",
    "C:\\x.png",
    "\\\\host\\share\\x.png",
    "file:///etc/passwd",
    "~root/.ssh/x.png",
]
