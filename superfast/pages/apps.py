from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PagesConfig(AppConfig):
    name = "superfast.pages"
    label = "pages"

    def ready(self) -> None:
        # After migrate, not in a migration: tables that tests emptied are filled again.
        post_migrate.connect(fill_pages, sender=self, dispatch_uid="pages.defaults")


def fill_pages(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """Every standing page exists; those that do are left as they are."""
    pages: Any = sender.get_model("Page")
    pages.objects.using(using).create_missing()
