"""The quiz: four headlines, one of them the lie."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import (
    Case,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least, NullIf
from django.utils import timezone

from superfast.common.ownership import Owned
from superfast.common.paths import path_to
from superfast.common.publishing import Status, status_q
from superfast.common.text import CleanCharField, CleanTextField
from superfast.redirects.models import Addressed

HEADLINE_COUNT = 4
# Addresses below /quiz/ that are no quiz, now or one day.
RESERVED_SLUGS = ("archive", "export", "feed", "player", "search")


def make_headline_handle() -> str:
    """A public name for a headline that tells nothing about it.

    Hexadecimal, so that every database sorts it alike: headlines are shown in
    the order of their handles, which knows neither the lie nor the typing order.
    """
    return secrets.token_hex(8)


class QuizQuerySet(models.QuerySet["Quiz"]):
    def with_status(self, status: Status, at: datetime | None = None) -> "QuizQuerySet":
        """Quizzes whose issue has this status at that moment; without one, drafts."""
        return self.filter(status_q(status, at, "issue__"))

    def published(self, at: datetime | None = None) -> "QuizQuerySet":
        """Quizzes whose issue everybody may see at that moment."""
        return self.with_status(Status.PUBLISHED, at)

    def with_publish_at(self) -> "QuizQuerySet":
        """Each with its issue's time as `publish_at`. Cost: no further query."""
        return self.annotate(publish_at=F("issue__publish_at"))

    def with_closed_at(self, at: datetime | None = None) -> "QuizQuerySet":
        """Each with the moment it closed as `closed_at`; None while it is open.

        A quiz closes when the next issue with a quiz comes out, or at its own
        earlier time. What closed stays closed, though that next issue be withdrawn:
        by then the lie has been told (`quiz.services.keep_closed` sees to one that
        loses its time). Cost: no further query.
        """
        at = at or timezone.now()
        out = OuterRef("issue__publish_at")
        issues: Any = Quiz._meta.get_field("issue").related_model
        later = issues._base_manager.filter(
            Q(publish_at__gt=out) | Q(quiz__gt=OuterRef("pk")),
            quiz__isnull=False,
            publish_at__gte=out,
            publish_at__lte=at,
        ).order_by("publish_at")
        # LEAST of a value and nothing is the value on one database, nothing on another.
        never = Value(datetime.max.replace(tzinfo=UTC))
        next_at = Coalesce(Subquery(later.values("publish_at")[:1]), never)
        own_at = Case(When(closes_at__lte=at, then="closes_at"), default=never)
        return self.annotate(closed_at=NullIf(Least(next_at, own_at), never))

    def for_lists(self) -> "QuizQuerySet":
        """Each with `publish_at`, `closed_at` and `has_come_true`, and never the lie.

        While a quiz is open, nobody is told what came of its lie. Cost: no further query.
        """
        has_come_true = Q(came_true_on__isnull=False, closed_at__isnull=False)
        return (
            self.with_publish_at()
            .with_closed_at()
            .annotate(
                has_come_true=ExpressionWrapper(has_come_true, models.BooleanField())
            )
        )

    def that_came_true(self) -> "QuizQuerySet":
        """Those of `for_lists` whose lie came true after all."""
        return self.filter(has_come_true=True)

    def newest_first(self) -> "QuizQuerySet":
        """The latest issue's quiz first."""
        return self.order_by("-issue__publish_at", "-pk")

    def for_players(self) -> "QuizQuerySet":
        """Without the key, nor anything that changes when the key does.

        Cost: no further query, unless somebody asks for what was left out.
        """
        return self.select_related("issue").only(
            "slug",
            "title",
            "number",
            "intro",
            "closes_at",
            "issue__publish_at",
            "issue__withdrawn_at",
        )


