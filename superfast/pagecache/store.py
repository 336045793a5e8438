"""Pages in memory, the latest used; never more bytes than were given."""

from collections import OrderedDict
from threading import Lock
from typing import Any

from superfast.pagecache.pages import Page


class Store:
    """What one process keeps. Threads may share it."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._pages: OrderedDict[Any, tuple[Page, int]] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def get(self, key: Any) -> Page | None:
        """The page kept under a key, right or not."""
        with self._lock:
            found = self._pages.get(key)
            if found is None:
                return None
            self._pages.move_to_end(key)
            return found[0]

    def put(self, key: Any, page: Page) -> None:
        """The page is kept; who was not asked for longest makes room for it.

        Call it again where the page has grown: it was compressed.
        """
        with self._lock:
            self._drop(key)
            size = page.size
            if size > self._max_bytes // 4:
                return
            self._pages[key] = page, size
            self.size += size
            while self.size > self._max_bytes:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Nothing is kept."""
        with self._lock:
            self._pages.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._pages)

    def _drop(self, key: Any) -> None:
        found = self._pages.pop(key, None)
        if found:
            self.size -= found[1]
