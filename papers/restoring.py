"""A paper as it was: what differs between two of its revisions, and going back to one."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from papers import history
from papers.citing.entry import COLUMNS, Credited
from papers.models import Author, Catalogue, Paper, PaperRevision, Placement, Topic
from papers.names import PersonName
from papers.services import (
    credit,
    refresh_search,
    set_credited,
    set_credits,
    store_paper,
)
from superfast.common.difference import compare
from superfast.common.tasks import enqueue

_NAMES = {
    "slug": "slug",
    "key": "citation key",
    "catalogue": "catalogue",
    "authors": "authors",
    "people": "who the authors are",
    "authors_complete": "all authors are listed",
    "topics": "topics",
    "also_in": "further catalogues",
    "checked": "checked",
}

# Of another paper that was merged: its readers are led here, wherever it was.
_WHERE = ("slug", "key", "catalogue", "also_in")


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs between the data of two revisions, as `admin/_differences.html` wants it.

    What one of them does not hold, for it was not kept at its time, is passed over.
    """
    return [
        {"label": label, "difference": compare(before, after)}
        for label, before, after in _changes(old, new)
    ]


def changed_labels(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What `differences` would tell of, without comparing the words."""
    return [label for label, _, _ in _changes(old, new)]


def _changes(
    old: dict[str, Any], new: dict[str, Any]
) -> Iterator[tuple[str, str, str]]:
    before, after = _texts(old), _texts(new)
    if old["authors"] != new["authors"]:  # of course others, then
        before.pop(_NAMES["people"], None)
    for name, text in before.items():
        if text != after.get(name, text):
            yield name[:1].upper() + name[1:], text, after[name]


def _texts(data: dict[str, Any]) -> dict[str, str]:
    """What each part is called → what it says, as people read it."""
    columns = {
        str(Paper._meta.get_field(name).verbose_name): value  # type: ignore[union-attr]
        for name, value in data["values"].items()
    }
    others = {said: data[name] for name, said in _NAMES.items() if name in data}
    others["authors"] = [
        Credited(PersonName(*parts), corporate).display
        for *parts, corporate in data["authors"]
    ]
    return {name: _text(value) for name, value in (columns | others).items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


@transaction.atomic
def restore(*, paper: Paper, revision: PaperRevision, by: Any) -> bool:
    """The paper says again what it said then; what it says now stays in its history.

    Publication and who has checked it stay as they are, and its address where it is
    what a merged paper said. Returns: whether anything
    changed. Raises: ValidationError where what it said is no longer allowed.
    """
    Paper.objects.select_for_update().only("pk").get(pk=paper.pk)
    paper = history.rows(Paper.objects.filter(pk=paper.pk)).get()
    now = history.snapshot(paper)
    then = {**now, **revision.data, "checked": now["checked"]}
    if revision.merged_from:
        then |= {name: now[name] for name in _WHERE}
    if history.is_same(then, now):
        return False
    history.keep([paper.pk], PaperRevision.Verb.BEFORE)
    for name in COLUMNS:
        if name in then["values"]:
            setattr(paper, name, then["values"][name])
    paper.slug, paper.authors_complete = then["slug"], then["authors_complete"]
    if then["key"] != now["key"]:
        paper.cite_key = then["key"]
    paper.catalogue = _named(Catalogue, "slug", [then["catalogue"]])[0]
    if (then["authors"], then["people"]) != (now["authors"], now["people"]):
        _credit(paper, revision.data)
    paper.topics.set(_named(Topic, "name", then["topics"] or []))
    _place(paper, _named(Catalogue, "slug", then["also_in"]))
    store_paper(paper)
    history.keep([paper.pk], PaperRevision.Verb.RESTORE, by)
    refresh_search(Paper.objects.filter(pk=paper.pk))
    enqueue("papers.related.relate_paper", paper.pk)
    return True


def _credit(paper: Paper, data: dict[str, Any]) -> None:
    """The paper has its authors of then: the same people, where they are still there."""
    written = [Credited(PersonName(*parts), org) for *parts, org in data["authors"]]
    slugs = data.get("people", ())
    known = Author.objects.in_bulk(slugs, field_name="slug")
    if len(known) != len(written):
        set_credited(paper=paper, credited=written)
        return
    credits_ = [
        credit(known[slug], who) for slug, who in zip(slugs, written, strict=True)
    ]
    set_credits(paper=paper, credited=credits_)


def _place(paper: Paper, catalogues: list[Catalogue]) -> None:
    """The paper is a guest in these catalogues and no other."""
    paper.placements.exclude(catalogue__in=catalogues).delete()
    Placement.objects.bulk_create(
        [Placement(paper=paper, catalogue=catalogue) for catalogue in catalogues],
        ignore_conflicts=True,
    )


def _named(model: Any, column: str, names: list[str]) -> list[Any]:
    """The rows of these names. Raises: ValidationError where one is gone."""
    found = {
        getattr(row, column): row
        for row in model.objects.filter(**{f"{column}__in": names})
    }
    if missing := [name for name in names if name not in found]:
        kind = model._meta.verbose_name
        raise ValidationError(f"The {kind} “{missing[0]}” is gone.")
    return [found[name] for name in names]
