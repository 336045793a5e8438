"""What a browser carries for us, signed: the right to guess, who it is, what it did.

Nothing here is secret from the browser that holds it; it just can't be made up.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from quiz.models import Guess
from quiz.models.guesses import ARRANGEMENTS

PLAY_SALT = "quiz.play"
RECEIPT_SALT = "quiz.receipt"
COOKIE_SALT = "quiz.player"
KEPT_COOKIE_SALT = "quiz.player.kept"
NONCE_SALT = "quiz.nonce"
OWNER_SALT = "quiz.owner"

TOKEN_SECONDS = 24 * 60 * 60
# Long enough to read the reveal and reload it; short, for it is the answer's address.
RECEIPT_SECONDS = 60 * 60
COOKIE_SECONDS = 30 * 24 * 60 * 60
# Thirteen months, for who asked for them.
KEPT_COOKIE_SECONDS = 395 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Play:
    """A form that was handed out: who guesses with it, where it stood, how it looked."""

    player: str
    owner: str
    channel: Guess.Channel
    arrangement: int
    made_at: float

    def is_for(self, player: str | None) -> bool:
        """Whether the form was made for this player, or for anybody."""
        return self.owner in {"", _owner(player)}

    def seconds_until(self, at: datetime) -> float:
        """How long the form had been there at a moment."""
        return max(0.0, at.timestamp() - self.made_at)


def make_nonce() -> str:
    return secrets.token_urlsafe(16)


def draw_arrangement() -> int:
    """One of the orders in which four headlines may stand; see `services.arranged`."""
    return secrets.randbelow(ARRANGEMENTS)


def make_token(
    quiz_id: int,
    channel: Guess.Channel,
    *,
    arrangement: int | None = None,
    player: str | None = None,
) -> str:
    """A form's right to one guess, for a day.

    Args:
        quiz_id: the quiz that may be guessed at.
        channel: where the form stands.
        arrangement: the order of its headlines; drawn if none is given.
        player: the only player who may use it, if the browser has one already.
    """
    if arrangement is None:
        arrangement = draw_arrangement()
    made_ms = int(time.time() * 1000)
    said = [quiz_id, make_nonce(), channel.value, arrangement, made_ms, _owner(player)]
    return signing.dumps(said, salt=PLAY_SALT)


def read_token(token: str, quiz_id: int) -> Play:
    """What a form's token says. Raises: signing.BadSignature, SignatureExpired.

    The player of a browser without a cookie follows from the token: pressing
    twice is one player, who guesses once.
    """
    found = signing.loads(token, salt=PLAY_SALT, max_age=TOKEN_SECONDS)
    try:
        quiz, nonce, channel, arrangement, made_ms, owner = found
    except (TypeError, ValueError) as error:
        raise signing.BadSignature("A token of another kind.") from error
    if quiz != quiz_id:
        raise signing.BadSignature("A token of another quiz.")
    return Play(
        player=salted_hmac(NONCE_SALT, nonce, algorithm="sha256").hexdigest()[:32],
        owner=owner,
        channel=Guess.Channel(channel),
        arrangement=arrangement,
        made_at=made_ms / 1000,
    )


def _owner(player: str | None) -> str:
    """A name for a player that doesn't make anybody the player."""
    if player is None:
        return ""
    return salted_hmac(OWNER_SALT, player, algorithm="sha256").hexdigest()[:16]


def make_receipt(quiz_id: int, player: str) -> str:
    """The proof of a guess, for browsers that keep no cookie."""
    return signing.dumps([quiz_id, player], salt=RECEIPT_SALT)


def read_receipt(receipt: str, quiz_id: int) -> str | None:
    """The player who guessed at this quiz; None if the receipt proves nothing."""
    try:
        found = signing.loads(receipt, salt=RECEIPT_SALT, max_age=RECEIPT_SECONDS)
    except signing.BadSignature:
        return None
    return str(found[1]) if found[0] == quiz_id else None


def read_player(request: HttpRequest) -> str | None:
    """The player of the browser's cookie; None without a cookie of ours.

    A cookie that outlived its time is none, whatever the browser made of it.
    """
    for salt, seconds in (
        (COOKIE_SALT, COOKIE_SECONDS),
        (KEPT_COOKIE_SALT, KEPT_COOKIE_SECONDS),
    ):
        found = request.get_signed_cookie(
            settings.PLAYER_COOKIE_NAME, default=None, salt=salt, max_age=seconds
        )
        if found:
            return found
    return None


def remember_player(
    response: HttpResponse, player: str, *, keeps_streak: bool = False
) -> None:
    """Leaves the player's cookie: for thirty days, or thirteen months if asked for."""
    response.set_signed_cookie(
        settings.PLAYER_COOKIE_NAME,
        player,
        salt=KEPT_COOKIE_SALT if keeps_streak else COOKIE_SALT,
        max_age=KEPT_COOKIE_SECONDS if keeps_streak else COOKIE_SECONDS,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_player(response: HttpResponse) -> None:
    """Takes the player's cookie away."""
    response.delete_cookie(settings.PLAYER_COOKIE_NAME, samesite="Lax")
