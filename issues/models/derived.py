"""What follows from the text that readers see; made by `issues.derived`."""

from django.db import models

from issues.models.issues import Issue
from papers.models import Paper


class Section(models.Model):
    """A part of a published issue below one of its headings: the unit of search."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="sections")
    anchor = models.CharField(max_length=220)
    title = models.CharField(max_length=1000)
    emoji = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("issue", "position")
        constraints = (
            models.UniqueConstraint(
                name="issues_section_anchor_once",
                fields=("issue", "anchor"),
                violation_error_message="Two sections of an issue can't share an anchor.",
            ),
        )

    def __str__(self) -> str:
        return self.title


class PaperMention(models.Model):
    """A paper in a published issue, with the take written for it there."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="mentions")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="mentions")
    take = models.TextField(blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("issue", "position")
        constraints = (
            models.UniqueConstraint(
                name="issues_papermention_paper_once",
                fields=("issue", "paper"),
                violation_error_message="An issue mentions a paper once.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper} in {self.issue}"
