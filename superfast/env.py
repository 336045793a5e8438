"""Typed readers of environment variables.

Each returns a value of its type or raises `ValueError` with one sentence that
names the variable: a machine that is set up wrongly does not start.
"""

import os
import re
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

import dj_database_url

# Name → what kind of value was asked for; `superfast.variables` makes a table of it.
ASKED: dict[str, str] = {}

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ENGINES = {"django.db.backends.postgresql", "django.db.backends.sqlite3"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")
_MIN_SECRET_LENGTH = 50
_MAX_DIGITS = 9
_DEFAULT_SECRETS = ("django-insecure", "change-me", "changeme")


def _noted(
    kind: str,
) -> Callable[[Callable[Concatenate[str, _P], _T]], Callable[Concatenate[str, _P], _T]]:
    """A reader that leaves a note of what it was asked for; the outermost one counts."""

    def decorate(
        read: Callable[Concatenate[str, _P], _T],
    ) -> Callable[Concatenate[str, _P], _T]:
        @wraps(read)
        def noted(name: str, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
            ASKED.setdefault(name, kind)
            return read(name, *args, **kwargs)

        return noted

    return decorate


@_noted("text")
def read_text(name: str, default: str | None = None) -> str:
    """The variable's text, or the content of the file that `NAME_FILE` names.

    Raises: ValueError where neither is set and there is no default, where both
    are set, or where the file cannot be read.
    """
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and path is not None:
        raise ValueError(f"Set {name} or {name}_FILE, not both.")
    if path is not None:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(
                f"{name}_FILE names a file that can't be read: {path}."
            ) from error
    if value is not None:
        return value.strip()
    if default is None:
        raise ValueError(f"{name} is not set: set {name} or {name}_FILE.")
    return default


@_noted("1 or 0")
def read_bool(name: str, default: bool) -> bool:
    """1, true, yes, on or 0, false, no, off, in any case."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ValueError(f"{name} must be 1 or 0, not {value!r}.")


@_noted("whole number")
def read_count(name: str, default: int = 0) -> int:
    """A whole number from 0 on."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS):
        raise ValueError(f"{name} must be a whole number like 1, not {value!r}.")
    return int(value)


@_noted("a word")
def read_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """One of some words."""
    value = os.environ.get(name, "").strip() or default
    if value not in choices:
        raise ValueError(f"{name} must be {' or '.join(choices)}, not {value!r}.")
    return value


@_noted("list, with commas")
def read_list(name: str) -> list[str]:
    """Items between commas; empty where the variable is not set."""
    return [
        item.strip() for item in os.environ.get(name, "").split(",") if item.strip()
    ]


@_noted("list, with commas")
def read_hosts(name: str) -> list[str]:
    """Host names between commas; one that stands for every name is refused."""
    hosts = read_list(name)
    if wide := [host for host in hosts if "*" in host or host.startswith(".")]:
        raise ValueError(f"{name} must name each host, not {wide[0]!r}.")
    return hosts


@_noted("secret")
def read_secret(name: str) -> str:
    """A secret of at least 50 characters that is no known default."""
    value = read_text(name)
    if len(value) < _MIN_SECRET_LENGTH:
        raise ValueError(
            f"{name} is too short: it must have at least {_MIN_SECRET_LENGTH} characters."
        )
    if value.lower().startswith(_DEFAULT_SECRETS):
        raise ValueError(f"{name} is an example value: generate one of your own.")
    return value


@_noted("address")
def read_url(name: str, default: str | None = None) -> str:
    """An http or https address without a final slash; empty where the default is."""
    value = read_text(name, default).rstrip("/")
    if not value and default == "":
        return ""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
        valid = valid and not _NOT_IN_ADDRESS.search(value)
        _ = parts.port
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"{name} must be an http or https address, not {value!r}.")
    return value


@_noted("address")
def read_site_url(name: str, default: str | None = None) -> str:
    """The site's own origin: https, or http on this machine alone."""
    value = read_url(name, default)
    parts = urlsplit(value)
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            f"{name} must be an origin like https://example.org, not {value!r}."
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError(
            f"{name} must begin with https:// on a public host, not {value!r}."
        )
    return value


@_noted("address")
def read_database(name: str, default: str) -> dict[str, Any]:
    """A database's address as Django's settings want it, for SQLite or PostgreSQL."""
    value = read_text(name, default)
    try:
        settings = dj_database_url.parse(
            value, conn_max_age=600, conn_health_checks=True
        )
    except ValueError:
        settings = {}
    if settings.get("ENGINE") not in _ENGINES or not settings.get("NAME"):
        # The value is not repeated: it may hold a password.
        raise ValueError(
            f"{name} must be an address like postgres://user:password@host:5432/name "
            "or sqlite:///path/to/file."
        )
    return dict(settings)


@_noted("address")
def read_cache(name: str) -> str:
    """`redis://` or `rediss://`, or `locmem://`; empty where it is not set."""
    value = read_text(name, "")
    parts = urlsplit(value)
    valid = parts.scheme in {"redis", "rediss"} and parts.hostname
    if value and value != "locmem://" and not valid:
        # The value is not repeated: it may hold a password.
        raise ValueError(f"{name} must be an address like redis://host:6379/0.")
    return value


@_noted("address")
def read_mail(name: str) -> dict[str, Any]:
    """Where mail is handed in: `smtp://` (STARTTLS) or `smtps://`, user, host and port.

    Returns: host, port, user, password, starttls, tls; empty where it is not set.
    """
    value = read_text(name, "")
    if not value:
        return {}
    try:
        parts = urlsplit(value)
        port = parts.port or {"smtp": 587, "smtps": 465}.get(parts.scheme)
    except ValueError:
        port = None
    if not port or not parts.hostname:
        # The value is not repeated: it may hold a password.
        raise ValueError(
            f"{name} must be an address like smtp://user:password@host:587."
        )
    return {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        # A server on this machine need not speak TLS.
        "starttls": parts.scheme == "smtp" and not is_loopback(parts.hostname),
        "tls": parts.scheme == "smtps",
    }


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine and no other."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
