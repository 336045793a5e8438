"""Pictures over HTTP: fixed types, validators, ranges, and nothing that could run."""

from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.http import parse_etags
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, SlicedFile, StaticFile

from issues.models import Image
from issues.pictures import CONTENT_TYPES
from superfast.common.policy import HEADER, SANDBOX


class _PictureFile(StaticFile):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's file, which by itself refuses a range of a single byte.

    Nor does it know lists of validators, or the weak ones that caches make of ours.
    """

    def is_not_modified(self, request_headers: Any) -> bool:
        asked = request_headers.get("HTTP_IF_NONE_MATCH")
        if asked is None:
            return bool(super().is_not_modified(request_headers))
        known = [etag.removeprefix("W/") for etag in parse_etags(asked)]
        return self.etag in known or known == ["*"]

    def get_range_response(
        self, range_header: str, base_headers: Any, file_handle: Any
    ) -> Response:
        headers = Headers(list(base_headers))
        size = int(headers["Content-Length"] or 0)
        start, end = self.get_byte_range(range_header, size)
        if start != end:
            return super().get_range_response(range_header, base_headers, file_handle)
        headers["Content-Length"] = "1"
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        body = SlicedFile(file_handle, start, end) if file_handle else None
        return Response(HTTPStatus.PARTIAL_CONTENT, headers.items(), body)


def serve_picture(
    request: HttpRequest, image: Image, *, is_public: bool = True
) -> HttpResponseBase:
    """One picture, whole or in part; 304 where the browser has it already.

    A public one may be shown by other sites: feed readers are such.
    Conditions and ranges are WhiteNoise's. Raises: Http404 where the file is gone.
    """
    path = Path(image.file.path)
    if not path.is_file():
        raise Http404
    headers = [
        ("Content-Type", CONTENT_TYPES[path.suffix.removeprefix(".")]),
        ("Cache-Control", f"{'public' if is_public else 'private'}, max-age=300"),
        ("ETag", f'"{image.checksum[:32]}"'),
        ("Accept-Ranges", "bytes"),
        (HEADER, SANDBOX),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Disposition", "inline"),
        (
            "Cross-Origin-Resource-Policy",
            "cross-origin" if is_public else "same-origin",
        ),
    ]
    response: HttpResponseBase = WhiteNoiseMiddleware.serve(
        _PictureFile(str(path), headers), request
    )
    return response
