"""The addresses that issues refer to, and what became of them."""

from django.db import models
from django.utils import timezone

from issues.models.issues import Issue
from superfast.common.checking import CheckedAddress, LinkState
from superfast.common.links import host_of
from superfast.common.text import CleanCharField


class LinkQuerySet(models.QuerySet["Link"]):
    def broken(self) -> "LinkQuerySet":
        """Those that keep an issue from being published."""
        return self.filter(state=LinkState.BROKEN)

    def rotten(self) -> "LinkQuerySet":
        """Those that an issue refers to and that somebody should look at."""
        return self.filter(
            state__in=(LinkState.BROKEN, LinkState.MOVED), uses__isnull=False
        ).distinct()

    def named(self, urls: set[str]) -> dict[str, "Link"]:
        """Address → link of each, made where it was not there yet. Cost: two queries."""
        self.bulk_create(
            [self.model(url=url, site=host_of(url)) for url in sorted(urls)],
            ignore_conflicts=True,
        )
        return {link.url: link for link in self.filter(url__in=urls)}


class Link(CheckedAddress):
    """An address that an issue refers to or somebody at the desk looked up."""

    url = models.CharField(max_length=2000, unique=True)
    title = CleanCharField(max_length=500, blank=True)
    site_name = CleanCharField(max_length=200, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ("site", "url")
        constraints = (
            models.CheckConstraint(
                name="issues_link_known_state",
                condition=models.Q(state__in=LinkState.values),
                violation_error_message="A link has no such state.",
            ),
        )
        indexes = (
            # check_links: those not asked for the longest time come first.
            models.Index(name="issues_link_checked_at", fields=["checked_at"]),
            # The desk's list of rot.
            models.Index(name="issues_link_state", fields=["state"]),
        )

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
