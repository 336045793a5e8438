"""What of each table is taken along, and why the rest is not.

A test compares this with the models: a new field has to be named here.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from issues.models import (
    Erratum,
    Image,
    InboxItem,
    Issue,
    Link,
    LinkWaiver,
    Override,
    Revision,
)
from papers.models import (
    Author,
    AuthorAlias,
    Authorship,
    Catalogue,
    DistinctPair,
    FormerAddress,
    FormerSlug,
    Paper,
    PaperRevision,
    Placement,
    RelatedPaper,
    Topic,
)
from quiz.models import Correction, Headline, Quiz, Tally, WordingChange
from superfast.accounts.models import User
from superfast.pages.models import Page
from superfast.redirects.models import Redirect

_DERIVED = "follows from the text, and is made again"
_KEY = "a number of this database; rows are named by what readers know of them"
_TRASH = "what is in the trash stays behind"


@dataclass(frozen=True, slots=True)
class Table:
    """A model, where its rows are written, and which of its fields.

    Args:
        model: the model.
        name: of its file in `data/`, or of its folder of Markdown files.
        fields: taken along, in this order; a relation as the name of the row it means.
        left_out: the other fields, each with the reason.
        later: of the fields, relations to rows that are stored after these.
        body: of the fields, the one that is the text below a Markdown file's front matter.
        only: which rows.
    """

    model: type[Model]
    name: str
    fields: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    body: str = ""
    only: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> QuerySet[Any]:
        """The rows that are taken along, in the order they were made in."""
        return self.model._base_manager.filter(**self.only).order_by("pk")


_OWNED = ("created_by", "created_at", "updated_at")
_TIMES = ("publish_at", "withdrawn_at")

# In an order in which each row's relations are there before it, `later` apart.
TABLES = (
    Table(
        User,
        "users",
        ("username", "first_name", "last_name"),
        {
            "id": _KEY,
            **dict.fromkeys(
                (
                    *("password", "last_login", "is_superuser", "email", "is_staff"),
                    *("is_active", "date_joined", "second_factor_at"),
                    *("groups", "user_permissions"),
                ),
                "accounts are of one installation: people are names here, and sign in nowhere",
            ),
        },
    ),
    Table(
        Catalogue,
        "catalogues",
        ("slug", "title", "year", "intro", "position"),
        {"id": _KEY},
    ),
    Table(Topic, "topics", ("slug", "name", "description"), {"id": _KEY}),
    Table(
        Author,
        "authors",
        (
            *("slug", "name", "homonym", "is_corporate", "family", "given"),
            *("particle", "suffix", "match_key", "key"),
        ),
        {"id": _KEY},
    ),
    Table(AuthorAlias, "author-aliases", ("author", "name", "key"), {"id": _KEY}),
    Table(FormerSlug, "former-author-slugs", ("slug", "author"), {"id": _KEY}),
    Table(
        Paper,
        "papers",
        (
            *("catalogue", "slug", "title", "title_key", *_TIMES, "year"),
            *("first_posted", "kind", "venue", "venue_name", "presentation", "award"),
            *("volume", "number", "pages", "publisher"),
            *("arxiv_id", "arxiv_version", "arxiv_class", "doi", "cite_key"),
            *("url", "pdf_url", "code_url", "code_origin", "project_url"),
            *("video_url", "slides_url", "demo_url"),
            *("authors_complete", "abstract", "abstract_source", "takeaway"),
            *("is_highlight", "position", "sources", "checked_at", "checked_by"),
            *("topics", *_OWNED),
        ),
        {
            "id": _KEY,
            "also_in": "stands in placements.json",
            "has_code": "follows from the link to the code",
        },
    ),
    Table(
        Authorship,
        "authorships",
        ("paper", "author", "position", "credited_as"),
        {"id": _KEY},
    ),
    Table(Placement, "placements", ("catalogue", "paper", "position"), {"id": _KEY}),
    Table(
        RelatedPaper,
        "related-papers",
        ("paper", "other", "is_pick", "position"),
        {"id": _KEY},
        only={"is_pick": True},
    ),
    Table(
        FormerAddress,
        "former-addresses",
        ("catalogue_slug", "slug", "paper"),
        {"id": _KEY},
    ),
    Table(
        PaperRevision,
        "paper-revisions",
        ("paper", "created_at", "created_by", "verb", "merged_from", "data"),
        {"id": _KEY, "batch": "imports stay behind; what they changed is in the data"},
    ),
    Table(
        DistinctPair,
        "distinct-pairs",
        ("first", "second", "made_by", "made_at"),
        {"id": _KEY},
    ),
    Table(
        Image,
        "pictures",
        (
            *("name", "alt", "caption", "credit", "width", "height", "size_bytes"),
            *("checksum", *_OWNED),
        ),
        {
            "id": _KEY,
            "file": "lies in pictures/ under the picture's name",
            "renditions": "are made again from the file",
        },
    ),
    Table(
        Quiz,
        "quizzes",
        (
            *("slug", "title", "number", "intro", "lie", "closes_at", "searched_on"),
            *("is_harmless", "key_version", "voided_at", "void_reason"),
            *("came_true_on", "came_true_url", *_OWNED),
        ),
        {"id": _KEY},
        later=("lie",),
    ),
    Table(
        Headline,
        "headlines",
        (
            *("quiz", "handle", "text", "explanation", "tells", "source_url"),
            *("outlet", "reported_on", "position"),
        ),
        {"id": _KEY},
    ),
    Table(
        Correction,
        "corrections",
        (
            *("quiz", "kind", "reason", "old_lie", "new_lie", "key_version"),
            *("made_by", "made_at"),
        ),
        {"id": _KEY},
    ),
    Table(
        WordingChange,
        "wording-changes",
        ("headline", "field", "old_text", "new_text", "changed_by", "changed_at"),
        {"id": _KEY},
    ),
    Table(
        Tally,
        "tallies",
        ("quiz", "headline", "in_period", "key_version", "count"),
        {"id": _KEY},
    ),
    Table(
        Issue,
        "issues",
        (
            *("uid", "slug", "title", "dek", *_TIMES, "cover", "quiz"),
            *("published_revision", "working_revision", "text_changed_at"),
            *(*_OWNED, "body"),
        ),
        {
            "id": _KEY,
            **dict.fromkeys(("trashed_at", "trashed_by", "kept_in_trash"), _TRASH),
            **dict.fromkeys(
                (
                    "blocks",
                    "finished",
                    "finished_by",
                    "reading_minutes",
                    "pictures",
                    "papers",
                ),
                _DERIVED,
            ),
        },
        later=("published_revision", "working_revision"),
        body="body",
        only={"trashed_at": None},
    ),
    Table(
        Revision,
        "revisions",
        (
            *("issue", "kind", "title", "slug", "dek", "body", "cover", "quiz"),
            *("saved_by", "saved_at", "begun_at", "words_added", "words_removed"),
        ),
        {"id": _KEY, "tab": "names a window of a browser"},
        only={"issue__trashed_at": None},
    ),
    Table(
        Erratum,
        "errata",
        ("issue", "note", "made_at", "made_by", "revision"),
        {"id": _KEY},
        only={"issue__trashed_at": None},
    ),
    Table(
        LinkWaiver,
        "link-waivers",
        ("issue", "key", "text", "reason", "waived_by", "waived_at"),
        {"id": _KEY},
        only={"issue__trashed_at": None},
    ),
    Table(
        Override,
        "overrides",
        ("issue", "revision", "findings", "reason", "made_by", "made_at"),
        {"id": _KEY},
        only={"issue__trashed_at": None},
    ),
    Table(
        Link,
        "links",
        (
            *("url", "site", "title", "site_name", "dated_on", "state", "status_code"),
            *("final_url", "problem", "checked_at", "etag", "last_modified"),
            "created_at",
        ),
        {"id": _KEY},
    ),
    Table(
        InboxItem,
        "inbox",
        ("url", "title", "section", "take", "created_at", "created_by", "used_in"),
        {"id": _KEY},
    ),
    Table(
        Redirect,
        "redirects",
        ("old_path", "target", "is_automatic", "created_at"),
        {"id": _KEY},
    ),
    Table(
        Page,
        "pages",
        ("slug", "title", "description", "updated_at", "body"),
        {"id": _KEY, "blocks": _DERIVED},
        body="body",
    ),
)

# Tables that are left out as a whole, by label, each with the reason.
LEFT_OUT = {
    "quiz.Guess": "whoever guessed is nobody else's business: their sums are in tallies.json",
    "quiz.Player": "a player is a cookie in somebody's browser",
    "quiz.TransferCode": "a secret that is valid for minutes",
    "quiz.Rollup": "tallies.json holds every counted guess",
    "papers.ImportBatch": "a file somebody sent, and how far it was taken in",
    "papers.PaperLink": "what addresses answered this installation",
    "papers.MistakeReport": "what readers told the editors of this installation",
    "papers.ImportRow": "what an import would do; papers say what it did",
    "search.Spelling": _DERIVED,
    "issues.Section": _DERIVED,
    "issues.PaperMention": _DERIVED,
    "issues.LinkUse": _DERIVED,
    "issues.Presence": "who has which screen open just now",
    "issues.DraftLink": "a copy must not answer to the secret addresses of another site",
    "search.Document": _DERIVED,
    "pages.AnnouncedFeed": "what the hub of this installation was told",
    "pagecache.Stamp": "changes with each write",
    "accounts.AuditEntry": "a log of what was done at this installation",
    "accounts.Session": "who is signed in just now",
}
# Apps of others: sign-in, tasks, Django's own.
FOREIGN_APPS = {
    "admin", "auth", "contenttypes", "sessions", "django_q", "otp_static", "otp_totp",
}  # fmt: skip

BY_MODEL = {table.model: table for table in TABLES}
