"""What the database refuses of a paper, and the indexes that it finds papers by."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, NullIf

from papers.models.catalogue import EARLIEST_YEAR, LATEST_YEAR, not_reserved
from papers.models.parts import (
    LINKS,
    CodeOrigin,
    Kind,
    Presentation,
    empty_or_web_address,
)

COUNTED_BY = ("id", "is_highlight", "has_code", "publish_at", "withdrawn_at")

CONSTRAINTS: tuple[models.BaseConstraint, ...] = (
    models.UniqueConstraint(
        name="papers_paper_slug_once",
        fields=("catalogue", "slug"),
        violation_error_message="Another paper of this catalogue has this slug.",
    ),
    models.UniqueConstraint(
        name="papers_paper_arxiv_id_once",
        fields=("arxiv_id",),
        condition=~Q(arxiv_id=""),
        violation_error_message="Another paper has this arXiv id.",
    ),
    models.UniqueConstraint(
        name="papers_paper_doi_once",
        fields=("doi",),
        condition=~Q(doi=""),
        violation_error_message="Another paper has this DOI.",
    ),
    models.UniqueConstraint(
        name="papers_paper_cite_key_once",
        fields=("cite_key",),
        condition=~Q(cite_key=""),
        violation_error_message="Another paper has this citation key.",
    ),
    not_reserved("papers_paper_slug_not_reserved"),
    models.CheckConstraint(
        name="papers_paper_year_likely",
        condition=Q(year__range=(EARLIEST_YEAR, LATEST_YEAR)),
        violation_error_message="Give the year with four digits.",
    ),
    models.CheckConstraint(
        name="papers_paper_first_posted_form",
        condition=Q(first_posted="")
        | Q(
            first_posted__regex=(
                r"^[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?\Z"
            )
        ),
        violation_error_message="Write a month like 2022-01 or a day like 2022-01-10.",
    ),
    models.CheckConstraint(
        name="papers_paper_presentation_known",
        condition=Q(presentation__in=("", *Presentation.values)),
        violation_error_message="A presentation is an oral, a spotlight, or nothing.",
    ),
    models.CheckConstraint(
        name="papers_paper_kind_known",
        condition=Q(kind__in=("", *Kind.values)),
        violation_error_message="Choose one of the kinds of publication.",
    ),
    models.CheckConstraint(
        name="papers_paper_code_origin_known",
        condition=Q(code_origin__in=("", *CodeOrigin.values)),
        violation_error_message="Code is the authors’, somebody else’s, or unsaid.",
    ),
    models.CheckConstraint(
        name="papers_paper_doi_lower",
        condition=Q(doi=Lower("doi")),
        violation_error_message="A DOI is stored in lower case.",
    ),
    models.CheckConstraint(
        name="papers_paper_links_web",
        condition=empty_or_web_address(*LINKS),
        violation_error_message="A link begins with http:// or https://.",
    ),
    models.CheckConstraint(
        name="papers_paper_highlight_takeaway",
        condition=Q(is_highlight=False) | ~Q(takeaway=""),
        violation_error_message="A highlight needs a takeaway: one sentence of ours.",
    ),
)

INDEXES = (
    # The list's orders, one index each.
    models.Index(
        "catalogue",
        F("is_highlight").desc(),
        "position",
        "id",
        name="papers_highlights",
    ),
    models.Index(
        "catalogue",
        F("first_posted").desc(),
        "position",
        "id",
        name="papers_newest_order",
    ),
    models.Index(fields=["catalogue", "title_key", "id"], name="papers_title"),
    models.Index(fields=["catalogue", "venue", "title_key", "id"], name="papers_venue"),
    # All that facets count by, in the order of keys: the rows themselves need not
    # be read, filters are merged, and what is counted first is of every kind.
    models.Index(
        fields=["catalogue", *COUNTED_BY, "venue", "award", "first_posted"],
        name="papers_counted_by_id",
    ),
    models.Index(
        fields=["catalogue", "venue", *COUNTED_BY, "award"],
        name="papers_counted_by_venue",
    ),
    models.Index(
        fields=["catalogue", "award", *COUNTED_BY, "venue"],
        condition=~Q(award=""),
        name="papers_counted_by_award",
    ),
    # Of an award with no highlight the order above has every highlight first.
    models.Index(
        "catalogue",
        "award",
        F("is_highlight").desc(),
        "position",
        "id",
        condition=~Q(award=""),
        name="papers_award_highlights",
    ),
    # The front page's few.
    models.Index(
        fields=["position", "id"],
        condition=Q(is_highlight=True),
        name="papers_front_page",
    ),
    # No expression index of SQLite's serves this order, so it is sorted there.
    models.Index(
        "catalogue",
        NullIf(F("venue"), Value("")),
        "title_key",
        "id",
        name="papers_venue_order",
    ),
    # The next moment at which one disappears.
    models.Index(
        fields=["withdrawn_at"],
        condition=Q(withdrawn_at__isnull=False),
        name="papers_withdrawn",
    ),
)
