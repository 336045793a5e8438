"""Changes of the catalogue that have a name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from papers import search
from papers.citing.entry import Credited, credited
from papers.matching import batched_list
from papers.models import Author, AuthorAlias, Authorship, Catalogue, Paper, Topic
from papers.names import split_name
from superfast.common import publishing
from superfast.search import index
from superfast.search.documents import Kind

TAKEN = "Another paper has this address, this arXiv id or this DOI: it was stored meanwhile."


class PaperFields(TypedDict, total=False):
    """Columns of a paper that callers may set."""

    catalogue: Catalogue
    slug: str
    title: str
    year: int
    first_posted: str
    venue: str
    presentation: str
    authors_complete: bool
    kind: str
    venue_name: str
    award: str
    volume: str
    number: str
    pages: str
    publisher: str
    arxiv_id: str
    arxiv_version: int | None
    arxiv_class: str
    doi: str
    cite_key: str
    url: str
    pdf_url: str
    code_url: str
    code_origin: str
    project_url: str
    video_url: str
    slides_url: str
    demo_url: str
    sources: dict[str, str]
    abstract: str
    abstract_source: str
    takeaway: str
    is_highlight: bool
    position: int
    publish_at: datetime | None
    withdrawn_at: datetime | None
    created_by: Any


class Credit(NamedTuple):
    """An author as one paper prints the name."""

    author: Author
    credited_as: str = ""


def author_for(name: str) -> Author:
    """The author of this name, accents, case and punctuation apart; made if new.

    Raises: ValidationError where the name is too long or has no letter.
    """
    return authors_for([name])[0]


def authors_for(names: Sequence[str]) -> list[Author]:
    """The authors of these names, in their order; who is new is made.

    A name given twice means two people: the second is the next of that name.
    Raises: ValidationError where a name is too long or has no letter. Cost: one
    query, or five where somebody is new, whatever the number of names.
    """
    return authors_for_lists([[credited(name) for name in names]])[0]


def authors_for_lists(lists: Sequence[Sequence[Credited]]) -> list[list[Author]]:
    """The authors of several papers, list by list; see `authors_for`."""
    wanted = WantedAuthors()
    slugs = [wanted.add(names) for names in lists]
    found = wanted.find(chain.from_iterable(slugs))
    return [[found[slug] for slug in names] for names in slugs]


class WantedAuthors:
    """Authors whom many papers name: each is looked over, looked up and made once.

    A name is looked over when it is added, which asks the database nothing. `look_up` may
    come before a transaction, `find` belongs into it.
    """

    def __init__(self) -> None:
        self._wanted: dict[str, Author] = {}
        self._slugs: dict[tuple[Credited, int], str] = {}
        self._known: dict[str, Author] = {}

    def add(self, names: Iterable[Credited]) -> list[str]:
        """What `find` calls the authors of one paper, in their order.

        Raises: ValidationError where a name is too long or has no letter.
        """
        seen: Counter[str] = Counter()
        slugs = []
        for who in names:
            key = who.key
            seen[key] += 1
            named = (who, seen[key])
            if named not in self._slugs:
                self._slugs[named] = self._want(who, seen[key])
            slugs.append(self._slugs[named])
        return slugs

    def look_up(self) -> None:
        """Whoever is there already is known. Cost: two queries for some hundred names."""
        for slugs in batched_list(self._wanted):
            self._known |= _authors_by_slug(slugs)

    def find(self, slugs: Iterable[str]) -> dict[str, Author]:
        """The authors of these, by what `add` called them; who is new is made.

        Cost: none where all are known, else up to five queries for some hundred names.
        """
        asked = set(slugs)
        unknown = asked - self._known.keys()
        found = _authors_by_slug(sorted(unknown)) if unknown else {}
        # Somebody else may be adding the same name: the constraint decides, we look again.
        # In one order for everybody: two that add the same names wait, not deadlock.
        missing = [self._wanted[slug] for slug in sorted(unknown - found.keys())]
        if missing:
            Author.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
            found |= _authors_by_slug([author.slug for author in missing])
        return found | {slug: self._known[slug] for slug in asked - unknown}

    def remember(self, found: dict[str, Author]) -> None:
        """What `find` has found, and nothing has taken back, need not be asked for again."""
        self._known |= found

    def _want(self, who: Credited, number: int) -> str:
        """The slug of somebody, who is made ready to be stored."""
        name = " ".join(who.display.split())
        author = Author(name=name, homonym=number, is_corporate=who.corporate)
        if not who.corporate and who.name != split_name(name):
            author.family, author.given, author.particle, author.suffix = who.name
        author.derive()
        if author.slug not in self._wanted:
            author.full_clean(validate_unique=False, validate_constraints=False)
            if not author.key:
                raise ValidationError(
                    f"“{name}” is no name: it has no letter or digit."
                )
            self._wanted[author.slug] = author
        return author.slug


def _authors_by_slug(slugs: Sequence[str]) -> dict[str, Author]:
    """The authors known by these slugs: their own, or those of another name of theirs."""
    found = Author.objects.in_bulk(slugs, field_name="slug")
    keys = [slug.replace("-", " ") for slug in slugs if slug not in found]
    if keys:
        aliases = AuthorAlias.objects.filter(key__in=keys).select_related("author")
        known = {alias.key.replace(" ", "-"): alias.author for alias in aliases}
        found |= known
    return found


@transaction.atomic
def set_authors(*, paper: Paper, names: Sequence[str]) -> bool:
    """The paper has these authors, in this order, with their names as given.

    Returns: whether anything changed.
    Raises: ValidationError where a name is too long or has no letter.
    """
    return set_credited(paper=paper, credited=[credited(name) for name in names])


@transaction.atomic
def set_credited(*, paper: Paper, credited: Sequence[Credited]) -> bool:
    """The paper has these people and organisations as authors, in this order.

    Returns: whether anything changed.
    Raises: ValidationError where a name is too long or has no letter.
    """
    authors = authors_for_lists([credited])[0]
    return set_credits(
        paper=paper,
        credited=[
            credit(author, who) for author, who in zip(authors, credited, strict=True)
        ],
    )


def credit(author: Author, who: Credited) -> Credit:
    """The author as this name: said on the paper where it is not the author's own."""
    return Credit(author, "" if author.name == who.display else who.display)


