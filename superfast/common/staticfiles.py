"""Static files under names that change with their content."""

import hashlib
from base64 import b64encode
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """WhiteNoise's storage; what a module imports has a name of its own content, too.

    Else a browser puts a new module and the old one that it imports together,
    for as long as it keeps the old one.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}
        self._digests: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:  # Django's
        """The file's address, which lasts as long as the process's list of files."""
        if name not in self._urls or force:
            self._urls[name] = super().url(name, force)
        return self._urls[name]

    def integrity(self, name: str) -> str:
        """What the `integrity` of a script that loads the file says. Read once."""
        if name not in self._digests:
            with self.open(self.stored_name(name)) as file:
                digest = hashlib.sha384(file.read()).digest()
            self._digests[name] = f"sha384-{b64encode(digest).decode()}"
        return self._digests[name]
