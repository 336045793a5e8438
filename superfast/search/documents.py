"""What can be found: the shape in which the apps hand things to the index.

Needs no tables, so an `apps.py` may import it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models


class Kind(models.TextChoices):
    """What a reader finds; the label heads it in lists."""

    SECTION = "section", "Issues"
    PAPER = "paper", "Papers"
    LINK = "link", "Links"
    QUIZ = "quiz", "Quizzes"
    PAGE = "page", "Pages"

    @property
    def singular(self) -> str:
        """What one of them is called."""
        return _SINGULAR[self]

    @property
    def is_quoted_whole(self) -> bool:
        """Whether a hit shows all of its text, with nothing marked in it.

        A lie is never parted from the label at its beginning, be it by an excerpt
        that begins later or by an element between the two.
        """
        return self is Kind.QUIZ


_SINGULAR = {
    Kind.SECTION: "Issue",
    Kind.PAPER: "Paper",
    Kind.LINK: "Link",
    Kind.QUIZ: "Quiz",
    Kind.PAGE: "Page",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentData:
    """One thing that can be found, in plain text; nothing in it is HTML or Markdown.

    Attributes:
        kind: what it is.
        key: stable name, unique in its kind ("2023-01-11#s-news").
        title: what a hit is called; weighs most.
        url: where a hit leads, as a path with its anchor, or as an address for links.
        names: of its authors; weigh less than the title, more than the body.
        body: its text; hits show a piece of it.
        keywords: what it can be found by, though nobody reads it (an identifier, a topic).
        context: what a hit stands in, for show only ("Issue of 11 January 2023").
        group: what it is replaced together with (an issue's slug); see `index.replace`.
        topics: slugs of its topics between bars, for the filter ("|vision|speech|").
        publish_at: as on the thing itself; None is a draft, and is never found.
        withdrawn_at: as on the thing itself.
        dated_on: the day that the filter by year goes by.
    """

    kind: Kind
    key: str
    title: str
    url: str
    names: str = ""
    body: str = ""
    keywords: str = ""
    context: str = ""
    group: str = ""
    topics: str = ""
    publish_at: datetime | None = None
    withdrawn_at: datetime | None = None
    dated_on: date | None = None
