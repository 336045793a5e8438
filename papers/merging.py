"""Two rows that are one: papers, and authors; and one author who is two people."""

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from papers import history, search
from papers.citing.entry import COLUMNS
from papers.fields import fold_key
from papers.matching import Match, Shelf, stored
from papers.models import (
    Author,
    AuthorAlias,
    Authorship,
    DistinctPair,
    FormerAddress,
    Paper,
    PaperRevision,
    Placement,
)
from papers.services import Credit, refresh_search, set_credits
from superfast.search import index
from superfast.search.documents import Kind

CHOICES = (*COLUMNS, "authors")


def find_pairs() -> Iterator[tuple[int, int, str]]:
    """Papers that may be one, each pair once, with a sentence on why.

    Pairs that somebody has looked at and called two papers are left out.
    """
    works = list(stored(Paper.objects.order_by().values_list("pk", flat=True)))
    apart = set(DistinctPair.objects.values_list("first_id", "second_id"))
    shelf = Shelf()
    for work in works:
        match = shelf.find(work)
        shelf.add(work)
        if match and match.work.paper and work.paper:
            pair = ordered(match.work.paper, work.paper)
            if pair not in apart:
                yield (
                    *pair,
                    match.doubt or "Same title, close years, an author in common.",
                )


def likely_duplicate(paper: Paper) -> Match | None:
    """Another paper that this one may be, unless somebody has called them two."""
    mine = next(iter(stored([paper.pk])), None)
    if mine is None:
        return None
    near = {
        *Paper.objects.filter(title_key=mine.title_key).values_list("pk", flat=True),
        *Authorship.objects.filter(author__match_key__in=mine.authors).values_list(
            "paper", flat=True
        ),
    } - {paper.pk}
    for first, second in (
        DistinctPair.objects.filter(first=paper.pk)
        .values_list("first_id", "second_id")
        .union(
            DistinctPair.objects.filter(second=paper.pk).values_list(
                "first_id", "second_id"
            )
        )
    ):
        near -= {first, second}
    shelf = Shelf()
    for work in stored(near):
        shelf.add(work)
    mine.slug = ""
    return shelf.find(mine)


def ordered(one: int, other: int) -> tuple[int, int]:
    """The two, the smaller first."""
    return (one, other) if one < other else (other, one)


def keep_apart(*, one: Paper, other: Paper, by: Any) -> None:
    """The two are two papers: nobody is asked about them again."""
    first, second = ordered(one.pk, other.pk)
    DistinctPair.objects.get_or_create(
        first_id=first, second_id=second, defaults={"made_by": by}
    )


@transaction.atomic
def merge_papers(
    *, keep: Paper, lose: Paper, taken: Collection[str] = (), by: Any = None
) -> None:
    """Two papers are one: `keep`, at its address, to which the other's leads.

    Mentions in issues, places in lists and former addresses move along; topics are
    put together. Readers see the paper from the earlier time on at which
    one of the two was out. What was kept of either stays in the history.

    Args:
        keep: the row, and the address, that stay.
        lose: the row that goes.
        taken: the columns (of `CHOICES`) whose values are the other's.
        by: who merges.

    Raises: ValidationError where the two are one row, or a rule refuses the result.
    """
    if keep.pk == lose.pk:
        raise ValidationError("That is one paper already.")
    history.keep([keep.pk, lose.pk], PaperRevision.Verb.BEFORE)
    values = {name: getattr(lose, name) for name in taken if name in COLUMNS}
    credited = [Credit(row.author, row.credited_as) for row in lose.authors]
    topics = list(lose.topics.all())
    Paper.objects.filter(pk=lose.pk).update(arxiv_id="", doi="", cite_key="")
    _move(keep, lose)
    if "authors" in taken:
        set_credits(paper=keep, credited=credited)
        keep.authors_complete = lose.authors_complete
    keep.topics.add(*topics)
    for name, value in values.items():
        setattr(keep, name, value)
    if lose.is_published():
        times = [row.publish_at for row in (keep, lose) if row.is_published()]
        keep.publish_at, keep.withdrawn_at = min(filter(None, times)), None
    lost = search.key(lose.pk)
    lose.delete()
    keep.full_clean()
    keep.save()
    index.remove(Kind.PAPER, [lost])
    refresh_search(Paper.objects.filter(pk=keep.pk))
    history.keep([keep.pk], PaperRevision.Verb.MERGE, by, anyway=True)


