"""Who plays, and what they picked."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from quiz.models.quizzes import HEADLINE_COUNT, Headline, Quiz

ARRANGEMENTS = 24  # of four headlines
REASONS = ("no cookie", "staff", "too fast", "too many", "honeypot", "merged")


def make_player_handle() -> str:
    return secrets.token_hex(16)


class Player(models.Model):
    """A browser that has guessed; nothing else is known of it."""

    handle = models.CharField(max_length=32, unique=True, default=make_player_handle)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    keeps_streak = models.BooleanField(
        default=False, help_text="Asked to be remembered for 13 months, not 30 days."
    )

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Player {self.pk}"


class TransferCode(models.Model):
    """A code, used once within minutes, that carries a player to another browser."""

    digest = models.CharField(max_length=64, unique=True)
    player = models.ForeignKey(
        Player, on_delete=models.CASCADE, related_name="transfer_codes"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Transfer code {self.pk}"


class Guess(models.Model):
    """What a player picked as the lie; never whether that was right."""

    class Channel(models.TextChoices):
        PAGE = "page", "The quiz’s page"
        CARD = "card", "The card in an issue"
        LINK = "link", "A link to a headline"
        MAIL = "mail", "A link in the mail copy"

    class Reason(models.TextChoices):
        NO_COOKIE = "no cookie", "The browser keeps no cookie"
        STAFF = "staff", "Somebody who may sign in at the desk"
        TOO_FAST = "too fast", "Sent within a second of the form"
        TOO_MANY = "too many", "More than 30 an hour from one network"
        HONEYPOT = "honeypot", "A field was filled that nobody sees"
        MERGED = "merged", "Had guessed already, on another browser"

    quiz = models.ForeignKey(
        Quiz,
        on_delete=models.PROTECT,
        related_name="guesses",
        db_index=False,  # quiz_guess_once begins with it
    )
    player = models.ForeignKey(
        Player,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="guesses",
        help_text="Empty once the player asked to be forgotten, or 25 months have passed.",
    )
    headline = models.ForeignKey(
        Headline,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guesses",
        help_text="Empty: the player gave up.",
    )
    position = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Where the headline stood for this player, from 1.",
    )
    arrangement = models.PositiveSmallIntegerField(
        default=0,
        help_text="The order this player saw: which permutation of the handles, from 0.",
    )
    key_version = models.PositiveSmallIntegerField(
        default=1, help_text="The key of the quiz that was in force."
    )
    in_period = models.BooleanField(
        default=True,
        help_text="Made while the quiz was open, not from the back catalogue.",
    )
    seconds_taken = models.PositiveIntegerField(
        null=True, blank=True, help_text="From the form's making to its sending."
    )
    channel = models.CharField(max_length=10, choices=Channel)
    counted = models.BooleanField(default=True)
    uncounted_reason = models.CharField(max_length=20, choices=Reason, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-pk",)
        verbose_name_plural = "guesses"
        constraints = (
            models.UniqueConstraint(
                name="quiz_guess_once",
                fields=("quiz", "player"),
                violation_error_message="This player has guessed already.",
            ),
            models.CheckConstraint(
                name="quiz_guess_position_known",
                condition=Q(headline=None, position=None)
                | Q(
                    headline__isnull=False,
                    position__isnull=False,
                    position__gte=1,
                    position__lte=HEADLINE_COUNT,
                ),
                violation_error_message="A headline stands in one of four places.",
            ),
            models.CheckConstraint(
                name="quiz_guess_arrangement_known",
                condition=Q(arrangement__lt=ARRANGEMENTS),
                violation_error_message="Four headlines have 24 orders.",
            ),
            models.CheckConstraint(
                name="quiz_guess_channel_known",
                condition=Q(channel__in=("page", "card", "link", "mail")),
                violation_error_message="A guess comes from the page, a card, a link or the mail.",
            ),
            models.CheckConstraint(
                name="quiz_guess_uncounted_says_why",
                condition=Q(counted=True, uncounted_reason="")
                | Q(counted=False, uncounted_reason__in=REASONS),
                violation_error_message="A guess that is not counted says why.",
            ),
        )
        indexes = (
            # How many picked what since the last roll-up: answered from the index alone,
            # reading from the first guess after it.
            models.Index(
                fields=[
                    "quiz",
                    "id",
                    "counted",
                    "headline",
                    "in_period",
                    "key_version",
                ],
                name="quiz_guess_picks",
            ),
        )

    def __str__(self) -> str:
        return f"Guess {self.pk}"

    def clean(self) -> None:
        # Spans two tables: no database constraint can say it.
        headline: Any = self.headline if self.headline_id else None
        if headline and headline.quiz_id != self.quiz_id:
            raise ValidationError({"headline": "The headline belongs to another quiz."})


class Tally(models.Model):
    """Counted guesses of one kind, rolled up: the guesses up to `Rollup.last_guess_id`."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="tallies")
    headline = models.ForeignKey(
        Headline, on_delete=models.CASCADE, null=True, related_name="+"
    )
    in_period = models.BooleanField()
    key_version = models.PositiveSmallIntegerField()
    count = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "tallies"
        constraints = (
            models.UniqueConstraint(
                name="quiz_tally_kind_once",
                fields=("quiz", "headline", "in_period", "key_version"),
                violation_error_message="There is a tally of this kind already.",
            ),
            # In a unique constraint, nothing equals nothing: who gave up is counted here.
            models.UniqueConstraint(
                name="quiz_tally_gave_up_once",
                fields=("quiz", "in_period", "key_version"),
                condition=Q(headline=None),
                violation_error_message="There is a tally of this kind already.",
            ),
        )

    def __str__(self) -> str:
        return f"Tally {self.pk}"


class Rollup(models.Model):
    """How far a quiz's guesses are rolled up into its tallies."""

    quiz = models.OneToOneField(Quiz, on_delete=models.CASCADE, related_name="rollup")
    last_guess_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Rollup {self.pk}"
