"""How often a password may be tried.

Three counts, each over when its quarter of an hour is, whatever happens meanwhile:
of one account from one network, of one network, and of one account from anywhere.
The last one is what an attacker with many networks could use to shut somebody out,
so it does not hold a browser in which that person has signed in before: such a
browser carries a signed cookie. Nobody is ever shut out for longer than a window.
Source: "device cookies" of the OWASP.
"""

import hmac

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from superfast.common.network import address_of, network_of

WINDOW_SECONDS = 15 * 60
PER_ACCOUNT_AND_NETWORK = 5
PER_NETWORK = 40
PER_ACCOUNT = 60
DEVICE_SECONDS = 365 * 24 * 60 * 60
_SALT = "accounts.known-browser"


def must_wait(request: HttpRequest, account: str) -> bool:
    """Whether this account may not be tried from here now. Cost: three cache reads."""
    known = is_known_browser(request, account)
    return any(
        (cache.get(key) or 0) >= limit
        for key, limit, holds_known in _counts(request, account)
        if holds_known or not known
    )


def note_failure(request: HttpRequest, account: str) -> None:
    """One more wrong try is counted. Cost: at most six calls of the cache."""
    for key, _, _ in _counts(request, account):
        cache.add(key, 0, WINDOW_SECONDS)
        try:
            cache.incr(key)
        except ValueError:
            cache.set(key, 1, WINDOW_SECONDS)  # It ran out between the two.


def is_known_browser(request: HttpRequest, account: str) -> bool:
    """Whether this account has signed in from this browser within a year."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        names = signing.loads(cookie, salt=_SALT, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        return False
    return _digest(account) in names


def remember_browser(
    request: HttpRequest, response: HttpResponse, account: str
) -> None:
    """The browser is known from now on; it keeps the last three accounts, as digests."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        names = signing.loads(cookie, salt=_SALT, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        names = []
    mine = _digest(account)
    kept = [mine, *(name for name in names if name != mine)][:3]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(kept, salt=_SALT),
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _counts(request: HttpRequest, account: str) -> list[tuple[str, int, bool]]:
    """Key, limit, and whether it holds for known browsers too."""
    network = network_of(address_of(request))
    return [
        (f"accounts.try.{_digest(f'{network} {account}')}", PER_ACCOUNT_AND_NETWORK, True),
        (f"accounts.try.{_digest(f'network {network}')}", PER_NETWORK, False),
        (f"accounts.try.{_digest(f'account {account}')}", PER_ACCOUNT, False),
    ]  # fmt: skip


def _digest(text: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, text.casefold().encode(), "sha256").hexdigest()[:32]
