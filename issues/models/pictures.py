"""Pictures: the file, what it shows, and who may see it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Prefetch, Q

from superfast.common.ownership import Owned
from superfast.common.paths import path_to
from superfast.common.publishing import published_q
from superfast.common.text import CleanCharField

# In pixels: a phone's column at its density, half the measure, the measure twice over.
WIDTHS = (400, 800, 1200, 1600)
FALLBACK_WIDTH = 1200
# What a reader may load for one picture, in bytes.
BUDGET_BYTES = 300_000
MOVING_BUDGET_BYTES = 1_500_000
CONTENT_TYPES = {
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture at one width in one format; `file` is its path in the storage."""

    extension: str
    width: int
    height: int
    size_bytes: int
    checksum: str
    file: str


class ImageQuerySet(models.QuerySet["Image"]):
    def published(self, at: datetime | None = None) -> "ImageQuerySet":
        """Pictures that stand in something readers see at that moment."""
        covers = Image.objects.filter(published_q(at, "covered_issues__"))
        figures = Image.objects.filter(published_q(at, "issues__"))
        return self.filter(
            Q(pk__in=covers.values("pk")) | Q(pk__in=figures.values("pk"))
        )

    def unused(self) -> "ImageQuerySet":
        """Pictures that stand in no issue, be it a draft's last save."""
        return self.filter(covered_issues=None, issues=None)

    def for_library(self, issues: models.QuerySet) -> "ImageQuerySet":
        """Each with those of these issues that it stands in. Cost: two more queries."""
        return self.prefetch_related(
            Prefetch("covered_issues", queryset=issues),
            Prefetch("issues", queryset=issues),
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

    # Rows of `Rendition`, written by `issues.renditions`; can be made again.
    renditions = models.JSONField(default=list, editable=False)

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
        return path_to("picture", self.name)

    @property
    def is_moving(self) -> bool:
        """Whether it is an animation, which has no renditions."""
        return str(self.file.name).endswith(".gif")

    @property
    def rendition_rows(self) -> list[Rendition]:
        """What there is of the picture besides its file; empty until it is made."""
        return [Rendition(**row) for row in self.renditions]

    def address_of(self, row: Rendition) -> str:
        """The public address of one of the renditions."""
        stem = self.name.partition(".")[0]
        return path_to("picture", f"{stem}-{row.width}.{row.extension}")

    @property
    def sources(self) -> list[dict[str, str]]:
        """Type and `srcset` for `<source>`, the best format first."""
        rows = self.rendition_rows
        found = []
        for extension in ("avif", "webp"):
            sizes = [
                f"{self.address_of(row)} {row.width}w"
                for row in rows
                if row.extension == extension
            ]
            if extension == "webp" and rows and self.width <= WIDTHS[-1]:
                sizes.append(f"{self.src} {self.width}w")
            if sizes:
                kind = CONTENT_TYPES[extension]
                found.append({"type": kind, "srcset": ", ".join(sizes)})
        return found

    @property
    def fallback_src(self) -> str:
        """What browsers and mail programs show that know neither AVIF nor WebP."""
        for row in self.rendition_rows:
            if row.extension in {"jpg", "png"}:
                return self.address_of(row)
        return self.src

    @property
    def loaded_bytes(self) -> int:
        """The most that a reader's browser loads of it, where it knows WebP."""
        rows = [r.size_bytes for r in self.rendition_rows if r.extension == "webp"]
        if rows and self.width > WIDTHS[-1]:
            return max(rows)
        return self.size_bytes

    @property
    def budget_bytes(self) -> int:
        """What it may weigh."""
        return MOVING_BUDGET_BYTES if self.is_moving else BUDGET_BYTES

    @property
    def is_over_budget(self) -> bool:
        """Whether readers load more of it than they should."""
        return self.loaded_bytes > self.budget_bytes

    @property
    def markdown(self) -> str:
        """What to write in a text to show the picture."""
        alt = self.alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return f"![{alt}]({self.src})"
