"""One reading for all who ask at once, and never one from before they asked."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Shared(Generic[_T]):
    """A reading that those have in common who asked for it before it began.

    Who asks while one is under way waits for the next, which one of the waiting makes: what is
    being read may be older than the question. Threads may share it.

    Args:
        read: what is read; may raise, which is told to who made the reading, and another
            of the waiting makes the next.
    """

    def __init__(self, read: Callable[[], _T]) -> None:
        self._read = read
        self._lock = Lock()
        self._begun = self._ended = 0
        self._found: _T

    def __call__(self) -> _T:
        """What was read since this was called. Cost: at most one reading."""
        begun = self._begun
        with self._lock:
            if self._ended <= begun:
                self._begun += 1
                self._found = self._read()
                self._ended = self._begun
            return self._found
