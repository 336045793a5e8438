"""The pictures of a text."""

import re
from collections.abc import Iterable

from issues.checklist.findings import Finding, error, warning
from issues.models import Image, Issue
from superfast.common.blocks import Block, Figure
from superfast.common.outline import Outline

# What a reader on a phone should have to load for one picture.
STILL_BUDGET_BYTES = 500_000
MOVING_BUDGET_BYTES = 3_000_000
_FILE_NAME = re.compile(
    r"(?:\S+\.(?:png|jpe?g|gif|webp|avif|svg|heic|bmp|tiff?))"
    r"|(?:(?:img|dsc|dscn|pxl|image|screenshot|screen shot|untitled)[\s_-]*[\d.:_\s-]+(?:at[\d.:\s]+)?)",
    re.IGNORECASE,
)


def is_file_name(alt: str) -> bool:
    """Whether an alternative text is what a camera or a program called the file."""
    return bool(_FILE_NAME.fullmatch(alt.strip()))


def check_pictures(
    issue: Issue, blocks: list[Block], parts: Outline
) -> Iterable[Finding]:
    """Cost: one query, none without pictures."""
    if issue.cover:
        if is_file_name(issue.cover.alt):
            sentence = (
                f"The cover’s alternative text is a file name: “{issue.cover.alt}”."
            )
            yield warning("alt-file-name", sentence, field="cover")
        yield from _check_size(issue.cover, "The cover", None, "cover")
    figures = [block for block in blocks if isinstance(block, Figure)]
    known = (
        {i.name: i for i in Image.objects.filter(name__in={f.name for f in figures})}
        if figures
        else {}
    )
    for figure in figures:
        line, image = figure.line + 1, known.get(figure.name)
        if image is None:
            yield error("no-picture", f"There is no picture “{figure.name}”.", line)
        else:
            yield from _check_size(image, "The picture", line, "body")
    shown = {figure.line + 1 for figure in figures}
    for picture in parts.pictures:
        alt = picture.text.strip()
        if not alt:
            sentence = "The picture has no alternative text: say what it shows."
            yield error("no-alt", sentence, picture.line)
        elif is_file_name(alt):
            sentence = f"The alternative text is a file name: “{alt}”."
            yield warning("alt-file-name", sentence, picture.line)
        if alt and picture.line not in shown:
            sentence = (
                "Readers get a link, not the picture: “Add a picture” stores it here, "
                "and it stands in a paragraph of its own."
            )
            yield warning("picture-link", sentence, picture.line)


def _check_size(
    image: Image, name: str, line: int | None, field: str
) -> Iterable[Finding]:
    budget = MOVING_BUDGET_BYTES if image.name.endswith(".gif") else STILL_BUDGET_BYTES
    if image.size_bytes > budget:
        sentence = (
            f"{name} has {image.size_bytes / 1000:,.0f} kB, more than the "
            f"{budget / 1000:,.0f} kB that a phone should have to load."
        )
        yield warning("picture-size", sentence, line, field)
