"""What a catalogue's address asks for."""

import re
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self
from urllib.parse import urlencode

from django.db.models import F, Q, Value
from django.db.models.functions import NullIf
from django.http import QueryDict

from papers.fields import fold_key
from papers.models import Authorship, Catalogue, Paper
from superfast.common.text import clean_text

MAX_LENGTH = 200
MAX_WORDS = 12
HAS_CODE = ~Q(code_url="")
IS_HIGHLIGHT = Q(is_highlight=True)
DEFAULT_SORT = "highlights"
# Name → label, order.
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "highlights": ("Highlights first", ("-is_highlight", "position", "pk")),
    "newest": ("Newest", ("-first_posted", "position", "pk")),
    "title": ("Title", ("title_key", "pk")),
    "venue": (
        "Venue",
        (NullIf(F("venue"), Value("")).asc(nulls_last=True), "title_key", "pk"),
    ),
}

FilterName = Literal["q", "topic", "venue", "author", "posted", "code", "highlight"]

_POSTED = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, kw_only=True)
class PaperQuery:
    """The parameters of a catalogue's address; `page` is 0 where it is none."""

    q: str = ""
    topic: str = ""
    venue: str = ""
    author: str = ""
    posted: str = ""
    code: bool = False
    highlight: bool = False
    sort: str = DEFAULT_SORT
    page: int = 1

    @classmethod
    def parse(cls, data: QueryDict) -> Self:
        """Reads any query string; of a repeated parameter the last value counts."""

        def text(name: str) -> str:
            return " ".join(clean_text(data.get(name, "")).split())[:MAX_LENGTH]

        sort, page = text("sort"), text("page") or "1"
        return cls(
            q=text("q"),
            topic=text("topic"),
            venue=text("venue"),
            author=text("author"),
            posted=text("posted") if _POSTED.fullmatch(text("posted")) else "",
            code=text("code") == "1",
            highlight=text("highlight") == "1",
            sort=sort if sort in SORTS else DEFAULT_SORT,
            page=int(page) if _NUMBER.fullmatch(page) else 0,
        )

    def url(self, catalogue: Catalogue, **changes: Any) -> str:
        """The address of the first page of this query with these changes."""
        changed = replace(self, **{"page": 1, **changes})
        values = {f.name: getattr(changed, f.name) for f in fields(changed)}
        query = urlencode(
            {
                f.name: int(values[f.name]) if f.type is bool else values[f.name]
                for f in fields(changed)
                if values[f.name] != f.default
            }
        )
        return catalogue.get_absolute_url() + (f"?{query}" if query else "")

    def conditions(self) -> dict[FilterName, Q]:
        """The filters in force, each as a condition on papers, in the order of chips."""
        about = Paper.topics.through.objects.filter(topic__slug=self.topic)
        by = Authorship.objects.filter(author__slug=self.author)
        every: dict[FilterName, Q] = {
            "q": words_q(self.q),
            "topic": Q(pk__in=about.values("paper")),
            "venue": Q(venue=self.venue),
            "author": Q(pk__in=by.values("paper")),
            "posted": Q(first_posted__startswith=self.posted),
            "code": HAS_CODE,
            "highlight": IS_HIGHLIGHT,
        }
        return {
            name: condition for name, condition in every.items() if getattr(self, name)
        }

    def condition(self, without: FilterName | None = None) -> Q:
        """All filters in force as one condition, or all but one."""
        conditions = self.conditions().items()
        return Q(*(condition for name, condition in conditions if name != without))

    @staticmethod
    def empty(name: FilterName) -> str | bool:
        """The value of a filter that is not in force."""
        value: str | bool = getattr(PaperQuery, name)
        return value


def words_q(text: str) -> Q:
    """The condition of holding every word: in title, authors, venue or takeaway.

    Parts of words count, accents and case do not (in a takeaway, case alone).
    Words beyond the twelfth are left out.
    """
    condition = Q()
    for word in text.split()[:MAX_WORDS]:
        anywhere = Q(venue__icontains=word) | Q(takeaway__icontains=word)
        if key := fold_key(word, MAX_LENGTH):
            written = Authorship.objects.filter(author__key__contains=key)
            anywhere |= Q(title_key__contains=key) | Q(pk__in=written.values("paper"))
        condition &= anywhere
    return condition
