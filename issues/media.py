"""Pictures over HTTP: fixed types, validators, ranges, and nothing that could run."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import parse_etags
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, SlicedFile, StaticFile

from issues.models.pictures import CONTENT_TYPES, WIDTHS, ImageQuerySet
from superfast.common.policy import HEADER, SANDBOX

# The file that a proxy is to send in place of this answer's body.
SENT_BY_PROXY = "X-Accel-Redirect"
_RENDITION = re.compile(
    r"^(?P<stem>[0-9a-f]{24})-(?P<width>[1-9][0-9]{0,3})\.(?P<extension>avif|webp|jpg|png)$"
)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that may be served: its path in the storage and what its bytes add up to."""

    path: str
    checksum: str


def find_picture(images: ImageQuerySet, name: str) -> PictureFile:
    """The file of a public name: of a picture, or of one of its renditions.

    A rendition that is not there, not yet or no longer, is answered with the picture
    itself: pages that were made a minute ago still show it.
    Raises: Http404 where these pictures have no such name. Cost: one query.
    """
    asked = _RENDITION.match(name)
    if asked is None:
        image = images.filter(name=name).first()
    else:
        stem = asked["stem"]
        image = images.filter(name__in=(f"{stem}.webp", f"{stem}.gif")).first()
    if image is None:
        raise Http404
    whole = PictureFile(str(image.file.path), image.checksum)
    if asked is None:
        return whole
    width = int(asked["width"])
    for row in image.rendition_rows:
        if (row.width, row.extension) == (width, asked["extension"]):
            found = PictureFile(image.file.storage.path(row.file), row.checksum)
            return found if Path(found.path).is_file() else whole
    if width not in {*WIDTHS, image.width}:
        raise Http404
    return whole


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
    request: HttpRequest, file: PictureFile, *, is_public: bool = True
) -> HttpResponseBase:
    """One picture, whole or in part; 304 where the browser has it already.

    A public one may be shown by other sites: feed readers are such.
    Conditions and ranges are WhiteNoise's, or the proxy's where it sends the file.
    Raises: Http404 where the file is gone.
    """
    path = Path(file.path)
    if not path.is_file():
        raise Http404
    headers = [
        ("Content-Type", CONTENT_TYPES[path.suffix.removeprefix(".")]),
        ("Cache-Control", f"{'public' if is_public else 'private'}, max-age=300"),
        ("ETag", f'"{file.checksum[:32]}"'),
        ("Accept-Ranges", "bytes"),
        (HEADER, SANDBOX),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Disposition", "inline"),
        (
            "Cross-Origin-Resource-Policy",
            "cross-origin" if is_public else "same-origin",
        ),
    ]
    if settings.PROXY_SENDS_FILES:
        inside = path.relative_to(settings.MEDIA_ROOT).as_posix()
        return HttpResponse(headers={**dict(headers), SENT_BY_PROXY: f"/{inside}"})
    response: HttpResponseBase = WhiteNoiseMiddleware.serve(
        _PictureFile(str(path), headers), request
    )
    return response
