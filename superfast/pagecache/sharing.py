"""One reading for all who ask at once, and never one from before they asked."""

from collections.abc import Callable
from copy import copy
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Shared(Generic[_T]):
    """A reading that those have in common who asked for it before it began.

    Who asks while one is under way waits for the next, which one of the waiting makes: what is
    being read may be older than the question. Threads may share it.

    Args:
        read: what is read; what it raises is raised for all who have that reading in common,
            so that they wait for a database that is away once, not one after the other.
    """

    def __init__(self, read: Callable[[], _T]) -> None:
        self._read = read
        self._lock = Lock()
        self._begun = self._ended = 0
        self._found: _T
        self._error: Exception | None = None

    def __call__(self) -> _T:
        """What was read since this was called. Cost: at most one reading."""
        begun = self._begun
        with self._lock:
            if self._ended <= begun:
                self._begun += 1
                try:
                    self._found, self._error = self._read(), None
                except Exception as error:
                    self._error = error
                    raise
                finally:
                    self._ended = self._begun
            elif self._error:
                raise copy(self._error)
            return self._found
