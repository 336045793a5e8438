from django.apps import AppConfig, apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from superfast.common import (
    lookups,  # noqa: F401  # registers itself
    slow_queries,
)
from superfast.common.schedules import declare_schedules


class CommonConfig(AppConfig):
    name = "superfast.common"
    label = "common"

    def ready(self) -> None:
        # Once the queue's tables are there, and again after tests emptied them.
        post_migrate.connect(
            declare_schedules,
            sender=apps.get_app_config("django_q"),
            dispatch_uid="common.schedules",
        )
        connection_created.connect(slow_queries.watch, dispatch_uid="common.slow")
