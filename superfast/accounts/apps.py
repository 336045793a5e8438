from django.apps import AppConfig
from django.db.models.signals import post_migrate

from superfast.accounts import roles


class AccountsConfig(AppConfig):
    name = "superfast.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Permissions of an app exist once Django has migrated it, not before.
        post_migrate.connect(roles.grant, dispatch_uid="accounts.roles.grant")
