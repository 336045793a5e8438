from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from superfast.common.publishing import Publishable, PublishableQuerySet
from superfast.common.text import CleanCharField, CleanTextField
from superfast.search.documents import Kind
from superfast.search.words import MAX_INDEXED


class VectorField(models.Field):
    """What PostgreSQL searches; empty on SQLite, which searches a table of its own."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "blob"


class DocumentQuerySet(PublishableQuerySet["Document"]):
    pass


# The narrow columns come first: SQLite then decides what may be seen without reading
# the pages that a long body spills into.
class Document(Publishable):
    """One thing that can be found, a copy of what its app said when it changed."""

    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=300)
    group = models.CharField(max_length=300, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    indexed_at = models.DateTimeField(default=timezone.now)
    url = CleanCharField()
    title = CleanCharField()
    names = CleanCharField(blank=True)
    context = CleanCharField(blank=True)
    # Slugs between bars: `|vision|speech|`.
    topics = CleanCharField(blank=True)
    body = CleanTextField(blank=True)
    keywords = CleanTextField(blank=True)
    vector = VectorField(null=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = (
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="search_document_known_kind",
                condition=models.Q(kind__in=Kind.values),
                violation_error_message="This kind of thing is not searched.",
            ),
            models.UniqueConstraint(
                name="search_document_key_unique_in_kind", fields=["kind", "key"]
            ),
        )
        indexes = (
            # index.replace
            models.Index(name="search_document_group", fields=["kind", "group"]),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def searched_text(self) -> str:
        """What is searched with the weight of a body, whether hits show it or not."""
        return f"{self.body[:MAX_INDEXED]}\n{self.keywords[:MAX_INDEXED]}"


class Spelling(models.Model):
    """A word of a title or a name, under a form that a slip of it would share."""

    form = models.CharField(max_length=64)
    word = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="search_spelling_once", fields=["form", "word"]
            ),
        )

    def __str__(self) -> str:
        return self.word
