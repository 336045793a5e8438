"""The WSGI application that the server runs: the page cache, and the site behind it."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superfast.settings")

site = get_wsgi_application()

from django.conf import settings  # noqa: E402  # after the line that says where they are

from superfast.common.metrics import measure_kept  # noqa: E402  # needs the settings
from superfast.pagecache.application import PageCache  # noqa: E402  # needs the apps

# While somebody works on the templates, each answer is made anew.
application = (
    site
    if settings.DEBUG
    else PageCache(
        site,
        max_bytes=settings.PAGE_CACHE_BYTES,
        measure=measure_kept if settings.METRICS_DIR else None,
    )
)

# What every page needs is loaded before the first is asked for, and is never again looked
# through for garbage: that held up a request for 50 ms now and then, and takes 4 without it.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
