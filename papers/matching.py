"""Which papers are the same work: by identifier, by title and author, or nearly so.

Nothing is decided here beyond doubt but what identifiers, or an equal title with an
author in common, decide; the rest is for somebody to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from papers.citing.entry import Entry
from papers.fields import fold_key
from papers.identifiers import parse_posting_date
from papers.models import Authorship, Paper
from papers.names import match_key

NEAR = 0.6
_CHUNK = 500
_COLUMNS = (
    "pk",
    "slug",
    "cite_key",
    "title",
    "title_key",
    "year",
    "first_posted",
    "arxiv_id",
    "doi",
)


@dataclass(slots=True, eq=False)
class Work:
    """What a paper, or an entry of a file, is recognised by."""

    title: str
    title_key: str
    years: frozenset[int]
    arxiv_id: str = ""
    doi: str = ""
    key: str = ""
    slug: str = ""
    authors: set[str] = field(default_factory=set)
    paper: int | None = None
    line: int = 0

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return f"“{self.title}”" if not self.line else f"the entry of line {self.line}"


@dataclass(frozen=True)
class Match:
    """A work that another is, or may be; `doubt` says why somebody has to look."""

    work: Work
    doubt: str = ""


def work_of(entry: Entry) -> Work:
    """What an entry is recognised by."""
    values = entry.values
    posted = parse_posting_date(str(values.get("first_posted") or ""))
    years = {values.get("year"), posted.year if posted else None} - {None}
    return Work(
        title=entry.title,
        title_key=fold_key(entry.title, 500),
        years=frozenset(int(str(year)) for year in years),
        arxiv_id=values.get("arxiv_id") or "",
        doi=values.get("doi") or "",
        key=entry.key,
        slug=entry.slug,
        authors={
            each.key if each.corporate else match_key(each.name)
            for each in entry.authors
        },
        line=entry.line,
    )


class Shelf:
    """Works to compare with: papers of the catalogue, and entries read before."""

    def __init__(self) -> None:
        self.works: list[Work] = []
        self._arxiv: dict[str, Work] = {}
        self._doi: dict[str, Work] = {}
        self._slug: dict[str, Work] = {}
        self._title: dict[str, list[Work]] = defaultdict(list)
        self._author: dict[str, list[Work]] = defaultdict(list)

    def add(self, work: Work) -> None:
        """From now on others are compared with it, too."""
        self.works.append(work)
        if work.arxiv_id:
            self._arxiv.setdefault(work.arxiv_id, work)
        if work.doi:
            self._doi.setdefault(work.doi, work)
        if work.slug:
            self._slug.setdefault(work.slug, work)
        self._title[work.title_key].append(work)
        for author in work.authors:
            self._author[author].append(work)

    def find(self, work: Work, *, apart_from: int | None = None) -> Match | None:
        """What the work is, or may be. `apart_from`: a paper that it is not compared with."""

        def others(works: Iterable[Work | None]) -> list[Work]:
            found = {id(work): work for work in works if work}
            return [w for w in found.values() if w.paper != (apart_from or -1)]

        named = others(
            (
                (work.slug and self._slug.get(work.slug)) or None,
                (work.arxiv_id and self._arxiv.get(work.arxiv_id)) or None,
                (work.doi and self._doi.get(work.doi)) or None,
            )
        )
        if named:
            return _judge_named(work, named)
        if same := others(self._title[work.title_key]):
            return _judge_same_title(work, same)
        return self._near(work, others)

    def _near(self, work: Work, others: Any) -> Match | None:
        best, score = None, NEAR
        mine = trigrams(work.title_key)
        found = others(w for author in work.authors for w in self._author[author])
        for other in found:
            if not _close(work, other) or _conflict(work, other):
                continue
            alike = _alike(mine, trigrams(other.title_key))
            if alike >= score:
                best, score = other, alike
        if best is None:
            return None
        return Match(best, f"Its title is nearly that of {best.label}.")


def _judge_named(work: Work, named: list[Work]) -> Match:
    first = named[0]
    if len(named) > 1:
        return Match(
            first,
            f"Its identifiers belong to two papers: {first.label} and {named[1].label}.",
        )
    alike = _alike(trigrams(work.title_key), trigrams(first.title_key))
    if (
        work.title_key  # a bare identifier says no title that could differ
        and alike < NEAR / 2
        and not work.authors & first.authors
        and work.slug != first.slug
    ):
        return Match(first, f"Its identifier is that of {first.label}, another title.")
    return Match(first)


def _judge_same_title(work: Work, same: list[Work]) -> Match:
    fitting = [
        other
        for other in same
        if _close(work, other)
        and not _conflict(work, other)
        and _share_author(work, other)
    ]
    if len(fitting) == 1:
        return Match(fitting[0])
    if fitting:
        return Match(
            fitting[0], f"{len(fitting)} papers have this title and an author."
        )
    other = same[0]
    if conflict := _conflict(work, other):
        reason = f"but another {conflict}"
    elif not _close(work, other):
        reason = "but years apart"
    else:
        reason = "but no author in common"
    return Match(other, f"It has the title of {other.label}, {reason}.")


def _share_author(work: Work, other: Work) -> bool:
    """Whether they have an author in common; where neither has any, the key decides."""
    if not work.authors and not other.authors:
        return bool(work.key) and work.key == other.key
    return bool(work.authors & other.authors)


def _close(work: Work, other: Work) -> bool:
    """Whether they came out within a year of each other, by either date."""
    return any(abs(a - b) <= 1 for a in work.years for b in other.years)


def _conflict(work: Work, other: Work) -> str:
    if work.doi and other.doi and work.doi != other.doi:
        return "DOI"
    if work.arxiv_id and other.arxiv_id and work.arxiv_id != other.arxiv_id:
        return "arXiv id"
    return ""


@lru_cache(maxsize=50_000)
def trigrams(text: str) -> frozenset[str]:
    """The trigrams of a folded title, counted as PostgreSQL's pg_trgm counts them."""
    found = set()
    for word in text.split():
        padded = f"  {word} "
        found |= {padded[i : i + 3] for i in range(len(padded) - 2)}
    return frozenset(found)


