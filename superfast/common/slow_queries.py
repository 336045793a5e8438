"""Queries that took too long are named in the log, without the values in them."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger("superfast.slow_queries")

_MOST_SIGNS = 1000


def watch(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """A new connection times its queries, where `SLOW_QUERY_MS` is set."""
    if settings.SLOW_QUERY_MS and _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    begin = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took_ms = (time.perf_counter() - begin) * 1000
        if took_ms >= settings.SLOW_QUERY_MS:
            logger.warning(
                "A query took %d ms.", took_ms, extra={"sql": str(sql)[:_MOST_SIGNS]}
            )
