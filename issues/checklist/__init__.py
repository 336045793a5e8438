"""What must be right before readers see an issue: one function, asked everywhere."""

from itertools import chain

from issues.checklist import markup, pictures, quizzes, words
from issues.checklist.findings import Checklist, Finding, Level
from issues.checklist.links import check_links
from issues.checklist.papers import check_papers
from issues.models import Issue
from superfast.common.markdown import render_blocks
from superfast.common.outline import outline

__all__ = ["Checklist", "Finding", "Level", "check_issue"]


def check_issue(issue: Issue) -> Checklist:
    """Everything to be said about this issue before it goes out, errors first.

    The issue may be unsaved. Cost: at most twelve queries, however long the text.
    """
    blocks = render_blocks(issue.body)
    parts = outline(issue.body)
    found = chain(
        words.check_fields(issue),
        words.check_placeholders(issue),
        markup.check_blocks(parts),
        markup.check_forms(blocks, parts),
        markup.check_nesting(parts),
        markup.check_items(parts),
        markup.check_elements(parts),
        words.check_headings(parts),
        words.check_colons(parts),
        words.check_footnotes(parts),
        check_links(parts),
        pictures.check_pictures(issue, blocks, parts),
        check_papers(issue, blocks, parts),
        quizzes.check_quiz_of(issue, blocks, parts),
        words.check_length(issue, blocks),
        words.check_mail(issue),
    )
    order = list(Level)
    # Within a level, as the text goes; what has no line comes first.
    rows = sorted(found, key=lambda f: (order.index(f.level), f.line or 0))
    return Checklist(tuple(dict.fromkeys(rows)))
