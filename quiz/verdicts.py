"""How a guess came out, in a word and in a sentence."""

from datetime import datetime, timedelta
from enum import Enum

from quiz.models import Guess, Quiz
from quiz.services.corrections import is_right, lie_at

NOT_COUNTED = {
    Guess.Reason.NO_COOKIE: (
        "Your browser keeps no cookie, so your guess is not in the figures."
    ),
    Guess.Reason.STAFF: "You are one of us, so your guess is not in the figures.",
}
NOT_COUNTED_EITHER = "Your guess is stored, but it is not in the figures."
GAVE_UP = "Giving up is recorded, and enters no figure."
TOO_LATE = (
    "This quiz had closed when you played it: your guess is not in the figures "
    "below, but among those from the back catalogue."
)


# Until then it is the answer to the guess; later, to somebody who comes back.
JUST_NOW = timedelta(seconds=10)


class Outcome(Enum):
    """How a player did; `VOID` where nobody is told."""

    SPOTTED = "spotted"
    FOOLED = "fooled"
    GAVE_UP = "gave-up"
    VOID = "void"


def outcome_of(guess: Guess, quiz: Quiz) -> Outcome:
    """How the player did. Cost: see `is_right`."""
    if quiz.voided_at:
        return Outcome.VOID
    if guess.headline_id is None:
        return Outcome.GAVE_UP
    return Outcome.SPOTTED if is_right(guess, quiz) else Outcome.FOOLED


def verdict_on(guess: Guess, quiz: Quiz, outcome: Outcome) -> str:
    """The sentence that comes first."""
    match outcome:
        case Outcome.VOID:
            return "This quiz does not count."
        case Outcome.GAVE_UP:
            return "You gave up. Here is the lie."
        case Outcome.FOOLED:
            return "You were fooled: the headline you picked is true."
        case Outcome.SPOTTED:
            if guess.headline_id != quiz.lie_id:
                return "You were right by the key of the day, and that counts."
            if guess.headline_id != lie_at(quiz, guess.key_version):
                return "You spotted the lie before we did."
            return "You spotted the lie."


def note_on(guess: Guess) -> str:
    """What a player should know of the guess itself."""
    if guess.headline_id is None:
        return GAVE_UP
    if not guess.counted:
        reason = Guess.Reason(guess.uncounted_reason)
        return NOT_COUNTED.get(reason, NOT_COUNTED_EITHER)
    return "" if guess.in_period else TOO_LATE


def remind_of(guess: Guess, at: datetime) -> str:
    """To who has guessed before and may have tried once more: when, and that it stands."""
    if at - guess.created_at < JUST_NOW:
        return ""
    did = "gave up" if guess.headline_id is None else "guessed"
    return f"You {did} on {guess.created_at:%-d %B %Y}, and what came first stands."
