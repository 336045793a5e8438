"""What editors have said about the checklist: links left out on purpose, errors gone over."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from issues.models.issues import Issue
from issues.models.revisions import Revision
from superfast.common.text import CleanCharField, CleanTextField


class LinkWaiver(models.Model):
    """A link to fill that is left as it is, and why."""

    issue = models.ForeignKey(
        Issue, on_delete=models.CASCADE, related_name="link_waivers"
    )
    # The words around the place, so that changes elsewhere in the text don't matter.
    key = models.CharField(max_length=300)
    text = CleanCharField(max_length=200)
    reason = CleanCharField(max_length=300)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    waived_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("issue", "pk")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                name="issues_linkwaiver_key_once",
                fields=("issue", "key"),
                violation_error_message="This link is waived already.",
            ),
            models.CheckConstraint(
                name="issues_linkwaiver_has_reason",
                condition=~models.Q(reason=""),
                violation_error_message="Say why the link is left out.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.text} in {self.issue}"


class Override(models.Model):
    """A publication in spite of the checklist: by whom, over what, and why."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="overrides")
    revision = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, related_name="overrides"
    )
    findings = models.JSONField(help_text="The sentences of the errors gone over.")
    reason = CleanTextField(max_length=1000)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-made_at", "-pk")
        default_permissions = ("add", "view")
        constraints = (
            models.CheckConstraint(
                name="issues_override_has_reason",
                condition=~models.Q(reason=""),
                violation_error_message="Say why it is published in spite of that.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.issue}, {self.made_at:%Y-%m-%d %H:%M}"
