"""What a row is called in the files: by what readers and editors know it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from issues.models import Image, Issue, Link, Revision
from papers.models import Author, Catalogue, Paper, Topic
from quiz.models import Headline, Quiz
from superfast.accounts.models import User
from superfast.pages.models import Page

# Fields that together name a row; a relation stands as the other row's name.
NAMES: dict[type[Model], tuple[str, ...]] = {
    User: ("username",),
    Catalogue: ("slug",),
    Topic: ("slug",),
    Author: ("slug",),
    Paper: ("catalogue", "slug"),
    Image: ("name",),
    Quiz: ("slug",),
    Headline: ("handle",),
    Issue: ("uid",),
    Link: ("url",),
    Page: ("slug",),
}


def name_of(model: type[Model], row: dict[str, Any], place: int) -> str | None:
    """The name of a row of a file; None where nothing refers to rows of this model.

    Args:
        model: the rows' model.
        row: as it stands in the file.
        place: of revisions, which of their issue's it is, from 1.
    """
    if model is Revision:
        return f"{row['issue']}#{place}"
    fields = NAMES.get(model)
    return "/".join(str(row[field]) for field in fields) if fields else None


class Names:
    """The names of the rows of a database. Cost: one query a model that is asked for."""

    def __init__(self) -> None:
        self._known: dict[type[Model], dict[Any, str]] = {}

    def of(self, model: type[Model], key: Any) -> str | None:
        """The name of the row with this primary key."""
        if key is None:
            return None
        if model not in self._known:
            self._known[model] = dict(self._load(model))
        return self._known[model].get(key)

    def _load(self, model: type[Model]) -> Iterable[tuple[Any, str]]:
        if model is Revision:
            yield from _revisions()
            return
        paths = [
            "catalogue__slug" if name == "catalogue" else name for name in NAMES[model]
        ]
        for key, *parts in model._base_manager.values_list("pk", *paths):
            yield key, "/".join(map(str, parts))


def _revisions() -> Iterable[tuple[Any, str]]:
    places: dict[Any, int] = defaultdict(int)
    rows = Revision.objects.order_by("pk").values_list("pk", "issue__uid")
    for key, uid in rows:
        places[uid] += 1
        yield key, f"{uid}#{places[uid]}"
