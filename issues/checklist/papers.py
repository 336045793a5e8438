"""The papers that a text highlights."""

import re
from collections.abc import Iterable

from django.utils import timezone

from issues.checklist.findings import Finding, error, warning
from issues.models import Issue
from papers.models import Paper
from papers.models.parts import LINKS
from superfast.common.blocks import Block, Papers
from superfast.common.outline import Outline

_SLUG_ALONE = re.compile(r"`?([\w-]+)`?\s*[:—–]?\s*")
_ADDRESSES = (*LINKS, "arxiv_id", "doi")


def check_papers(
    issue: Issue, blocks: list[Block], parts: Outline
) -> Iterable[Finding]:
    """Each highlight is in the catalogue, has a link and a take. Cost: one query at most."""
    understood = {b.line + 1 for b in blocks if isinstance(b, Papers)}
    lines: dict[str, int] = {}
    for head in parts.containers:
        if head.text != "papers" or head.is_nested:
            continue
        # What follows an open block is taken for a part of it, and is not to blame.
        if head.is_closed and head.line not in understood:
            yield from _check_form(head.line, [(p.line, p.text) for p in head.lines])
        for item in head.lines:
            match = re.match(r"`?([\w-]+)`?\s*[:—–]", item.text)
            if match and head.line in understood:
                lines.setdefault(match[1], item.line)
    if not lines:
        return
    at = max(filter(None, (issue.publish_at, timezone.now())))
    known = {p.slug: p for p in Paper.objects.published(at).filter(slug__in=lines)}
    for slug, line in lines.items():
        if slug not in known:
            sentence = f"There is no published paper “{slug}” in the catalogue."
            yield error("no-paper", sentence, line)
        elif not any(getattr(known[slug], name) for name in _ADDRESSES):
            sentence = f"The paper “{slug}” has no link: give it one in the catalogue."
            yield warning("paper-link", sentence, line)


def _check_form(line: int, items: list[tuple[int, str]]) -> Iterable[Finding]:
    without = [(at, m[1]) for at, text in items if (m := _SLUG_ALONE.fullmatch(text))]
    for at, slug in without:
        sentence = (
            f"The paper “{slug}” has no take: write “{slug}: …” with a line about it."
        )
        yield error("paper-take", sentence, at)
    if not without:
        sentence = (
            "Papers are a list of “- slug: a line about it”: this is read as text."
        )
        yield error("papers-form", sentence, line)
