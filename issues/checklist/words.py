"""The words of an issue: its fields, what is still missing, how it is put together."""

import re
from collections.abc import Iterable

from issues.checklist.findings import Finding, absolute, error, info, warning
from issues.derived import reading_minutes
from issues.mail import CLIPPED_BYTES, measure_mail
from issues.models import Issue, LinkWaiver
from issues.placeholders import find_gaps, find_placeholders
from superfast.common.blocks import Block
from superfast.common.outline import Outline

LONG_READ_MINUTES = 20
_ADDRESS = re.compile(r"[-\w]*", re.ASCII)


def check_fields(issue: Issue) -> Iterable[Finding]:
    """What no issue goes without."""
    if not issue.title.strip():
        yield absolute("title", "The title is missing.", "title")
    if not issue.slug.strip():
        yield absolute(
            "slug", "The slug is missing: it is the issue’s address.", "slug"
        )
    if not issue.dek.strip():
        sentence = "The dek is missing: one sentence that says what is in the issue."
        yield absolute("dek", sentence, "dek")
    if not issue.body.strip():
        yield absolute("body", "The text is missing.", "body")
    if issue.cover and not issue.cover.alt.strip():
        sentence = "The cover has no alternative text: say what it shows."
        yield error("cover-alt", sentence, field="cover")


def check_placeholders(issue: Issue) -> Iterable[Finding]:
    """Links to fill that nobody has waived, and what is still to come. Cost: a query."""
    places = find_placeholders(issue.body)
    waived: set[str] = set()
    if places and issue.pk:
        waived = set(
            LinkWaiver.objects.filter(issue=issue.pk).values_list("key", flat=True)
        )
    for place in places:
        if place.key not in waived:
            sentence = (
                f"“{place.text}” is a link still to be filled in, or to be waived."
            )
            yield error("placeholder", sentence, place.line)
    for line in find_gaps(issue.body):
        yield error("to-come", "“TK” says that something is still to come.", line)


def check_headings(parts: Outline) -> Iterable[Finding]:
    """Levels go down one by one, and something stands below each heading."""
    above = 1
    for heading in parts.headings:
        if heading.level > above + 1:
            sentence = f"The heading “{heading.text}” jumps from level {above} to {heading.level}."
            yield warning("heading-jump", sentence, heading.line)
        above = heading.level
        if heading.is_empty:
            sentence = f"There is nothing below the heading “{heading.text}”."
            yield warning("empty-section", sentence, heading.line)


def check_colons(parts: Outline) -> Iterable[Finding]:
    """What a colon announces follows."""
    for part in parts.dangling_colons:
        yield warning(
            "colon", "The line ends in a colon, and nothing follows.", part.line
        )


def check_footnotes(parts: Outline) -> Iterable[Finding]:
    """Each mark has its note, each note its mark."""
    for part in parts.marks_without_note:
        yield error(
            "mark-without-note", f"The footnote [^{part.text}] has no note.", part.line
        )
    for part in parts.notes_without_mark:
        sentence = (
            f"Nothing refers to the note [^{part.text}]: readers will not see it."
        )
        yield error("note-without-mark", sentence, part.line)
    for part in parts.notes_said_twice:
        sentence = f"There are two notes [^{part.text}]: readers will see one of them."
        yield error("note-twice", sentence, part.line)


def check_length(issue: Issue, blocks: list[Block]) -> Iterable[Finding]:
    """How long it takes to read."""
    if not issue.body.strip():
        return
    minutes = reading_minutes(blocks)
    sentence = f"It takes about {minutes} minute{'s' if minutes > 1 else ''} to read."
    if minutes > LONG_READ_MINUTES:
        yield warning("reading-time", f"{sentence} Few will get to the end.")
    else:
        yield info("reading-time", sentence)


def check_mail(issue: Issue) -> Iterable[Finding]:
    """Whether the mail copy arrives whole. Cost: three queries at most."""
    if not issue.body.strip() or not _ADDRESS.fullmatch(issue.slug):
        return
    size = measure_mail(issue)
    sentence = f"The mail copy has {size / 1024:.0f} of {CLIPPED_BYTES // 1024} KB."
    if size > CLIPPED_BYTES:
        yield warning("mail-size", f"{sentence} Gmail cuts off the rest.")
    else:
        yield info("mail-size", sentence)
