"""The demonstration content: facts from `data/`, prose of ours from the folders beside it.

Everything is found again by its slug or its content and left as it is: loading
twice changes nothing, and never what an editor has changed since.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from issues.models import Image, Issue
from issues.pictures import encode, store_picture
from issues.services import save_issue
from papers.models import Catalogue, Kind, Paper, Topic
from papers.related import relate_all
from papers.services import create_paper
from quiz.models import Quiz
from quiz.services import choose_lie
from superfast.common.text import curl_quotes

HERE = Path(__file__).parent
CATALOGUE = {
    "slug": "2022",
    "title": "Papers of 2022",
    "year": 2022,
    "intro": "What we kept from a long year: papers posted or presented in 2022, with a line "
    "in our own words on those that matter most to us.",
}
PAPERS_PUBLISHED_AT = datetime(2023, 1, 4, 13, tzinfo=UTC)

_PICTURE = re.compile(
    r"!\[(?P<alt>[^\]]*)\]\(picture:(?P<file>[\w.-]+)(?P<title> \"[^\"]*\")?\)"
)
_JOURNALS = ("Nature ", "TASLP ")
_COPIED = ("title", "year", "first_posted", "arxiv_id", "doi")
_LINKS = ("url", "pdf_url", "code_url", "project_url")


@dataclass(frozen=True, slots=True)
class Added:
    """How much was new."""

    papers: int
    quizzes: int
    issues: int

    def __str__(self) -> str:
        return (
            f"{self.papers} papers, {self.quizzes} quizzes, {self.issues} issues added."
        )


@transaction.atomic
def load_demo() -> Added:
    """The demonstration content is there, all or nothing. Returns: how much was new."""
    return Added(papers=_load_papers(), quizzes=_load_quizzes(), issues=_load_issues())


# Papers -----------------------------------------------------------------------


def _load_papers() -> int:
    catalogue, _ = Catalogue.objects.get_or_create(
        slug=CATALOGUE["slug"], defaults=CATALOGUE
    )
    topics = {topic.name: topic for topic in _load_topics()}
    takeaways = _toml("data/takeaways.toml")
    known = set(
        Paper.objects.filter(catalogue=catalogue).values_list("slug", flat=True)
    )
    rows = json.loads((HERE / "data/papers-2022.json").read_text(encoding="utf-8"))
    new = [
        (position, row)
        for position, row in enumerate(rows, 1)
        if row["key"] not in known
    ]
    for position, row in new:
        venue, presentation = _split_venue(row.get("venue") or "")
        create_paper(
            catalogue=catalogue,
            slug=row["key"],
            authors=row["authors"],
            topics=[topics[row["topic"]]],
            authors_complete=row["authors_complete"],
            is_highlight=row["highlight"],
            takeaway=takeaways.get(row["key"], ""),
            venue=venue,
            presentation=presentation,
            kind=_kind(venue, row.get("arxiv_id")),
            position=position,
            publish_at=PAPERS_PUBLISHED_AT,
            **{name: row[name] for name in _COPIED if row.get(name)},
            **{name: row[name] for name in _LINKS if _is_address(row.get(name))},
        )
    if new:
        relate_all()
    return len(new)


def _load_topics() -> Iterator[Topic]:
    for row in _toml("data/topics.toml")["topics"]:
        topic, _ = Topic.objects.get_or_create(slug=row["slug"], defaults=row)
        yield topic


def _is_address(text: str | None) -> bool:
    """One entry of the file holds words in place of an address: it has no such link."""
    return bool(text) and " " not in str(text)


def _split_venue(text: str) -> tuple[str, str]:
    """Where a paper appeared, and how: “CVPR 2022 (Oral)” says both."""
    match = re.fullmatch(r"(.+) \((Oral|Spotlight)\)", text)
    return (match[1], match[2]) if match else (text, "")


def _kind(venue: str, arxiv_id: str | None) -> str:
    """What sort of publication it is, as the venue tells."""
    if venue.startswith(_JOURNALS):
        return Kind.JOURNAL
    if venue:
        return Kind.PROCEEDINGS
    return Kind.PREPRINT if arxiv_id else ""


# Quizzes ----------------------------------------------------------------------


def _load_quizzes() -> int:
    known = set(Quiz.objects.values_list("slug", flat=True))
    files = sorted((HERE / "quizzes").glob("*.toml"))
    new = [
        (number, path) for number, path in enumerate(files, 1) if path.stem not in known
    ]
    for number, path in new:
        data = _toml(f"quizzes/{path.name}")
        quiz = Quiz(
            slug=data["slug"],
            title=data["title"],
            intro=data["intro"],
            searched_on=data["searched_on"],
            is_harmless=data["harmless"],
        )
        quiz.number = None if Quiz.objects.filter(number=number).exists() else number
        quiz.full_clean()
        quiz.save()
        for position, row in enumerate(data["headlines"]):
            _add_headline(quiz, row, position)
    return len(new)


def _add_headline(quiz: Quiz, row: dict[str, Any], position: int) -> None:
    source = {} if row.get("lie") else _headlines()[row["url"]]
    headline = quiz.headlines.model(
        quiz=quiz,
        text=curl_quotes(source.get("headline") or row["text"]),
        explanation=row["why"],
        source_url=source.get("url", ""),
        outlet=source.get("publisher", ""),
        reported_on=date.fromisoformat(source["date"]) if source.get("date") else None,
        position=position,
    )
    headline.full_clean()
    headline.save()
    if row.get("lie"):
        choose_lie(quiz=quiz, headline=headline)


@cache
def _headlines() -> dict[str, dict[str, Any]]:
    data = json.loads(
        (HERE / "data/headlines-2022-2023.json").read_text(encoding="utf-8")
    )
    return {row["url"]: row for row in data["headlines"]}


# Issues -----------------------------------------------------------------------


def _load_issues() -> int:
    known = set(Issue.objects.values_list("slug", flat=True))
    new = [p for p in sorted((HERE / "issues").glob("*.md")) if p.stem not in known]
    for path in new:
        _add_issue(path)
    return len(new)


def _add_issue(path: Path) -> None:
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    data = tomllib.loads(front)
    cover = _picture(data["cover"], data["cover_alt"]) if data.get("cover") else None
    issue = Issue(
        title=data["title"],
        slug=data["slug"],
        dek=data["dek"],
        body=_PICTURE.sub(_with_address, body.strip()) + "\n",
        cover=cover,
        quiz=Quiz.objects.get(slug=data["quiz"]) if data.get("quiz") else None,
        publish_at=_publish_at(data),
    )
    issue.full_clean()
    save_issue(issue=issue, by=None)


def _publish_at(data: dict[str, Any]) -> datetime | None:
    if days := data.get("schedule_in_days"):
        noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
        return noon + timedelta(days=days)
    published: datetime | None = data.get("publish_at")
    return published


def _with_address(match: re.Match[str]) -> str:
    image = _picture(match["file"], match["alt"])
    return f"![{match['alt']}]({image.src}{match['title'] or ''})"


def _picture(name: str, alt: str) -> Image:
    """A file of ours, stored as any picture is."""
    with (HERE / "pictures" / name).open("rb") as file:
        image = Image(alt=alt)
        store_picture(image=image, picture=encode(file))
    return image


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
