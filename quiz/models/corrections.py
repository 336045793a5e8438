"""What was put right after a quiz went out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from quiz.models.quizzes import Headline, Quiz
from superfast.common.text import CleanCharField, CleanTextField


class Correction(models.Model):
    """A change of the key of a quiz, dated and public: another lie, none that counts, or that again."""

    class Kind(models.TextChoices):
        KEY = "key", "Another headline is the lie"
        VOID = "void", "The quiz does not count"
        RESTORED = "restored", "The quiz counts after all"

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = CleanCharField(
        max_length=500, help_text="Readers see it: what was wrong, in a sentence."
    )
    old_lie = models.ForeignKey(
        Headline, on_delete=models.PROTECT, null=True, related_name="+"
    )
    new_lie = models.ForeignKey(
        Headline, on_delete=models.PROTECT, null=True, related_name="+"
    )
    key_version = models.PositiveSmallIntegerField(
        help_text="The version of the key that this correction made."
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("made_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="quiz_correction_kind_known",
                condition=Q(kind__in=("key", "void", "restored")),
                violation_error_message="A correction changes the key, voids the quiz or takes that back.",
            ),
            models.CheckConstraint(
                name="quiz_correction_reason_required",
                condition=~Q(reason=""),
                violation_error_message="Say what was wrong.",
            ),
            models.UniqueConstraint(
                name="quiz_correction_version_once",
                fields=("quiz", "key_version"),
                violation_error_message="Somebody corrected this quiz meanwhile: reload.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quiz}: {self.get_kind_display()}"


class WordingChange(models.Model):
    """A headline put in other words after somebody had guessed."""

    headline = models.ForeignKey(
        Headline, on_delete=models.CASCADE, related_name="wording_changes"
    )
    field = models.CharField(max_length=20)
    old_text = CleanTextField(blank=True)
    new_text = CleanTextField(blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-changed_at", "-pk")

    def __str__(self) -> str:
        return f"{self.headline}: {self.field}"