def _move(keep: Paper, lose: Paper) -> None:
    """What points at the losing paper points at the other."""
    named = set(keep.mentions.values_list("issue", flat=True))
    lose.mentions.filter(issue__in=named).delete()
    lose.mentions.update(paper=keep)
    lose.import_rows.update(paper=keep)
    history.hand_over(lose, keep)
    FormerAddress.objects.filter(paper=lose).update(paper=keep)
    keep.answer_at(lose.catalogue.slug, lose.slug)
    taken = {
        keep.pk,
        *keep.related.filter(is_pick=True).values_list("other", flat=True),
    }
    lose.related.filter(is_pick=True).exclude(other__in=taken).update(paper=keep)
    near = {keep.pk, *keep.related_from.values_list("paper", flat=True)}
    lose.related_from.filter(is_pick=True).exclude(paper__in=near).update(other=keep)
    lose.mistake_reports.update(paper=keep)
    listed = {keep.catalogue_id, *keep.placements.values_list("catalogue", flat=True)}
    lose.placements.exclude(catalogue__in=listed).update(paper=keep)
    if lose.catalogue_id not in listed:
        Placement.objects.get_or_create(
            catalogue=lose.catalogue, paper=keep, defaults={"position": lose.position}
        )


@transaction.atomic
def merge_authors(*, keep: Author, lose: Author, by: Any = None) -> None:
    """Two authors are one; papers go on printing the names that they printed.

    The other name becomes an alias, and its page leads to the one that stays. Where both
    have the same name, that one has the smaller of their numbers.
    Raises: ValidationError where a paper names both.
    """
    if keep.pk == lose.pk:
        raise ValidationError("That is one author already.")
    both = Paper.objects.filter(authorships__author=keep).filter(
        authorships__author=lose
    )
    if paper := both.first():
        raise ValidationError(f"“{paper}” names both: they are two people.")
    number = min(keep.homonym, lose.homonym) if keep.key == lose.key else keep.homonym
    changed = [lose] if number == keep.homonym else [lose, keep]
    rows = Authorship.objects.filter(author__in=changed).order_by()
    papers = list(rows.values_list("paper", flat=True))
    history.keep_first(papers)
    lose.authorships.filter(credited_as="").update(credited_as=lose.name)
    lose.authorships.filter(credited_as=keep.name).update(credited_as="")
    lose.authorships.update(author=keep)
    lose.aliases.update(author=keep)
    lose.former_slugs.update(author=keep)
    lose.delete()
    keep.answer_at(lose.slug)
    if number != keep.homonym:
        keep.homonym = number
        keep.save()
    keep_name(author=keep, name=lose.name)
    history.keep(papers, PaperRevision.Verb.MERGE, by)
    refresh_search(Paper.objects.filter(pk__in=papers))


def keep_name(*, author: Author, name: str) -> None:
    """Another name finds the author: at its address, and in what is imported.

    Not where it is somebody's name, or known for another. Cost: up to three queries.
    """
    key = fold_key(name, 255)
    if not Author.objects.filter(key=key).exists():
        AuthorAlias.objects.get_or_create(
            key=key, defaults={"author": author, "name": name}
        )


@transaction.atomic
def split_author(*, author: Author, papers: Collection[int], by: Any = None) -> Author:
    """Somebody else of the same name wrote these papers: a new author, the next of the name.

    Raises: ValidationError where none or all of the author's papers are named.
    """
    mine = author.authorships.filter(paper__in=papers)
    if not mine.exists() or mine.count() == author.authorships.count():
        raise ValidationError("Choose some of the papers, not none and not all.")
    last = Author.objects.filter(key=author.key).aggregate(last=Max("homonym"))["last"]
    other = Author(
        name=author.name,
        homonym=last + 1,
        is_corporate=author.is_corporate,
        family=author.family,
        given=author.given,
        particle=author.particle,
        suffix=author.suffix,
    )
    other.full_clean()
    other.save()
    parted = list(mine.values_list("paper", flat=True))
    history.keep_first(parted)
    mine.update(author=other)
    history.keep(parted, PaperRevision.Verb.SPLIT, by)
    refresh_search(Paper.objects.filter(pk__in=parted))
    return other
