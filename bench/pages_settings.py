"""The site's settings, with the bench's own addresses beside the site's."""

from superfast.settings import *  # noqa: F403

ROOT_URLCONF = "bench.pages_urls"
