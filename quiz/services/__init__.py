"""What happens to a quiz: it is put together, checked, shown and guessed at."""

from quiz.services.authoring import (
    Problem,
    check_quiz,
    choose_lie,
    find_contradictions,
    find_gaps,
    find_spoilers,
    give_number,
)
from quiz.services.playing import (
    Card,
    QuizFace,
    UnknownHeadlineError,
    arranged,
    deal_cards,
    deal_hands,
    find_current_quiz,
    find_guess,
    mark_uncounted,
    show_quiz,
    submit_guess,
)

__all__ = [
    "Card",
    "Problem",
    "QuizFace",
    "UnknownHeadlineError",
    "arranged",
    "check_quiz",
    "choose_lie",
    "deal_cards",
    "deal_hands",
    "find_contradictions",
    "find_current_quiz",
    "find_gaps",
    "find_guess",
    "find_spoilers",
    "give_number",
    "mark_uncounted",
    "show_quiz",
    "submit_guess",
]
