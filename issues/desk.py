"""The first page of the desk: what is to be done this week, and what was done.

Each question is asked of the rows that this person's own lists would show, and
each costs a fixed number of queries, however many rows there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from issues.checklist import check_issue
from issues.models import (
    InboxItem,
    Issue,
    Link,
    LinkState,
    LinkWaiver,
    Revision,
)
from issues.placeholders import find_placeholders
from papers.finishing import count_to_do
from papers.models import MistakeReport, Paper
from quiz.figures import tell_share
from quiz.models import Quiz
from quiz.stats import Picks, count_picks

ROWS = 6
_RECENT = 10
_FINDINGS = 6
_SAVES_READ = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """The issue that is next: the first that is scheduled, else the draft last saved."""

    issue: Issue
    errors: list[str]
    warnings: list[str]

    @property
    def first(self) -> list[str]:
        """As many lines of the checklist as the page has room for."""
        return [*self.errors, *self.warnings][:_FINDINGS]

    @property
    def more(self) -> int:
        return max(0, len(self.errors) + len(self.warnings) - _FINDINGS)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToFill:
    """A draft, and how many of its links are still to come."""

    issue: Issue
    places: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rot:
    """Addresses that issues refer to and that are gone or have moved."""

    broken: int
    moved: int
    worst: list[Link]


@dataclass(frozen=True, kw_only=True, slots=True)
class LastQuiz:
    """The quiz that was published last, in figures."""

    quiz: Quiz
    picks: Picks

    @property
    def fooled(self) -> str:
        """How many took a truth for the lie, in words."""
        total = self.picks.total
        return tell_share(total - self.picks.of(self.quiz.lie_id), total)


@dataclass(frozen=True, kw_only=True, slots=True)
class Papers:
    """What is to do in the catalogue; `reports` is None for who is not shown any."""

    to_do: list[tuple[str, str, int]]
    reports: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontPage:
    """What the desk shows a person; None where they may not see such a thing."""

    sees_issues: bool = False
    may_add: bool = False
    week: Week | None = None
    drafts: list[Issue] | None = None
    scheduled: list[Issue] | None = None
    to_fill: list[ToFill] | None = None
    waiting: int | None = None
    rot: Rot | None = None
    papers: Papers | None = None
    last_quiz: LastQuiz | None = None
    changes: list[Revision] | None = None


def front_page(request: HttpRequest, at: datetime | None = None) -> FrontPage:
    """The desk as it is for this person now. Cost: a constant number of queries."""
    at = at or timezone.now()
    if not _may_view(request, Issue):
        return FrontPage(papers=_papers(request), last_quiz=_last_quiz(request, at))
    issues = _with_last_save(_rows(request, Issue))
    drafts = list(issues.drafts().order_by("-updated_at", "-pk")[: ROWS + 1])
    scheduled = list(issues.scheduled(at).order_by("publish_at", "pk")[: ROWS + 1])
    return FrontPage(
        sees_issues=True,
        may_add=admin.site.get_model_admin(Issue).has_add_permission(request),
        week=_week(next(iter([*scheduled[:1], *drafts[:1]]), None)),
        drafts=drafts,
        scheduled=scheduled,
        to_fill=list(_to_fill(drafts)),
        waiting=_waiting(request),
        rot=_rot(request),
        papers=_papers(request),
        last_quiz=_last_quiz(request, at),
        changes=_changes(request),
    )


def _may_view(request: HttpRequest, model: type[Any]) -> bool:
    if not admin.site.is_registered(model):
        return False
    return admin.site.get_model_admin(model).has_view_permission(request)


def _rows(request: HttpRequest, model: type[Any]) -> Any:
    return admin.site.get_model_admin(model).get_queryset(request)


def _with_last_save(issues: QuerySet[Issue]) -> Any:
    """With `last_saved_by`: whose the newest revision is."""
    last = Revision.objects.filter(issue=OuterRef("pk")).order_by("-saved_at", "-pk")
    name = Subquery(last.values("saved_by__username")[:1])
    return issues.annotate(last_saved_by=name)


def _week(issue: Issue | None) -> Week | None:
    if issue is None:
        return None
    found = check_issue(issue)
    return Week(
        issue=issue,
        errors=[str(each) for each in found.errors],
        warnings=[str(each) for each in found.warnings],
    )


def _to_fill(drafts: list[Issue]) -> Iterator[ToFill]:
    """Those with links to come that nobody has waived. Cost: one query."""
    waivers = LinkWaiver.objects.filter(issue__in=drafts)
    waived = set(waivers.values_list("issue_id", "key"))
    for issue in drafts:
        places = find_placeholders(issue.body)
        if count := sum((issue.pk, place.key) not in waived for place in places):
            yield ToFill(issue=issue, places=count)


def _waiting(request: HttpRequest) -> int | None:
    if not request.user.has_perm("issues.view_inboxitem"):
        return None
    return InboxItem.objects.waiting().count()


def _rot(request: HttpRequest) -> Rot | None:
    """Of the links that this person's own list shows, with the issues that it names."""
    if not _may_view(request, Link):
        return None
    rotten = _rows(request, Link).rotten()
    broken = rotten.filter(state=LinkState.BROKEN).count()
    worst = rotten.order_by("state", "-checked_at", "pk")[:ROWS]
    return Rot(broken=broken, moved=rotten.count() - broken, worst=list(worst))


def _papers(request: HttpRequest) -> Papers | None:
    """Of the papers that this person's own list shows. Cost: two queries."""
    if not _may_view(request, Paper):
        return None
    reports = None
    if _may_view(request, MistakeReport):
        reports = _rows(request, MistakeReport).filter(settled_at=None).count()
    return Papers(to_do=count_to_do(_rows(request, Paper)), reports=reports)


def _last_quiz(request: HttpRequest, at: datetime) -> LastQuiz | None:
    """Its figures tell the lie: only for who may see guesses."""
    if not request.user.has_perm("quiz.view_guess"):
        return None
    out = Quiz.objects.published(at).select_related("issue").defer("issue__body")
    quiz = out.order_by("-issue__publish_at", "-pk").first()
    return LastQuiz(quiz=quiz, picks=count_picks(quiz.pk)) if quiz else None


def _changes(request: HttpRequest) -> list[Revision]:
    """The last saves, one for each run of saves of an issue by the same person."""
    visible = _rows(request, Issue).values("pk")
    rows = Revision.objects.filter(issue__in=visible).for_history()
    rows = rows.select_related("issue").defer("issue__body", "issue__blocks")
    shown: list[Revision] = []
    for row in rows[:_SAVES_READ]:
        last = shown[-1] if shown else None
        same = last and (last.issue_id, last.saved_by_id, last.kind == "publish")
        if same != (row.issue_id, row.saved_by_id, row.kind == "publish"):
            shown.append(row)
    return shown[:_RECENT]
