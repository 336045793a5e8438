from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class PageCacheConfig(AppConfig):
    name = "superfast.pagecache"
    label = "pagecache"

    def ready(self) -> None:
        # After every migrate: one that rebuilds a table of SQLite drops its triggers.
        post_migrate.connect(
            install_triggers, sender=self, dispatch_uid="pagecache.triggers"
        )


def install_triggers(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """Every write to what readers see is noticed."""
    # By its path: models cannot be read while apps are being loaded.
    import_string("superfast.pagecache.triggers.install")(connections[using])
