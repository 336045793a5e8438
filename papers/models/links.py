"""The addresses that papers lead to, and what became of them."""

from django.db import models

from papers.models.paper import Paper
from superfast.common.checking import CheckedAddress, LinkState


class PaperLink(CheckedAddress):
    """An address of a paper that somebody at the desk has had asked."""

    paper = models.ForeignKey(
        Paper, on_delete=models.CASCADE, related_name="checked_links"
    )
    name = models.CharField(max_length=40)
    url = models.CharField(max_length=2000)
    # Later than `checked_at`: it waits for its answer.
    asked_for_at = models.DateTimeField()

    class Meta:
        ordering = ("state", "site", "pk")
        verbose_name = "link of a paper"
        verbose_name_plural = "links of papers"
        constraints = (
            models.UniqueConstraint(
                name="papers_paperlink_once", fields=("paper", "url")
            ),
            models.CheckConstraint(
                name="papers_paperlink_known_state",
                condition=models.Q(state__in=LinkState.values),
                violation_error_message="A link has no such state.",
            ),
        )
        indexes = (
            # The desk's list, and the papers with a broken one.
            models.Index(fields=["state", "site", "id"], name="papers_paperlink_state"),
        )

    def __str__(self) -> str:
        return self.url
