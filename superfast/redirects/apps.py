from django.apps import AppConfig


class RedirectsConfig(AppConfig):
    name = "superfast.redirects"
    label = "redirects"
