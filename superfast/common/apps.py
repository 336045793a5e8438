from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "superfast.common"
    label = "common"
