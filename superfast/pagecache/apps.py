from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import import_string


class PageCacheConfig(AppConfig):
    name = "superfast.pagecache"
    label = "pagecache"

    def ready(self) -> None:
        # PostgreSQL alters no column that a trigger names.
        pre_migrate.connect(widen_triggers, sender=self, dispatch_uid="pagecache.widen")
        # After every migrate: one that rebuilds a table of SQLite drops its triggers.
        post_migrate.connect(
            install_triggers, sender=self, dispatch_uid="pagecache.triggers"
        )


def widen_triggers(
    sender: AppConfig, *, using: str, plan: Any = (), **kwargs: Any
) -> None:
    """While there is something to migrate, any write counts, of whichever column."""
    if plan:
        install = import_string("superfast.pagecache.triggers.install")
        install(connections[using], by_column=False)


def install_triggers(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """Every write to what readers see is noticed."""
    # By its path: models cannot be read while apps are being loaded.
    import_string("superfast.pagecache.triggers.install")(connections[using])
