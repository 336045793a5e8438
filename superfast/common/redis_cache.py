"""Django's Redis cache, for a site that goes on where Redis does not.

Nothing that is cached here has to be there: limits are not kept while it is away, as
after a restart, and the log says so once in a while.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# After a failure nobody waits for Redis for so long.
PAUSE_SECONDS = 5


class ForgivingRedisCache(RedisCache):
    """Answers as an empty cache would while Redis can't be reached."""

    _away_until = 0.0

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(super().add, True, *args, **kwargs))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask(super().get, default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask(super().set, None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(super().touch, False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(super().delete, False, *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().get_many, {}, *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(super().set_many, [], *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._ask(super().delete_many, None, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(super().has_key, False, *args, **kwargs))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask(super().incr, delta, key, delta, version))

    def clear(self) -> None:
        self._ask(super().clear, None)

    def _ask(
        self, ask: Callable[..., Any], otherwise: Any, *args: Any, **kwargs: Any
    ) -> Any:
        # Of the class: Django makes an instance for each thread.
        if time.monotonic() < ForgivingRedisCache._away_until:
            return otherwise
        try:
            return ask(*args, **kwargs)
        except RedisError:
            ForgivingRedisCache._away_until = time.monotonic() + PAUSE_SECONDS
            logger.exception("The cache can't be reached; the site goes on without it.")
            return otherwise
