"""Pictures: the file, what it shows, and who may see it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from superfast.common.ownership import Owned
from superfast.common.publishing import published_q
from superfast.common.text import CleanCharField


class ImageQuerySet(models.QuerySet["Image"]):
    def published(self, at: datetime | None = None) -> "ImageQuerySet":
        """Pictures that stand in something readers see at that moment."""
        covers = Image.objects.filter(published_q(at, "covered_issues__"))
        figures = Image.objects.filter(published_q(at, "issues__"))
        return self.filter(
            Q(pk__in=covers.values("pk")) | Q(pk__in=figures.values("pk"))
        )


class Image(Owned):
    """A picture, re-encoded and named by us."""

    name = models.CharField(max_length=60, unique=True, editable=False)
    file = models.FileField(upload_to="pictures/", editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    size_bytes = models.PositiveBigIntegerField(editable=False)
    checksum = models.CharField(max_length=64, editable=False)
    alt = CleanCharField(
        "alternative text",
        max_length=500,
        help_text="What the picture shows, for who can't see it.",
    )
    caption = CleanCharField(max_length=500, blank=True)
    credit = CleanCharField(max_length=200, blank=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "picture"
        constraints = (
            models.CheckConstraint(
                name="issues_image_alt_required",
                condition=~Q(alt=""),
                violation_error_message="Say what the picture shows.",
            ),
        )

    def __str__(self) -> str:
        return self.alt

    @property
    def src(self) -> str:
        """The picture's public address."""
        return reverse("picture", args=[self.name])

    @property
    def markdown(self) -> str:
        """What to write in a text to show the picture."""
        alt = self.alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return f"![{alt}]({self.src})"
