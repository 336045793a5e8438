from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "superfast.backup"
    label = "backup"
