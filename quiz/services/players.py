"""A player is remembered, forgotten, or carried to another browser.

A player is a random handle in a cookie and nothing else: who holds the handle is
the player, so whatever gives it away is short-lived, works once and is stored as
a digest only.
"""

import secrets
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from quiz.models import Guess, Player, TransferCode
from quiz.services.rollup import leave_out

CODE_LIFE = timedelta(minutes=10)
CODE_LENGTH = 8
# No two that look or sound alike, and no vowels to make words of: 22 signs, of
# which eight make 55 thousand million codes.
CODE_ALPHABET = "34679CDFGHJKMNPQRTVWXY"
CODE_SALT = "quiz.transfer"
DETACHED_AFTER_MONTHS = 25
ATTEMPTS = 3


class UnknownCodeError(ValueError):
    """The code was never given out, has been used, or is too old."""


def find_player(handle: str | None) -> Player | None:
    """The player of a handle; None if nobody has it. Cost: at most one query."""
    return Player.objects.filter(handle=handle).first() if handle else None


def keep_streak(*, player: Player) -> None:
    """The player is remembered for thirteen months, from now and from each guess."""
    Player.objects.filter(pk=player.pk).update(keeps_streak=True)
    player.keeps_streak = True


def forget_player(*, player: Player) -> None:
    """The player is gone; the guesses stay, as numbers that belong to nobody."""
    Player.objects.filter(pk=player.pk).delete()


# Another browser ------------------------------------------------------------


def make_code(*, player: Player, at: datetime | None = None) -> str:
    """A code that makes another browser this player, once, within ten minutes.

    The player's earlier codes work no more, and codes that are too old are gone.
    """
    at = at or timezone.now()
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    stale = models.Q(player=player) | models.Q(expires_at__lte=at)
    with transaction.atomic():
        TransferCode.objects.filter(stale).delete()
        TransferCode.objects.create(
            digest=digest_code(code), player=player, expires_at=at + CODE_LIFE
        )
    return code


def digest_code(code: str) -> str:
    """What is stored of a code, however it was typed.

    Keyed with the site's secret: a copy of the table is no list of codes to try.
    """
    typed = "".join(sign for sign in code.upper() if sign in CODE_ALPHABET)
    return salted_hmac(CODE_SALT, typed, algorithm="sha256").hexdigest()


def use_code(*, code: str, player: Player | None, at: datetime | None = None) -> Player:
    """The player of the code, who is also what this browser's player was.

    Args:
        code: as typed: small letters, spaces and hyphens do not matter.
        player: who this browser was until now, if anybody.
        at: when (now, if no time is given).

    Raises: UnknownCodeError if the code is none, has been used or is too old.
    """
    at = at or timezone.now()
    valid = TransferCode.objects.filter(
        digest=digest_code(code), used_at=None, expires_at__gt=at
    )
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                row = valid.select_related("player").first()
                # Of two browsers that send it at once, one finds it unused.
                if row is None or not valid.update(used_at=at):
                    raise UnknownCodeError
                if player is not None:
                    merge_players(keeper=row.player, other=player)
                return row.player
        except IntegrityError:
            # One of the two guessed in this very moment: look again.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError  # the loop returns or raises


@transaction.atomic
def merge_players(*, keeper: Player, other: Player) -> None:
    """Two players are one: of two guesses at a quiz the earlier is theirs.

    The later one stays, belongs to nobody and leaves the figures. `other` is gone.
    Raises: IntegrityError if one of them guesses meanwhile.
    """
    if keeper.pk == other.pk:
        return
    both = Guess.objects.filter(player__in=[keeper, other])
    seen: set[int] = set()
    later = []
    for pk, quiz in both.order_by("created_at", "pk").values_list("pk", "quiz_id"):
        if quiz in seen:
            later.append(pk)
        seen.add(quiz)
    Guess.objects.filter(pk__in=later).update(player=None)
    leave_out(later, Guess.Reason.MERGED)
    Guess.objects.filter(player=other).update(player=keeper)
    if other.keeps_streak and not keeper.keeps_streak:
        keep_streak(player=keeper)
    Player.objects.filter(pk=other.pk).delete()


# Time passing ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Detached:
    """What `detach_old_guesses` has done."""

    guesses: int
    players: int


def detach_old_guesses(
    *, at: datetime | None = None, batch_size: int = 5_000
) -> Detached:
    """Guesses of more than 25 months ago belong to nobody; players without any are gone.

    Each batch is a transaction of its own: a run that is stopped has done what it
    did, and the next one does the rest.
    """
    limit = months_before(at or timezone.now(), DETACHED_AFTER_MONTHS)
    TransferCode.objects.filter(expires_at__lt=limit).delete()
    guesses = players = last = 0
    old = Guess.objects.filter(player__isnull=False, created_at__lt=limit)
    while keys := _next_keys(old.filter(pk__gt=last), batch_size):
        guesses += Guess.objects.filter(pk__in=keys).update(player=None)
        last = keys[-1]
    last = 0
    idle = Player.objects.filter(guesses=None, created_at__lt=limit)
    while keys := _next_keys(idle.filter(pk__gt=last), batch_size):
        # Asked again: one of them may just have guessed.
        gone = Player.objects.filter(pk__in=keys, guesses=None)
        players += gone.delete()[1].get("quiz.Player", 0)
        last = keys[-1]
    return Detached(guesses=guesses, players=players)


def _next_keys(rows: models.QuerySet, count: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:count])


def months_before(at: datetime, months: int) -> datetime:
    """The same day of the month that many months earlier, or that month's last."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
