"""Files that are handed in while the disk is full."""

import errno
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler


class TemporaryFiles(TemporaryFileUploadHandler):
    """Django's way of receiving large files, to the end even where there is no room.

    A request that is answered before it is read looks, through a proxy, like a server
    that broke down. So the rest is read, and the error raised when all of it has been:
    `superfast.common.errors` says it in words. Raises: OSError, from `request.POST`.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._error: OSError | None = None

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, *args: Any
    ) -> None:
        """Nothing is read of what says that it is larger than any form we take."""
        if content_length > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig(f"A form of {content_length:,} bytes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._skip(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._skip(error)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        try:
            return super().file_complete(file_size)
        except OSError as error:
            self._error = _no_room(error)
            self.upload_interrupted()
            return None

    def upload_complete(self) -> None:
        if self._error:
            raise self._error

    def _skip(self, error: OSError) -> NoReturn:
        self._error = _no_room(error)
        raise SkipFile from error


def _no_room(error: OSError) -> OSError:
    """On a full disk Python finds no folder for temporary files, and says just that."""
    return OSError(errno.ENOSPC, str(error))
