"""“The last lie”: an issue puts right what the quiz that closed before it had made up.

For those who never play. Nothing of it is stored: who asks for issues asks, in the
same query, which quiz closed since the issue before, so that the block is right the
moment a quiz closes, and says nothing of one that is open. Corrections are told with
it, and so are later ones of older quizzes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import (
    Aggregate,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.utils.safestring import SafeString

from issues.models import Issue, IssueQuerySet
from quiz.figures import Precision, precision, tell_share, tell_total
from quiz.models import Correction, Guess, Quiz, Rollup, Tally
from superfast.common.json_rows import JsonList, JsonSubquery, read_moment
from superfast.common.markdown import render_inline
from superfast.common.paths import path_to


@dataclass(frozen=True, slots=True)
class PutRight:
    """One change of a key, told once its quiz has closed.

    `lie` is the lie by the current key, empty where the quiz is void; `was_lie` what we
    had called the lie before this change, where it is none by the current key.
    """

    title: str
    url: str
    reason: str
    made_at: datetime
    lie: str
    was_lie: str


@dataclass(frozen=True, slots=True)
class LastLie:
    """A closed quiz as it is told to everybody; `text` is empty where it is void.

    `fooled` and `total` are words, empty while there are too few guesses for a share.
    """

    title: str
    number: int | None
    url: str
    text: str
    why_html: SafeString
    void_reason: str
    came_true_on: date | None
    came_true_url: str
    fooled: str
    total: str
    corrections: Sequence[PutRight]


@dataclass(frozen=True, slots=True)
class Amends:
    """What an issue puts right: the lie of the quiz that closed, and what we got wrong."""

    lie: LastLie | None = None
    corrections: Sequence[PutRight] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.lie or self.corrections)

    @property
    def changed_at(self) -> datetime | None:
        """When the latest of the corrections was made."""
        rows = [*self.corrections, *(self.lie.corrections if self.lie else ())]
        return max((row.made_at for row in rows), default=None)


def with_amends(issues: IssueQuerySet, at: datetime) -> IssueQuerySet:
    """Each with what it puts right, for `amends_of`. Cost: no further query."""
    before = (
        Issue.objects.filter(publish_at__lt=OuterRef("publish_at"))
        .published(at)
        .order_by("-publish_at")
    )
    others = _corrections_between(
        at, OuterRef("issue_before_at"), OuterRef("publish_at")
    )
    return issues.alias(
        issue_before_at=Subquery(before.values("publish_at")[:1])
    ).annotate(
        last_lie=Subquery(_told(_closed_before(at), at).values("told")),
        put_right=Subquery(others.values("told")),
    )


def foresee_amends(issue: Issue, at: datetime) -> Amends:
    """What the issue will put right when it comes out: for the desk's previews alone.

    A quiz that is still open is told as closed by then, so no outsider may see this.

    Args:
        issue: need not be stored, nor have a time; then it is taken to come out now.
        at: now.

    Cost: at most four queries.
    """
    out = issue.publish_at or at
    at = max(at, out)
    others = Issue.objects.published(at).exclude(pk=issue.pk)
    earlier = others.filter(publish_at__lt=out).order_by("-publish_at")
    before = earlier.values_list("publish_at", flat=True).first()
    if before is None:
        return _amends(None, [])
    quiz = (
        Quiz.objects.published(at)
        .exclude(issue=issue.pk)
        .filter(issue__publish_at__lt=out)
        .with_closed_at(out)
        .newest_first()
        .first()
    )
    # Its own quiz closes the one before, which nothing stored says yet.
    closed_at = (quiz.closed_at or (out if issue.quiz_id else None)) if quiz else None
    is_told = closed_at is not None and before < closed_at <= out
    told = Quiz.objects.filter(_TOLD, pk__in=[quiz.pk] if quiz and is_told else [])
    lie = next(iter(_told(told, at).values_list("told", flat=True)), None)
    changes = _corrections_between(at, before, out)
    # Where there is nothing, one database has no row, the other a row of nothing.
    rows = next(iter(changes.values_list("told", flat=True)), None)
    return _amends(lie, rows or [])


# What can be told of a quiz: its lie, or why it has none.
_TOLD = Q(lie__isnull=False) | Q(voided_at__isnull=False)


def amends_of(issue: Issue) -> Amends:
    """What the issue puts right, from `with_amends`; nothing where it was not asked."""
    return _amends(
        getattr(issue, "last_lie", None), getattr(issue, "put_right", None) or []
    )


def _amends(lie: dict[str, Any] | None, others: list[dict[str, Any]]) -> Amends:
    mine = (lie["corrections"] or []) if lie else []
    # Those of the quiz that closed stand with its lie, whenever they were made.
    rest = [row for row in others if not lie or row["slug"] != lie["slug"]]
    return Amends(
        lie=_last_lie(lie, _in_order(mine)) if lie else None,
        corrections=[*map(_put_right, _in_order(rest))],
    )


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["made_at"]))


def _closed_before(at: datetime) -> QuerySet[Any]:
    """The quiz that closed after the issue before this one and no later than this one.

    Only the latest quiz before it can have: each earlier one closed when that came out.
    """
    moment = OuterRef(OuterRef("publish_at"))
    latest = (
        Issue.objects.filter(quiz__isnull=False, publish_at__lte=moment)
        .filter(
            Q(publish_at__lt=moment)
            # Of two that come out at one moment, the first is closed by the second.
            | Q(quiz__lt=OuterRef(OuterRef("quiz")))
        )
        .published(at)
        .order_by("-publish_at", "-quiz_id")
    )
    quizzes: QuerySet[Any] = Quiz.objects.filter(
        pk=Subquery(latest.values("quiz")[:1])
    ).with_closed_at(at)
    return quizzes.filter(
        _TOLD,
        closed_at__gt=OuterRef("issue_before_at"),
        closed_at__lte=OuterRef("publish_at"),
    )


def _told(quizzes: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Each with what is told of it as `told`, its corrections too."""
    last = Rollup.objects.filter(quiz=OuterRef("quiz")).values("last_guess_id")
    tallied = Tally.objects.filter(in_period=True, headline__isnull=False)
    newer = Guess.objects.filter(
        counted=True,
        in_period=True,
        headline__isnull=False,
        pk__gt=Coalesce(Subquery(last), 0),
    )
    corrections = _told_corrections(at).filter(quiz=OuterRef("pk"))
    told: QuerySet[Any] = quizzes.annotate(
        told=JSONObject(
            title="title",
            number="number",
            slug="slug",
            text="lie__text",
            why="lie__explanation",
            void_reason="void_reason",
            came_true_on=Cast("came_true_on", CharField()),
            came_true_url="came_true_url",
            tallied=_totals(tallied, partial(Sum, "count")),
            newer=_totals(newer, partial(Count, "pk")),
            corrections=JsonSubquery(corrections.values("told")),
        )
    )
    return told


