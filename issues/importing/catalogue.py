"""Papers of the catalogue, found by the titles that writers give them."""

from collections import defaultdict

from papers.fields import fold_key
from papers.models import Paper

_LENGTH = 500


class Titles:
    """Slugs of the published papers by title. Cost: one query, at the first question."""

    def __init__(self) -> None:
        self._whole: dict[str, set[str]] | None = None
        self._short: dict[str, set[str]] = defaultdict(set)

    def find(self, title: str) -> str | None:
        """The paper of this title, case and punctuation apart.

        A title without what stands behind its colon is enough where only one paper
        begins so.
        """
        whole = self._load()
        key = fold_key(title, _LENGTH)
        for found in (whole.get(key, set()), self._short.get(key, set())):
            if key and len(found) == 1:
                return next(iter(found))
        return None

    def _load(self) -> dict[str, set[str]]:
        if self._whole is None:
            self._whole = defaultdict(set)
            rows = Paper.objects.published().values_list("title", "title_key", "slug")
            for title, key, slug in rows:
                self._whole[key].add(slug)
                if ":" in title:
                    self._short[fold_key(title.split(":", 1)[0], _LENGTH)].add(slug)
        return self._whole
