"""The editors' desk of the quiz."""

from quiz.admin.corrections import CorrectionAdmin, WordingChangeAdmin
from quiz.admin.guesses import GuessAdmin
from quiz.admin.quizzes import QuizAdmin

__all__ = ["CorrectionAdmin", "GuessAdmin", "QuizAdmin", "WordingChangeAdmin"]
