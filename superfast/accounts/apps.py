from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from superfast.accounts import roles


class AccountsConfig(AppConfig):
    name = "superfast.accounts"
    label = "accounts"
    default = True

    def ready(self) -> None:
        # Permissions of an app exist once Django has migrated it, not before.
        post_migrate.connect(roles.grant, dispatch_uid="accounts.roles.grant")


class DeskConfig(AdminConfig):
    """Django's admin, with a site of ours in it."""

    default_site = "superfast.accounts.site.DeskSite"
