"""How much comes from one network, without knowing the network.

An address is never stored. The cache holds, for an hour, a digest of it made with
a salt that is drawn each day and kept nowhere else: when the salt is gone, nobody
can tell which network a digest was of. Machines that share no cache count apart.
"""

import hmac
import secrets
from datetime import datetime

from django.core.cache import cache

from superfast.common.network import network_of

HOUR_SECONDS = 60 * 60
SALT_SECONDS = 25 * HOUR_SECONDS


def is_too_much(
    *, counter: str, limit: int, address: str, act: str, at: datetime
) -> bool:
    """Whether a network has taken all its places within an hour.

    So many places are to be had, each free again an hour after it was taken; who
    does one act twice takes one. Unknown addresses are not counted. Cost: no query.

    Args:
        counter: what is counted: a name in the cache.
        limit: how many places there are.
        address: where the request came from.
        act: what is the same when it is sent again.
        at: the moment; it decides the day's salt.
    """
    network = network_of(address)
    if not network:
        return False
    salt = _daily_salt(counter, at)
    name, done = _digest(salt, network), _digest(salt, f"act {act}")
    for place in range(limit):
        key = f"{counter}.network.{name}.{place}"
        if cache.add(key, done, HOUR_SECONDS) or cache.get(key) == done:
            return False
    return True


def _daily_salt(counter: str, at: datetime) -> bytes:
    made = secrets.token_bytes(32)
    name = f"{counter}.network.salt.{at:%Y-%m-%d}"
    salt = cache.get_or_set(name, made, SALT_SECONDS)
    return salt or made  # where nothing is cached, nothing is counted


def _digest(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode(), "sha256").hexdigest()[:32]