def _alike(mine: frozenset[str], theirs: frozenset[str]) -> float:
    union = len(mine | theirs)
    return len(mine & theirs) / union if union else 0.0


def shelve(works: Iterable[Work]) -> Shelf:
    """A shelf with the papers that any of these works may be.

    Cost: five queries for each 500 works, and two for each 500 papers found.
    """
    found: set[int] = set()
    for chunk in batched_list(works):
        papers = Paper.objects.order_by().values_list("pk", flat=True)
        authors = {author for work in chunk for author in work.authors}
        for name, values in (
            ("arxiv_id__in", {work.arxiv_id for work in chunk} - {""}),
            ("doi__in", {work.doi for work in chunk} - {""}),
            ("slug__in", {work.slug for work in chunk} - {""}),
            ("title_key__in", {work.title_key for work in chunk}),
            ("authorships__author__match_key__in", authors),
        ):
            if values:
                found.update(papers.filter(**{name: values}))
    shelf = Shelf()
    for work in stored(found):
        shelf.add(work)
    return shelf


def stored(ids: Iterable[int]) -> Iterator[Work]:
    """These papers, as they are recognised."""
    for chunk in batched_list(sorted(ids)):
        written = Authorship.objects.filter(paper__in=chunk).order_by()
        authors: dict[int, set[str]] = defaultdict(set)
        for paper, key in written.values_list("paper", "author__match_key"):
            authors[paper].add(key)
        for row in Paper.objects.filter(pk__in=chunk).order_by("pk").values(*_COLUMNS):
            posted = parse_posting_date(row["first_posted"])
            yield Work(
                title=row["title"],
                title_key=row["title_key"],
                years=frozenset({row["year"], *([posted.year] if posted else [])}),
                arxiv_id=row["arxiv_id"],
                doi=row["doi"],
                key=row["cite_key"] or row["slug"],
                slug=row["slug"],
                authors=authors[row["pk"]],
                paper=row["pk"],
            )


def batched_list(things: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """The things, some hundred at a time."""
    chunk: list[Any] = []
    for thing in things:
        chunk.append(thing)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
