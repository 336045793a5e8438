"""What a catalogue's address asks for."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Literal, Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from papers.models import Authorship, Catalogue, Paper
from papers.ordering import DEFAULT, ORDERS, RELEVANCE
from superfast.common.paths import path_to
from superfast.common.publishing import published_q
from superfast.common.statements import among, listed
from superfast.common.text import clean_text
from superfast.search.query import parse

MAX_LENGTH = 200
COMPACT = "compact"

FilterName = Literal[
    "q", "topic", "venue", "award", "author", "posted", "code", "highlight", "mentioned"
]

_POSTED = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_KEY = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, kw_only=True)
class PaperQuery:
    """The parameters of a catalogue's address.

    Attributes:
        sort: empty where it is not said; `order` tells what then holds.
        page: 0 where it is none.
        after: the key of the paper that the page before ended with; 0 where it is none.
        view: how the list looks; empty for the comfortable one.
    """

    q: str = ""
    topic: str = ""
    venue: str = ""
    award: str = ""
    author: str = ""
    posted: str = ""
    code: bool = False
    highlight: bool = False
    mentioned: bool = False
    sort: str = ""
    view: str = ""
    page: int = 1
    after: int = 0

    @classmethod
    def parse(cls, data: QueryDict) -> Self:
        """Reads any query string; of a repeated parameter the last value counts."""

        def text(name: str) -> str:
            return " ".join(clean_text(data.get(name, "")).split())[:MAX_LENGTH]

        q, sort, page, after = text("q"), text("sort"), text("page"), text("after")
        known = sort in ORDERS or (sort == RELEVANCE and has_words(q))
        usual = RELEVANCE if has_words(q) else DEFAULT
        return cls(
            q=q,
            topic=text("topic"),
            venue=text("venue"),
            award=text("award"),
            author=text("author"),
            posted=text("posted") if _POSTED.fullmatch(text("posted")) else "",
            code=text("code") == "1",
            highlight=text("highlight") == "1",
            mentioned=text("mentioned") == "1",
            sort=sort if known and sort != usual else "",
            view=COMPACT if text("view") == COMPACT else "",
            page=int(page or 1) if not page or _NUMBER.fullmatch(page) else 0,
            after=int(after) if _KEY.fullmatch(after) else 0,
        )

    @property
    def order(self) -> str:
        """The order that holds: the one asked for, or the usual one."""
        return self.sort or (RELEVANCE if has_words(self.q) else DEFAULT)

    def orders(self) -> dict[str, str]:
        """The orders that can be asked for, name → label."""
        labels = {name: order.label for name, order in ORDERS.items()}
        return {RELEVANCE: "Relevance", **labels} if has_words(self.q) else labels

    def url(self, catalogue: Catalogue, **changes: Any) -> str:
        """The address of the first page of this query with these changes."""
        values = {**vars(self), "page": 1, "after": 0, **changes}
        # What holds without being said, or can't hold.
        unsaid = {RELEVANCE} if has_words(values["q"]) else {RELEVANCE, DEFAULT}
        if values["sort"] in unsaid:
            values["sort"] = ""
        query = urlencode(
            {
                name: 1 if values[name] is True else values[name]
                for name, usual in _defaults()
                if values[name] != usual
            }
        )
        path = path_to("papers:paper-list", catalogue.slug)
        return f"{path}?{query}" if query else path

    def in_force(self) -> list[FilterName]:
        """The filters that narrow the list, in the order of chips."""
        every: tuple[FilterName, ...] = FilterName.__args__  # type: ignore[attr-defined]
        return [
            name
            for name in every
            if getattr(self, name) and (name != "q" or has_words(self.q))
        ]

    def conditions(
        self,
        matched: Collection[int],
        keys: Mapping[FilterName, int],
        at: datetime | None = None,
    ) -> dict[FilterName, Q]:
        """The filters in force, each as a condition on papers.

        Args:
            matched: keys of the papers that match the words, where there are words.
            keys: of the topic and of the author asked for. With their slugs, PostgreSQL
                would not know how many papers they have, and read every one of them.
            at: the moment of which is asked what issues mention.
        """
        about, by = Paper.topics.through.objects, Authorship.objects
        every: dict[FilterName, Callable[[], Q]] = {
            "q": lambda: Q(pk__in=among(listed(matched))),
            "topic": lambda: Q(
                pk__in=about.filter(topic=keys["topic"]).values("paper")
            ),
            "venue": lambda: Q(venue=self.venue),
            "award": lambda: Q(award=self.award),
            "author": lambda: Q(
                pk__in=by.filter(author=keys["author"]).values("paper")
            ),
            "posted": lambda: Q(first_posted__startswith=self.posted),
            "code": lambda: Q(has_code=True),
            "highlight": lambda: Q(is_highlight=True),
            "mentioned": lambda: Q(pk__in=mentioned_keys(at)),
        }
        return {name: every[name]() for name in self.in_force()}

    @staticmethod
    def empty(name: FilterName) -> str | bool:
        """The value of a filter that is not in force."""
        value: str | bool = getattr(PaperQuery, name)
        return value


@cache  # asked for each link of a page, as the next
def _defaults() -> list[tuple[str, Any]]:
    return [(field.name, field.default) for field in fields(PaperQuery)]


@lru_cache(maxsize=256)
def has_words(text: str) -> bool:
    """Whether a text asks for anything: signs alone do not."""
    return bool(parse(text).terms)


def mentioned_keys(at: datetime | None = None) -> QuerySet[Any, Any]:
    """The keys of the papers that a published issue says something of."""
    # By its name: issues know papers, not the other way round.
    mentions = Paper._meta.get_field("mentions").related_model._default_manager
    said = mentions.filter(published_q(at, "issue__"))
    return said.order_by().values("paper")
