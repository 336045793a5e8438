from django.apps import AppConfig

from superfast.search import sources
from superfast.search.documents import Kind


class IssuesConfig(AppConfig):
    name = "issues"

    def ready(self) -> None:
        sources.register(Kind.SECTION, "issues.search.all_sections")
        sources.register(Kind.LINK, "issues.search.all_links")
