from django.apps import AppConfig

from superfast.search import sources
from superfast.search.documents import Kind


class QuizConfig(AppConfig):
    name = "quiz"

    def ready(self) -> None:
        sources.register(Kind.QUIZ, "quiz.search.all_documents")
