"""What the form and the reveal show: the reveal's is the only place that loads the answer."""

from typing import Any

from quiz import services, tokens
from quiz.models import Guess, Quiz
from quiz.reveals import reveal_to
from quiz.sharing import share_of
from quiz.streaks import streak_of


def form_context(
    quiz: Quiz,
    *,
    channel: Guess.Channel,
    player: str | None,
    choice: str,
    arrangement: int | None = None,
    error: str = "",
) -> dict[str, Any]:
    """A form with an order and a token of its own."""
    if arrangement is None:
        arrangement = tokens.draw_arrangement()
    face = services.show_quiz(quiz)
    return {
        "quiz": face,
        "headlines": services.arranged(face.headlines, arrangement),
        "choice": choice if choice in {card.handle for card in face.headlines} else "",
        "token": tokens.make_token(
            quiz.pk, channel, arrangement=arrangement, player=player
        ),
        "closed_at": quiz.closed_at,
        "error": error,
    }


def reveal_context(guess: Guess, *, has_cookie: bool = True) -> dict[str, Any]:
    """The answer, for who has guessed."""
    reveal = reveal_to(guess)
    player = guess.player if has_cookie else None
    streak = streak_of(player, reveal.quiz) if player else None
    return {
        "reveal": reveal,
        "quiz": reveal.quiz,
        "verdict": reveal.verdict,
        "spotted": reveal.spotted,
        "rows": reveal.rows,
        "total": reveal.total,
        "next_quiz": reveal.next_quiz,
        "streak": streak,
        "share": share_of(reveal, streak),
    }
