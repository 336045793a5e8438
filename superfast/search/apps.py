from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "superfast.search"
    verbose_name = "Search"
