from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "superfast.demo"
    label = "demo"