@transaction.atomic
def set_credits(*, paper: Paper, credited: Sequence[Credit]) -> bool:
    """The paper has these authors, in this order; places are counted from 1.

    All rows are written anew, for moving one up would for a moment put two
    authors in one place. Returns: whether anything changed.
    """
    # Two who save at once take turns; on SQLite every transaction does.
    Paper.objects.select_for_update().only("pk").get(pk=paper.pk)
    new = [(credit.author.pk, credit.credited_as) for credit in credited]
    rows = paper.authorships.order_by("position")
    if list(rows.values_list("author_id", "credited_as")) == new:
        return False
    rows.all().delete()
    Authorship.objects.bulk_create(
        Authorship(
            paper=paper,
            author=credit.author,
            position=place,
            credited_as=credit.credited_as,
        )
        for place, credit in enumerate(credited, start=1)
    )
    return True


@transaction.atomic
def create_paper(
    *,
    authors: Sequence[str],
    topics: Iterable[Topic] = (),
    **fields: Unpack[PaperFields],
) -> Paper:
    """A new paper with its authors and topics; a draft unless it has `publish_at`.

    Raises: ValidationError where a rule of the catalogue refuses it.
    """
    paper = Paper(**fields)
    store_paper(paper)
    set_authors(paper=paper, names=authors)
    paper.topics.set(topics)
    _refresh(paper)
    return paper


@transaction.atomic
def update_paper(
    *,
    paper: Paper,
    authors: Sequence[str] | None = None,
    topics: Iterable[Topic] | None = None,
    **fields: Unpack[PaperFields],
) -> bool:
    """The paper holds these values; what is not given stays.

    Returns: whether anything changed. Where nothing does, nothing is written,
    not even `updated_at`. Raises: ValidationError where a rule refuses it.
    """
    changed = [
        _set_fields(paper, fields),
        authors is not None and set_authors(paper=paper, names=authors),
        topics is not None and _set_topics(paper, topics),
    ]
    if any(changed):
        store_paper(paper)
        _refresh(paper)
    return any(changed)


@transaction.atomic
def publish_paper(*, paper: Paper, at: datetime | None = None) -> None:
    """Readers see and find the paper from now on; one withdrawn keeps its first date.

    The rest of the paper stays as it is stored, whenever the given row was read.
    Raises: ValidationError where a rule of the catalogue refuses it.
    """
    stored = _lock(paper)
    publishing.publish(stored, at)
    _take_times(paper, stored)
    _refresh(paper)


@transaction.atomic
def withdraw_paper(*, paper: Paper, at: datetime | None = None) -> None:
    """Readers no longer see the paper; its address says so. Scheduled ones become drafts.

    The rest of the paper stays as it is stored, whenever the given row was read.
    Raises: ValidationError where readers do not see it anyway.
    """
    stored = _lock(paper)
    publishing.withdraw(stored, at)
    _take_times(paper, stored)
    _refresh(paper)


@transaction.atomic
def delete_papers(papers: QuerySet[Paper]) -> None:
    """Nothing is left of the papers, nor of their place in the search index.

    Raises: ProtectedError where an issue names one of them.
    """
    keys = [search.key(pk) for pk in papers.values_list("pk", flat=True)]
    papers.delete()
    index.remove(Kind.PAPER, keys)


def refresh_search(papers: QuerySet[Paper]) -> None:
    """Search knows these papers as they are now."""
    index.put(search.documents(papers))


def put_in_search(papers: Iterable[Paper]) -> None:
    """As `refresh_search`, of papers that are in memory with all that is found by."""
    index.put(map(search.document, papers))


def _lock(paper: Paper) -> Paper:
    """The paper as it is stored; who changes it too waits for the end of the transaction."""
    stored = Paper.objects.select_for_update().filter(pk=paper.pk).first()
    if stored is None:
        raise ValidationError("It was deleted meanwhile.")
    return stored


def _take_times(paper: Paper, stored: Paper) -> None:
    for name in ("publish_at", "withdrawn_at", "updated_at"):
        setattr(paper, name, getattr(stored, name))


def _refresh(paper: Paper) -> None:
    refresh_search(Paper.objects.filter(pk=paper.pk))


def _set_fields(paper: Paper, fields: PaperFields) -> bool:
    """Sets what differs once it is cleaned as the columns clean it."""
    before = {name: getattr(paper, name) for name in fields}
    for name, value in fields.items():
        setattr(paper, name, value)
    if before != {name: getattr(paper, name) for name in fields}:
        paper.full_clean()
    return before != {name: getattr(paper, name) for name in fields}


def _set_topics(paper: Paper, topics: Iterable[Topic]) -> bool:
    new = set(topics)
    if set(paper.topics.all()) == new:
        return False
    paper.topics.set(new)
    return True


def store_paper(paper: Paper) -> None:
    """The paper as it now is, looked over and saved, with nothing that follows from it.

    Raises: ValidationError, also where another took its address or id meanwhile.
    """
    paper.full_clean()
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:
        raise ValidationError(TAKEN) from error
