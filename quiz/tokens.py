"""What a browser carries for us, signed: the right to guess, who it is, what it did.

Nothing here is secret from the browser that holds it; it just can't be made up.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from quiz.models import Guess

PLAY_SALT = "quiz.play"
RECEIPT_SALT = "quiz.receipt"
COOKIE_SALT = "quiz.player"
KEPT_COOKIE_SALT = "quiz.player.kept"
NONCE_SALT = "quiz.nonce"

TOKEN_SECONDS = 24 * 60 * 60
# Long enough to read the reveal and reload it; short, for it is the answer's address.
RECEIPT_SECONDS = 60 * 60
COOKIE_SECONDS = 30 * 24 * 60 * 60
# Thirteen months, for who asked for them.
KEPT_COOKIE_SECONDS = 395 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Play:
    """A form that was handed out: who guesses with it, and where it stood."""

    player: str
    channel: Guess.Channel


def make_nonce() -> str:
    return secrets.token_urlsafe(16)


def make_token(quiz_id: int, channel: Guess.Channel) -> str:
    """A form's right to one guess, for a day."""
    return signing.dumps([quiz_id, make_nonce(), channel.value], salt=PLAY_SALT)


def read_token(token: str, quiz_id: int) -> Play:
    """What a form's token says. Raises: signing.BadSignature, SignatureExpired.

    The player of a browser without a cookie follows from the token: pressing
    twice is one player, who guesses once.
    """
    found = signing.loads(token, salt=PLAY_SALT, max_age=TOKEN_SECONDS)
    if found[0] != quiz_id:
        raise signing.BadSignature("A token of another quiz.")
    handle = salted_hmac(NONCE_SALT, found[1], algorithm="sha256").hexdigest()[:32]
    return Play(player=handle, channel=Guess.Channel(found[2]))


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
