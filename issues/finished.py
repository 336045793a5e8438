"""The page of a published issue, as far as it can be written when it is published.

What depends on the text alone becomes HTML once, by the components of the site; the
quiz and the papers stay blocks, for what they show changes without the issue. HTML
that older components wrote is not shown: its page is made from the blocks again.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import Case, F, JSONField, Q, When
from django.template.loader import get_template, render_to_string

from issues.models import Issue, IssueQuerySet
from superfast.common import blocks as b
from superfast.common.text import digest_of

_BLOCKS = "components/_blocks.html"
_CONTENTS = "components/_contents.html"
# They show what stands in other rows.
_OPEN = (b.QuizPlace, b.Papers)


def finish(issue: Issue, blocks: list[b.Block]) -> None:
    """The issue, not yet saved, holds its page as far as its blocks make it."""
    issue.finished = {
        "blocks": b.to_json(_finished(issue, blocks)),
        "contents": contents_of(blocks),
    }
    issue.finished_by = components()


def with_page(issues: IssueQuerySet) -> IssueQuerySet:
    """Each with what `page_of` reads: the blocks only where the page is out of date."""
    is_old = ~Q(finished_by=components())
    blocks = Case(When(is_old, then=F("blocks")), output_field=JSONField())
    return issues.defer("blocks").annotate(old_blocks=blocks)


def page_of(issue: Issue) -> tuple[list[b.Block], str]:
    """Blocks to show, and the lines of the contents, from `with_page`. Cost: none."""
    old_blocks: Any = getattr(issue, "old_blocks", None)
    made: Any = issue.finished
    if old_blocks is not None:
        blocks = b.from_json(old_blocks)
        return blocks, contents_of(blocks)
    contents = b.trusted(b.Prose(html=made["contents"])).html
    return b.from_json(made["blocks"]), contents


def contents_of(blocks: Iterable[b.Block]) -> str:
    """The lines of the table of contents, empty where there is no section."""
    sections = [x for x in blocks if isinstance(x, b.Heading) and x.level == 2]
    return render_to_string(_CONTENTS, {"sections": sections}) if sections else ""


@cache
def components() -> str:
    """A name for the components as they are now: another when any of them changes."""
    sources: list[Any] = [
        get_template(name) for name in (_BLOCKS, _CONTENTS, *b.components())
    ]
    text = "\0".join(source.template.source for source in sources)
    return digest_of(text)


def _finished(issue: Issue, blocks: list[b.Block]) -> Iterator[b.Block]:
    is_first = True
    for is_open, run in groupby(blocks, lambda block: isinstance(block, _OPEN)):
        if is_open:
            yield from run
        else:
            context = {"blocks": list(run), "issue": issue, "follows": not is_first}
            html = render_to_string(_BLOCKS, context)
            # The lines that the component puts round blocks come when it is shown.
            shown: Any = html.removeprefix("\n").removesuffix("\n\n")
            yield b.trusted(b.Prose(html=shown))
        is_first = False
