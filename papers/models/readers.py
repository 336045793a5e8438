"""What a paper's readers are led on to, and what they tell us."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

from papers.models.paper import Paper
from superfast.common.text import CleanCharField, CleanTextField

REPORT_LENGTH = 2_000


class RelatedPaper(models.Model):
    """Another paper for who has read this one: an editor's pick, or found to be alike.

    What was found is found anew whenever it is looked for; picks stay.
    """

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(
        Paper, on_delete=models.CASCADE, related_name="related_from"
    )
    is_pick = models.BooleanField(default=True, editable=False)
    position = models.PositiveIntegerField(
        default=0, help_text="Lower numbers come first."
    )

    class Meta:
        ordering = (F("is_pick").desc(), "position", "pk")
        constraints = (
            models.UniqueConstraint(
                name="papers_relatedpaper_once",
                fields=("paper", "other", "is_pick"),
                violation_error_message="That paper is among the related ones already.",
            ),
            models.CheckConstraint(
                name="papers_relatedpaper_another",
                condition=~Q(paper=F("other")),
                violation_error_message="A paper is not related to itself.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.other} beside {self.paper}"


class MistakeReport(models.Model):
    """A mistake in the catalogue that a reader has told us of; who it was is not kept."""

    paper = models.ForeignKey(
        Paper, on_delete=models.CASCADE, related_name="mistake_reports"
    )
    text = CleanTextField(validators=[MaxLengthValidator(REPORT_LENGTH)])
    reported_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    note = CleanCharField(
        max_length=300, blank=True, help_text="What was done about it."
    )

    class Meta:
        ordering = ("-reported_at", "-pk")
        verbose_name = "reported mistake"
        constraints = (
            models.CheckConstraint(
                name="papers_mistakereport_text_required", condition=~Q(text="")
            ),
        )
        indexes = (
            # The queue: what nobody has settled.
            models.Index(
                fields=["reported_at"],
                condition=Q(settled_at=None),
                name="papers_mistakes_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper}: {self.text[:60]}"
