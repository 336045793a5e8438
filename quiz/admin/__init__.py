"""The editors' desk of the quiz."""

from quiz.admin.guesses import GuessAdmin
from quiz.admin.quizzes import QuizAdmin

__all__ = ["GuessAdmin", "QuizAdmin"]