def _totals(rows: QuerySet[Any], number: Callable[..., Aggregate]) -> JsonSubquery:
    """How many of these rows are the quiz's, and of those not its lie's; None without any."""
    wrong = ~Q(headline=OuterRef("lie"))
    totals = JSONObject(total=number(), fooled=number(filter=wrong))
    mine: Any = rows.filter(quiz=OuterRef("pk")).order_by().values("quiz")
    return JsonSubquery(mine.annotate(totals=totals).values("totals"))


def _corrections_between(at: datetime, since: Any, until: Any) -> QuerySet[Any]:
    """In one row as `told`: corrections made in this time, after their quiz had closed."""
    quizzes: QuerySet[Any] = Quiz.objects.published(at).with_closed_at(at)
    closed = quizzes.filter(pk=OuterRef("quiz"), closed_at__lte=OuterRef("made_at"))
    return _told_corrections(at).filter(
        Exists(closed), made_at__gt=since, made_at__lte=until
    )


def _told_corrections(at: datetime) -> QuerySet[Any]:
    """Corrections in one row as `told`; in none where there is nothing."""
    told = JSONObject(
        title="quiz__title",
        slug="quiz__slug",
        reason="reason",
        made_at=Cast("made_at", CharField()),
        void_reason="quiz__void_reason",
        lie_id="quiz__lie",
        lie="quiz__lie__text",
        old_lie_id="old_lie",
        old_lie="old_lie__text",
    )
    # Grouped by what all have in common: one row.
    grouped: QuerySet[Any] = (
        Correction.objects.filter(made_at__lte=at)
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(told=JsonList(told))
    )
    return grouped


def _last_lie(data: dict[str, Any], corrections: list[dict[str, Any]]) -> LastLie:
    is_void = bool(data["void_reason"])
    counts = [counted for counted in (data["tallied"], data["newer"]) if counted]
    fooled = sum(int(counted["fooled"] or 0) for counted in counts)
    total = sum(int(counted["total"] or 0) for counted in counts)
    may_tell = precision(total) is Precision.PER_CENT
    came_true_on = data["came_true_on"]
    return LastLie(
        title=data["title"],
        number=data["number"],
        url=path_to("quiz:quiz-detail", data["slug"]),
        text="" if is_void else data["text"],
        why_html=render_inline("" if is_void else data["why"]),
        void_reason=data["void_reason"],
        came_true_on=date.fromisoformat(came_true_on) if came_true_on else None,
        came_true_url=data["came_true_url"],
        fooled=tell_share(fooled, total) if may_tell else "",
        total=tell_total(total) if may_tell else "",
        corrections=[*map(_put_right, corrections)],
    )


def _put_right(data: dict[str, Any]) -> PutRight:
    is_void = bool(data["void_reason"])
    was_wrong = data["old_lie_id"] != data["lie_id"]
    return PutRight(
        title=data["title"],
        url=path_to("quiz:quiz-detail", data["slug"]),
        reason=data["reason"],
        made_at=read_moment(data["made_at"]),
        lie="" if is_void else data["lie"] or "",
        was_lie=data["old_lie"] or "" if was_wrong and not is_void else "",
    )
