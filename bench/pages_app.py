"""One application for bench.pages: the site, the site without its cache, a bare view.

All three are served by the same processes, so that they differ in nothing else:
`/bare/` runs Django with `MIDDLEWARE = []`; below `/cold/` nothing is kept.
"""

import gc
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.core.wsgi import get_wsgi_application

site = get_wsgi_application()

from django.conf import settings  # noqa: E402  # after the line that reads them
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  # needs the settings
from django.test.utils import override_settings  # noqa: E402

from superfast.pagecache.application import PageCache  # noqa: E402

with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()  # reads the setting now, and not again

warm = PageCache(site, max_bytes=64 * 1024 * 1024)
cold = PageCache(site, max_bytes=0)
_COLD = "/cold"

# As superfast.wsgi does.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()


def application(
    environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/bare/"):
        return bare(environ, start_response)
    if path.startswith(f"{_COLD}/"):
        environ["PATH_INFO"] = path.removeprefix(_COLD)
        return cold(environ, start_response)
    return warm(environ, start_response)
