"""The site's standing pages, and what its hub was told."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import models
from django.urls import reverse

from issues.models import MarkdownField
from superfast.common import blocks
from superfast.common.markdown import render_blocks
from superfast.common.text import CleanCharField

TEXTS = Path(__file__).parent / "texts"


class PageQuerySet(models.QuerySet["Page"]):
    def create_missing(self) -> None:
        """Every standing page exists, in our words until an editor changes them."""
        known = set(self.values_list("slug", flat=True))
        for slug in Page.Slug.values:
            if slug not in known:
                self.create(slug=slug, **read_text(slug))


def read_text(slug: str) -> dict[str, str]:
    """Title, description and body of a page, as its file has them."""
    _, front, body = (
        (TEXTS / f"{slug}.md").read_text(encoding="utf-8").split("+++\n", 2)
    )
    return {**tomllib.loads(front), "body": body.strip() + "\n"}


class Page(models.Model):
    """One of the standing pages; which there are follows from the addresses."""

    class Slug(models.TextChoices):
        ABOUT = "about", "About"
        PRIVACY = "privacy", "Privacy"
        CONTACT = "contact", "Contact"
        FOLLOW = "follow", "Follow"

    slug = models.SlugField(max_length=20, unique=True, choices=Slug, editable=False)
    title = CleanCharField(max_length=200)
    description = CleanCharField(
        max_length=300,
        blank=True,
        help_text="One sentence: it stands below the title, and where the page is linked to.",
    )
    body = MarkdownField(max_length=100_000)
    blocks = models.JSONField(default=list, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ("slug",)
        constraints = (
            models.CheckConstraint(
                name="pages_page_slug_known",
                condition=models.Q(slug__in=("about", "privacy", "contact", "follow")),
                violation_error_message="There is no such page.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.blocks = blocks.to_json(render_blocks(self.body))
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        if self.slug == self.Slug.FOLLOW:
            return reverse("pages:follow")
        return reverse("pages:page", args=[self.slug])


class AnnouncedFeed(models.Model):
    """What stood in a feed when its hub was told of it, and how often the hub refused since."""

    hub = models.CharField(max_length=500)
    path = models.CharField(max_length=300)
    digest = models.CharField(max_length=32, blank=True)
    tried_at = models.DateTimeField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("hub", "path"), name="pages_announcedfeed_once"
            ),
        )

    def __str__(self) -> str:
        return self.path

    def is_due(self, at: datetime, pause: timedelta, longest: timedelta) -> bool:
        """Whether it may be tried: after a refusal only when a pause, ever longer, is over."""
        if not self.refusals or self.tried_at is None:
            return True
        doubled = pause * (1 << min(self.refusals - 1, 20))
        return at - self.tried_at >= min(doubled, longest)
