"""Pages of the quiz."""

from quiz.views.play import quiz_card, quiz_detail, quiz_list, submit

__all__ = ["quiz_card", "quiz_detail", "quiz_list", "submit"]
