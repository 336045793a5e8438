"""How many codes are tried from one network, without knowing the network.

As `quiz.network` does with guesses: the cache holds a digest for minutes, made
with a salt that nobody keeps, and the database holds nothing.
"""

import hmac
import secrets

from django.core.cache import cache
from django.http import HttpRequest

from superfast.common.network import address_of, network_of

# A code lives for ten minutes: who tries twenty in that time has no chance worth
# the name among 55 thousand million, and no typist needs more.
LIMIT = 20
WINDOW_SECONDS = 10 * 60
SALT_KEY = "quiz.code.salt"
SALT_SECONDS = 24 * 60 * 60


def is_shut_out(request: HttpRequest) -> bool:
    """Whether too many wrong codes came from this network in the last minutes."""
    return int(cache.get(_key(request), 0)) >= LIMIT


def count_failure(request: HttpRequest) -> None:
    """One more wrong code came from this network."""
    key = _key(request)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        cache.incr(key)
    except ValueError:
        # It ran out between the two lines: this one begins the next ten minutes.
        cache.set(key, 1, WINDOW_SECONDS)


def _key(request: HttpRequest) -> str:
    salt = cache.get_or_set(SALT_KEY, _make_salt, SALT_SECONDS) or b""
    # Addresses that make no sense share one count: unknown is not unlimited.
    network = network_of(address_of(request))
    digest = hmac.new(salt, network.encode(), "sha256").hexdigest()
    return f"quiz.code.{digest[:32]}"


def _make_salt() -> bytes:
    return secrets.token_bytes(32)