class Quiz(Addressed, Owned):
    """Four headlines and a reference to the one that we invented.

    That the lie is one of the quiz's own headlines is checked by `clean`, by the
    editors' form and by `services.choose_lie`, not by the database: a CHECK sees
    one row of one table, and a foreign key over two columns Django does not have.
    """

    title = CleanCharField(
        max_length=200, help_text="Readers see it before they guess."
    )
    slug = models.SlugField(
        max_length=80, unique=True, help_text="The last part of the address."
    )
    number = models.PositiveIntegerField(
        null=True,
        blank=True,
        unique=True,
        help_text="Its place in the series, from 1. Players see “no. 12”.",
    )
    intro = CleanTextField(
        blank=True, max_length=1000, help_text="Readers see it before they guess."
    )
    # SET_NULL, not RESTRICT: a quiz without its lie is a state that
    # `services.check_quiz` names, and it can be put right on the same screen.
    lie = models.ForeignKey(
        "Headline", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closes_at = models.DateTimeField(
        "closes at",
        null=True,
        blank=True,
        help_text="UTC. Empty: it is open until the next issue with a quiz.",
    )

    # Two ticks, without which no quiz goes out.
    searched_on = models.DateField(
        "searched on",
        null=True,
        blank=True,
        help_text="The day you searched for the lie and found no such story.",
    )
    is_harmless = models.BooleanField(
        "harmless if believed",
        default=False,
        help_text="Nobody is hurt who takes the lie for true, and no private person is in it.",
    )
    # What became of it. Each change of the key has a Correction.
    key_version = models.PositiveSmallIntegerField(default=1, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    void_reason = CleanCharField(max_length=500, blank=True, editable=False)
    came_true_on = models.DateField(
        "came true on",
        null=True,
        blank=True,
        help_text="The verdict stays; the reveal gets a dated postscript.",
    )
    came_true_url = CleanCharField(
        "report of it",
        max_length=2000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )

    # From `QuizQuerySet.with_closed_at` only.
    closed_at: datetime | None

    objects = QuizQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name_plural = "quizzes"
        permissions = (("publish_quiz", "Can change every quiz, published ones too"),)
        indexes = (
            # The page cache asks for the last and the next: without it, every row is read.
            models.Index(
                fields=["closes_at"],
                condition=Q(closes_at__isnull=False),
                name="quiz_quiz_closes",
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="quiz_quiz_number_from_one",
                condition=Q(number=None) | Q(number__gte=1),
                violation_error_message="Quizzes are numbered from 1.",
            ),
            models.CheckConstraint(
                name="quiz_quiz_slug_not_reserved",
                condition=~Q(slug__in=RESERVED_SLUGS),
                violation_error_message="That slug is an address of ours: take another.",
            ),
            models.CheckConstraint(
                name="quiz_quiz_void_says_why",
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                violation_error_message="Say why the quiz is void.",
            ),
            models.CheckConstraint(
                name="quiz_quiz_came_true_with_report",
                condition=Q(came_true_on=None, came_true_url="")
                | (Q(came_true_on__isnull=False) & ~Q(came_true_url="")),
                violation_error_message="A lie that came true needs the day and a report.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("quiz:quiz-detail", self.slug)

    def clean(self) -> None:
        if self.lie_id and not self.headlines.filter(pk=self.lie_id).exists():
            raise ValidationError(
                {"lie": "The lie must be one of this quiz’s headlines."}
            )

    def status(self, at: datetime | None = None) -> Status:
        """Where the quiz stands: where its issue stands, a draft without one."""
        # The reverse of a one-to-one raises an AttributeError where nothing is.
        issue = getattr(self, "issue", None)
        return issue.status(at) if issue else Status.DRAFT

    def is_published(self, at: datetime | None = None) -> bool:
        """Whether everybody may play it at that moment."""
        return self.status(at) is Status.PUBLISHED


class Headline(models.Model):
    """One of the four: what players read, and what they are told afterwards."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="headlines")
    handle = models.CharField(
        max_length=32, unique=True, editable=False, default=make_headline_handle
    )
    text = CleanCharField("headline", max_length=300)
    explanation = CleanTextField(
        "why",
        blank=True,
        max_length=2000,
        help_text="One paragraph of Markdown: why it is true, or what gave it away.",
    )
    tells = CleanTextField(
        "tells",
        blank=True,
        max_length=1000,
        help_text="What could have given it away: a line of Markdown, for after the guess.",
    )
    source_url = CleanCharField(
        "source",
        max_length=2000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Where it was reported. The lie has none.",
    )
    outlet = CleanCharField(max_length=200, blank=True, help_text="Who reported it.")
    reported_on = models.DateField(
        "reported on",
        null=True,
        blank=True,
        help_text="Empty: readers see “date not stated”.",
    )
    # What editors see. No unique constraint: rows are saved one by one.
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                name="quiz_headline_text_required",
                condition=~Q(text=""),
                violation_error_message="Write the headline.",
            ),
            models.CheckConstraint(
                name="quiz_headline_source_http",
                condition=Q(source_url="")
                | Q(source_url__startswith="http://")
                | Q(source_url__startswith="https://"),
                violation_error_message="A source begins with http:// or https://.",
            ),
        )

    def __str__(self) -> str:
        return self.text
