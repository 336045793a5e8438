"""How many guesses come from one network, without knowing the network.

An address is never stored. The cache holds, for an hour, a digest of it made with
a salt that is drawn each day and kept nowhere else: when the salt is gone, nobody
can tell which network a digest was of. So each network counts from nothing at
midnight (UTC), too. Machines that share no cache count apart.
"""

import hmac
import secrets
from datetime import datetime

from django.core.cache import cache

from superfast.common.network import network_of

HOURLY_LIMIT = 30
HOUR_SECONDS = 60 * 60
SALT_SECONDS = 25 * HOUR_SECONDS


def is_flooding(*, address: str, player: str, at: datetime) -> bool:
    """Whether this is more than the thirtieth guess of a network within an hour.

    Thirty places are to be had, each free again an hour after it was taken; who
    presses twice takes one. Unknown addresses are not counted. Cost: no query.
    """
    network = network_of(address)
    if not network:
        return False
    salt = _daily_salt(at)
    name, guess = _digest(salt, network), _digest(salt, f"guess {player}")
    for place in range(HOURLY_LIMIT):
        key = f"quiz.network.{name}.{place}"
        if cache.add(key, guess, HOUR_SECONDS) or cache.get(key) == guess:
            return False
    return True


def _daily_salt(at: datetime) -> bytes:
    made = secrets.token_bytes(32)
    salt = cache.get_or_set(f"quiz.network.salt.{at:%Y-%m-%d}", made, SALT_SECONDS)
    return salt or made  # where nothing is cached, nothing is counted


def _digest(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode(), "sha256").hexdigest()[:32]
