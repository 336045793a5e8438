"""The addresses that issues refer to."""

from django.db import models

from issues.models.issues import Issue


class Link(models.Model):
    """An address that a published issue refers to."""

    url = models.CharField(max_length=2000, unique=True)
    site = models.CharField(max_length=255)

    class Meta:
        ordering = ("site", "url")

    def __str__(self) -> str:
        return self.url


class LinkUse(models.Model):
    """Where a link stands, and under which words."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="link_uses")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="uses")
    text = models.CharField(max_length=1000)
    anchor = models.CharField(max_length=220, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("issue", "position")
        constraints = (
            models.UniqueConstraint(
                name="issues_linkuse_position_once",
                fields=("issue", "position"),
                violation_error_message="Two links of an issue can't share a position.",
            ),
        )

    def __str__(self) -> str:
        return self.text
