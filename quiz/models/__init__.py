"""The quiz's tables, by concept."""

from quiz.models.corrections import Correction, WordingChange
from quiz.models.guesses import Guess, Player, Rollup, Tally, TransferCode
from quiz.models.quizzes import HEADLINE_COUNT, Headline, Quiz, QuizQuerySet

__all__ = [
    "HEADLINE_COUNT",
    "Correction",
    "Guess",
    "Headline",
    "Player",
    "Quiz",
    "QuizQuerySet",
    "Rollup",
    "Tally",
    "TransferCode",
    "WordingChange",
]
