from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

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
