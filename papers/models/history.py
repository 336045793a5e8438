"""What papers were before, and what brought them in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from papers.models.catalogue import Catalogue
from papers.models.paper import Paper
from superfast.common.text import CleanCharField, CleanTextField


class ImportBatch(models.Model):
    """A list of papers that somebody brought: first looked at, then applied, perhaps undone."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting to be read"
        READING = "reading", "Being read"
        READY = "ready", "Read: nothing is changed yet"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        UNDONE = "undone", "Undone"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    catalogue = models.ForeignKey(
        Catalogue, on_delete=models.CASCADE, related_name="imports"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    name = CleanCharField(max_length=200, blank=True)
    format = models.CharField(max_length=20, blank=True)
    encoding = models.CharField(max_length=200, blank=True)
    content = models.BinaryField(blank=True, default=b"")
    new_topics = models.BooleanField(default=False)
    publish = models.BooleanField(default=False)
    state = models.CharField(
        max_length=20, choices=State, default=State.WAITING, db_index=True
    )
    error = CleanTextField(blank=True)
    # Progress, and the means to stop: what a page and a worker have in common.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = "import"
        constraints = (
            models.CheckConstraint(
                name="papers_importbatch_state_known",
                condition=Q(
                    state__in=(
                        "waiting",
                        "reading",
                        "ready",
                        "applying",
                        "applied",
                        "undone",
                        "cancelled",
                        "failed",
                    )
                ),
                violation_error_message="That is no state of an import.",
            ),
        )

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.name or self.format}"

    @property
    def is_running(self) -> bool:
        """Whether somebody is, or will be, at work on it."""
        state = ImportBatch.State
        at_work = (state.WAITING, state.READING, state.APPLYING)
        return self.state in at_work or self.is_undo_wanted

    @property
    def is_stopping(self) -> bool:
        """Whether who reads it has been asked to stop, and does so at the next step."""
        return self.state == ImportBatch.State.READING and self.cancel_requested

    @property
    def is_undo_wanted(self) -> bool:
        """Whether somebody wants it undone: what was wanted of it, and is done, ends."""
        return self.state == ImportBatch.State.APPLIED and self.cancel_requested


class Outcome(models.TextChoices):
    """What an entry would do."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    SAME = "same", "Same"
    DOUBTFUL = "doubtful", "Doubtful"
    BROKEN = "broken", "Broken"


class PaperRevision(models.Model):
    """What a paper was after somebody had changed it."""

    class Verb(models.TextChoices):
        """What was done."""

        BEFORE = "before", "As it was"
        SAVE = "save", "Saved"
        QUICK = "quick", "Quick edit"
        IMPORT = "import", "Imported"
        UNDO = "undo", "Import undone"
        MERGE = "merge", "Merged"
        SPLIT = "split", "Author parted"
        RESTORE = "restore", "Restored"

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="revisions")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    verb = models.CharField(max_length=10, choices=Verb)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # catalogue/slug of another paper, whose state this was before the two were merged.
    merged_from = models.CharField(
        max_length=160, blank=True, default="", db_default=""
    )
    data = models.JSONField()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["paper", "-id"], name="papers_history"),)

    def __str__(self) -> str:
        return f"{self.what}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def what(self) -> str:
        """What was done, and to which paper where that is another's past."""
        of = f", of {self.merged_from}" if self.merged_from else ""
        return f"{self.get_verb_display()}{of}"


class ImportRow(models.Model):
    """One entry of an import: what it says, what it would do, what it did."""

    class Fate(models.TextChoices):
        """What came of it."""

        APPLIED = "applied", "Applied"
        REFUSED = "refused", "Refused"
        UNDONE = "undone", "Undone"
        KEPT = "kept", "Not undone"

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="rows"
    )
    place = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=200, blank=True)
    title = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    sentence = models.TextField(blank=True)
    entry = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    ticked = models.BooleanField(default=False)
    paper = models.ForeignKey(
        Paper, on_delete=models.SET_NULL, null=True, related_name="import_rows"
    )
    revision = models.ForeignKey(
        PaperRevision, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    fate = models.CharField(max_length=10, choices=Fate, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("batch", "place")
        constraints = (
            models.UniqueConstraint(
                name="papers_importrow_place_once", fields=("batch", "place")
            ),
        )

    def __str__(self) -> str:
        return f"Line {self.line}: {self.title or self.key}"


class DistinctPair(models.Model):
    """Two papers that look like one, and that somebody has found to be two."""

    first = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="papers_distinctpair_once", fields=("first", "second")
            ),
            models.CheckConstraint(
                name="papers_distinctpair_ordered", condition=Q(first__lt=F("second"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
