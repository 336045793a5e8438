"""Pages of the quiz."""

from quiz.views.guess import submit
from quiz.views.play import quiz_card, quiz_detail, quiz_list
from quiz.views.players import enter_code, forget, keep, new_code, player_page
from quiz.views.sharing import quiz_picture

__all__ = [
    "enter_code",
    "forget",
    "keep",
    "new_code",
    "player_page",
    "quiz_card",
    "quiz_detail",
    "quiz_list",
    "quiz_picture",
    "submit",
]
