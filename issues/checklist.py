"""What must be right before readers see an issue: one function, asked everywhere."""

import re
from collections.abc import Iterable

from django.utils import timezone

from issues.models import Image, Issue
from papers.models import Paper
from quiz.services import check_quiz
from superfast.common.blocks import Block, Figure, Papers, QuizPlace
from superfast.common.markdown import render_blocks

# Journalists write TK in capitals; in small ones it is a toolkit, or an address in Tokelau.
_PLACEHOLDER = re.compile(r"\((?i:link|tweet and arxiv)\)|\bTK\b")


def check_issue(issue: Issue) -> list[str]:
    """Sentences that say what keeps this issue from being published; none if nothing does.

    The issue may be unsaved. Cost: at most five queries, however long the text.
    """
    blocks = render_blocks(issue.body)
    return [
        *_check_fields(issue),
        *_check_placeholders(issue.body),
        *_check_pictures(blocks),
        *_check_papers(issue, blocks),
        *_check_quiz(issue, blocks),
    ]


def _check_fields(issue: Issue) -> Iterable[str]:
    if not issue.title.strip():
        yield "The title is missing."
    if not issue.dek.strip():
        yield "The dek is missing: one sentence that says what is in the issue."
    if not issue.body.strip():
        yield "The text is missing."


def _check_placeholders(body: str) -> Iterable[str]:
    for number, line in enumerate(body.splitlines(), start=1):
        for match in _PLACEHOLDER.finditer(line):
            yield f"Line {number} still holds the placeholder “{match[0]}”."


def _check_pictures(blocks: list[Block]) -> Iterable[str]:
    figures = [block for block in blocks if isinstance(block, Figure)]
    if not figures:
        return
    known = set(
        Image.objects.filter(name__in={f.name for f in figures}).values_list(
            "name", flat=True
        )
    )
    for figure in figures:
        if figure.name not in known:
            yield f"There is no picture “{figure.name}”."
        elif not figure.alt.strip():
            yield f"The picture “{figure.name}” has no alternative text."


def _check_papers(issue: Issue, blocks: list[Block]) -> Iterable[str]:
    slugs = [
        i.slug for block in blocks if isinstance(block, Papers) for i in block.items
    ]
    if not slugs:
        return
    at = max(filter(None, (issue.publish_at, timezone.now())))
    known = set(
        Paper.objects.published(at)
        .filter(slug__in=slugs)
        .values_list("slug", flat=True)
    )
    for slug in dict.fromkeys(slugs):
        if slug not in known:
            yield f"There is no published paper “{slug}” in the catalogue."


def _check_quiz(issue: Issue, blocks: list[Block]) -> Iterable[str]:
    places = sum(isinstance(block, QuizPlace) for block in blocks)
    if places > 1:
        yield "The quiz stands in the text more than once."
    if issue.quiz is None:
        if places:
            yield "The text has a place for a quiz (“::: quiz”), but none is chosen."
        return
    if not places:
        yield "The quiz has no place in the text: write “::: quiz” and “:::” where it belongs."
    yield from check_quiz(issue.quiz, issue.publish_at)
