"""A paper, and the rules that every one keeps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from papers.fields import FoldedField
from papers.identifiers import parse_posting_date
from papers.models.addresses import FormerAddress
from papers.models.author import Authorship
from papers.models.catalogue import Catalogue, Placement, Topic, refuse_reserved
from papers.models.paper_rules import CONSTRAINTS, INDEXES
from papers.models.parts import LONGEST_KEY, Appeared, Identified, Linked
from papers.names import tell_authors
from superfast.common.markdown import render_inline
from superfast.common.moving import Moving
from superfast.common.ownership import Owned
from superfast.common.paths import path_to
from superfast.common.publishing import Publishable, PublishableQuerySet
from superfast.common.text import CleanCharField, CleanTextField, numbered

RELATED_SHOWN = 4


class PaperQuerySet(PublishableQuerySet["Paper"]):
    def in_catalogue(self, catalogue: Catalogue) -> "PaperQuerySet":
        """The papers that a catalogue's list shows: its own, and guests from others.

        One that comes from `open()` is known to have guests or none: without any
        the condition is plain, and an index answers it.
        """
        if not getattr(catalogue, "has_guests", True):
            return self.filter(catalogue=catalogue)
        guests = Placement.objects.filter(catalogue=catalogue).values("paper")
        return self.filter(Q(catalogue=catalogue) | Q(pk__in=guests))

    def parts_of_catalogue(self, catalogue: Catalogue) -> "list[PaperQuerySet]":
        """The same papers, its own apart from the guests: an index is in the order of either.

        No paper is in both, not even a guest that has moved here since.
        """
        own: PaperQuerySet = self.filter(catalogue=catalogue)
        if not getattr(catalogue, "has_guests", True):
            return [own]
        guests = Placement.objects.filter(catalogue=catalogue).values("paper")
        return [own, self.filter(pk__in=guests).exclude(catalogue=catalogue)]

    def highlights(self) -> "PaperQuerySet":
        """The ones that the catalogue puts first, in its order."""
        return self.filter(is_highlight=True).order_by("position", "pk")

    def at_address(self, catalogue: str, slug: str) -> "PaperQuerySet":
        """The paper that an address other than its own leads to, if any.

        One that it had before, or the one it would have in a list where it is a guest.
        """
        former = FormerAddress.objects.at(catalogue, slug)
        guests = Placement.objects.filter(catalogue__slug=catalogue, paper__slug=slug)
        known = Q(pk__in=former.values("paper")) | Q(pk__in=guests.values("paper"))
        return self.filter(known).select_related("catalogue").order_by("pk")[:1]

    def by_slug(self, slugs: Iterable[str]) -> "dict[str, Paper]":
        """The paper of each slug; of two catalogues that have it, the first one's.

        A slug that a paper had before it was merged or moved finds it, too.
        Cost: one query, two where a slug is nobody's any longer.
        """
        wanted = set(slugs)
        found = {paper.slug: paper for paper in self.for_slugs(wanted)}
        if missing := wanted - found.keys():
            found |= self.by_former_slug(missing)
        return found

    def for_slugs(self, slugs: Iterable[str]) -> "PaperQuerySet":
        """The papers that have these slugs; of those that share one, the first's last."""
        rows = self.filter(slug__in=list(slugs)).select_related("catalogue")
        return rows.order_by(
            "-catalogue__position", "catalogue__year", "-catalogue__pk"
        )

    def by_former_slug(self, slugs: Iterable[str]) -> "dict[str, Paper]":
        """The paper that each slug was merged into, or moved to. Cost: one or two queries."""
        former = FormerAddress.objects.filter(slug__in=list(slugs)).order_by("-pk")
        named = dict(former.values_list("slug", "paper_id"))
        if not named:
            return {}
        rows = self.filter(pk__in=named.values()).select_related("catalogue")
        papers = {paper.pk: paper for paper in rows}
        return {slug: papers[pk] for slug, pk in named.items() if pk in papers}

    def with_byline(self) -> "PaperQuerySet":
        """What one line about a paper needs: its address, `first_author`, `author_count`.

        `first_author` is None where there is none. Cost: a join and two indexed
        subqueries, no further query.
        """
        credits_ = Authorship.objects.filter(paper=OuterRef("pk"))
        printed = Case(
            When(credited_as="", then=F("author__name")), default=F("credited_as")
        )
        counts = credits_.order_by().values("paper").annotate(n=Count("pk"))
        names: dict[str, Any] = {
            "first_author": Subquery(
                credits_.order_by("position").values(name=printed)[:1]
            ),
            "author_count": Coalesce(Subquery(counts.values("n")), 0),
        }
        return self.select_related("catalogue").annotate(**names)

    def for_list(self) -> "PaperQuerySet":
        """With what a list shows of a paper, and no more: half a row is read faster."""
        return self.with_byline().only(
            *("catalogue__slug", "slug", "title", "authors_complete", "takeaway"),
            *("venue", "presentation", "code_url", "is_highlight"),
        )

    def for_export(self) -> "PaperQuerySet":
        """With all that a citation needs. Cost: two further queries a batch."""
        written = Authorship.objects.select_related("author")
        return self.select_related("catalogue").prefetch_related(
            "topics", models.Prefetch("authorships", queryset=written)
        )

    def for_page(self) -> "PaperQuerySet":
        """With all that its own page shows. Cost: two further queries."""
        written = Authorship.objects.select_related("author")
        return self.with_byline().prefetch_related(
            "topics", models.Prefetch("authorships", queryset=written)
        )


