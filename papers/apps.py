from django.apps import AppConfig

from superfast.search import sources
from superfast.search.documents import Kind


class PapersConfig(AppConfig):
    name = "papers"

    def ready(self) -> None:
        sources.register(Kind.PAPER, "papers.search.all_documents")
