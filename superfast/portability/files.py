"""The files of an export: written the same each time, read with suspicion."""

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from superfast.common.front_matter import FENCE

FORMAT = "superfast-site"
VERSION = 1
MANIFEST = "superfast.json"
_SAFE = re.compile(r"^(?:data/[a-z-]+\.json|(?:issues|pages)/[\w-]{1,120}\.md|"
                   r"pictures/[0-9a-f]{24}\.(?:webp|gif)|superfast\.json)$", re.ASCII)  # fmt: skip
MAX_TEXT_BYTES = 500_000_000
MAX_MARKDOWN_BYTES = 4_000_000


class ImportRefusedError(ValueError):
    """The files can't be taken in; the message is a sentence for the operator."""


def to_json(value: Any) -> str:
    """Stable JSON that a person can read and compare."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_markdown(text: str, path: str) -> tuple[dict[str, Any], str]:
    """Front matter and text. Raises: ImportRefusedError."""
    opening, _, rest = text.partition(FENCE)
    front, fence, body = rest.partition(FENCE)
    if opening or not fence:
        raise ImportRefusedError(
            f"{path} has no front matter between two lines of ---."
        )
    found = {}
    for line in front.splitlines():
        name, colon, value = line.partition(": ")
        if not colon:
            raise ImportRefusedError(
                f"{path} has a line of front matter without a value."
            )
        found[name] = parse_json(value, path)
    return found, body


def parse_json(text: str, path: str) -> Any:
    """The value of a text. Raises: ImportRefusedError."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ImportRefusedError(f"{path} is no JSON that can be read.") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def write(folder: Path, path: str, content: bytes) -> None:
    """A file of the export is there, in a folder that is there by then."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


class Source:
    """The files of an export that is read.

    Raises: ImportRefusedError where a file is not what an export holds: a link, a name
        that leads elsewhere, anything that is no file of ours, something far too large.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir() or folder.is_symlink():
            raise ImportRefusedError(f"{folder} is no folder.")
        self._folder = folder
        self._paths = set(self._walk(folder))

    def _walk(self, folder: Path) -> list[str]:
        found = []
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                raise ImportRefusedError(f"{name} is a link: exports hold files only.")
            if path.is_dir():
                continue
            if not path.is_file() or not _SAFE.match(name):
                raise ImportRefusedError(f"{name} is no file of an export.")
            found.append(name)
        return found

    def names(self, folder: str) -> list[str]:
        """The paths below one folder, in order."""
        return sorted(p for p in self._paths if PurePosixPath(p).parts[0] == folder)

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        """A file's content. Raises: ImportRefusedError."""
        if not isinstance(path, str) or not _SAFE.match(path):
            raise ImportRefusedError(f"“{path}” is no name of a file of an export.")
        if path not in self._paths:
            raise ImportRefusedError(f"{path} is missing.")
        with (self._folder / path).open("rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise ImportRefusedError(
                f"{path} is too large: at most {limit:,} bytes are read."
            )
        return content

    def read_text(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> str:
        """A text in UTF-8. Raises: ImportRefusedError."""
        try:
            return self.read(path, limit=limit).decode()
        except UnicodeDecodeError as error:
            raise ImportRefusedError(f"{path} is no text in UTF-8.") from error