class Paper(Moving, Identified, Appeared, Linked, Publishable, Owned):
    """A work, wherever it appeared: a preprint and its proceedings are one row."""

    ADDRESSED_BY = ("catalogue", "slug")

    catalogue = models.ForeignKey(
        Catalogue,
        on_delete=models.PROTECT,
        related_name="papers",
        help_text="The list it stands in; decides its address.",
    )
    slug = models.SlugField(
        max_length=100,
        validators=[refuse_reserved],
        help_text="The address, and what issues call it in “::: papers”.",
    )
    title = CleanCharField(max_length=500)
    title_key = FoldedField(max_length=500, source="title")
    topics = models.ManyToManyField(Topic, blank=True, related_name="papers")
    authors_complete = models.BooleanField(
        "all authors are listed",
        default=True,
        help_text="Unticked, the page says that others are missing.",
    )
    abstract = CleanTextField(
        blank=True, max_length=20_000, help_text="Theirs, as published."
    )
    abstract_source = CleanCharField(
        max_length=200, blank=True, help_text="Where the abstract was taken from."
    )
    takeaway = CleanTextField(
        blank=True,
        max_length=2_000,
        help_text="Ours: one or two sentences, Markdown. A highlight needs one.",
    )
    is_highlight = models.BooleanField(
        "highlight",
        default=False,
        help_text="Comes first in the list and on the home page.",
    )
    position = models.PositiveIntegerField(
        default=0, help_text="Lower numbers come first in the catalogue."
    )
    also_in = models.ManyToManyField(
        Catalogue,
        through="Placement",
        related_name="guests",
        help_text="Further lists that show it; its address stays in the first.",
    )
    sources = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Where the value of each field came from.",
    )
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    # For `COUNTED_BY`: whole addresses are too long for an index.
    has_code = models.GeneratedField(
        expression=~Q(code_url=""),  # type: ignore[arg-type]  # a condition is one
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = PaperQuerySet.as_manager()

    # Set by with_byline().
    first_author: str | None
    author_count: int

    class Meta(Publishable.Meta):
        ordering = ("position", "pk")
        permissions = (("publish_paper", "Can publish and withdraw papers"),)
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Publishable.Meta.constraints,
            *CONSTRAINTS,
        )
        indexes = INDEXES

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("papers:paper-detail", self.catalogue.slug, self.slug)

    def moved_from(self, former: "Paper") -> None:
        self.answer_at(former.catalogue.slug, former.slug)
        FormerAddress.objects.at(self.catalogue.slug, self.slug).delete()

    def answer_at(self, catalogue: str, slug: str) -> None:
        """That address, once no other paper has it, leads to this one."""
        FormerAddress.objects.update_or_create(
            catalogue_slug=catalogue, slug=slug, defaults={"paper": self}
        )

    def related_papers(self, at: datetime | None = None) -> "list[Paper]":
        """What readers of it may want next: editors' picks, then papers like it.

        At most four, those that readers see. Cost: one query.
        """
        rows = Paper.objects.published(at).for_list().filter(related_from__paper=self)
        order = ("-related_from__is_pick", "related_from__position", "related_from__pk")
        # A pick may have been found as well.
        found = dict.fromkeys(rows.order_by(*order)[: 2 * RELATED_SHOWN])
        return list(found)[:RELATED_SHOWN]

    def clean(self) -> None:
        self.takeaway = self.takeaway.strip()
        self.abstract = self.abstract.strip()
        if self.slug and not self.cite_key:
            self.cite_key = self._free_key()

    def _free_key(self) -> str:
        """The slug, or the slug and a number where another paper is cited by it."""
        others = Paper.objects.exclude(pk=self.pk).filter(
            cite_key__startswith=self.slug[:94]
        )
        taken = set(others.values_list("cite_key", flat=True))
        return numbered(self.slug, lambda key: key not in taken, LONGEST_KEY)

    @property
    def citation_key(self) -> str:
        """What BibTeX calls it."""
        return self.cite_key or self.slug

    @property
    def address_name(self) -> str:
        """What a reading list and unAPI call it: “2022/liu2022convnet”."""
        return f"{self.catalogue.slug}/{self.slug}"

    @property
    def authors(self) -> list[Authorship]:
        """Who wrote it, in order, each with the name as printed there.

        Costs a query unless the row comes from `for_page()`.
        """
        return list(self.authorships.all())

    @property
    def byline(self) -> str:
        """“Zhuang Liu et al.”; empty without authors. Needs `with_byline()`."""
        return tell_authors(
            self.first_author, self.author_count, is_complete=self.authors_complete
        )

    @property
    def first_posted_label(self) -> str:
        """“January 2022” or “10 January 2022”; empty where it is not known."""
        posted = parse_posting_date(self.first_posted)
        if posted is None:
            return ""
        is_day = len(self.first_posted) == len("YYYY-MM-DD")
        return date_format(posted, "j F Y" if is_day else "F Y")

    @cached_property
    def takeaway_html(self) -> SafeString:
        """What to take away, as HTML without block elements."""
        return render_inline(self.takeaway)
