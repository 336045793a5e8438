"""What follows from the text that readers see, made when it is published.

Blocks, sections, links, mentions of papers, pictures shown, entries in the
search index. All of it can be thrown away and made again (`manage.py rerender`).
"""

from collections.abc import Iterator

from issues import search
from issues.finished import finish
from issues.models import Image, Issue, Link, LinkUse, PaperMention, Section
from papers.models import Paper
from superfast.common import blocks as b
from superfast.common.links import find_links
from superfast.common.markdown import render_blocks

WORDS_A_MINUTE = 230


def derive(issue: Issue) -> None:
    """Everything that follows from the issue's text is stored anew.

    Inside the caller's transaction. Cost: a constant number of queries.
    """
    blocks = render_blocks(issue.body)
    pictures = fill_pictures(blocks)
    issue.blocks = b.to_json(blocks)
    finish(issue, blocks)
    issue.reading_minutes = reading_minutes(blocks)
    issue.save(update_fields=["blocks", "finished", "finished_by", "reading_minutes"])
    issue.pictures.set(pictures)
    _store_sections(issue, blocks)
    _store_mentions(issue, blocks)
    _store_links(issue, blocks)
    search.index_issue(issue)


def forget(issue: Issue) -> None:
    """Nothing derived is left of an issue that readers do not see, but its pictures.

    Which those are, the library shows; readers see them with the issue and no earlier.
    """
    issue.sections.all().delete()
    issue.mentions.all().delete()
    issue.link_uses.all().delete()
    note_pictures(issue)
    search.forget_issue(issue)


def note_pictures(issue: Issue) -> None:
    """The issue knows which pictures its text shows. Cost: three queries at most."""
    issue.pictures.set(fill_pictures(render_blocks(issue.body)))


def shelve(issue: Issue) -> None:
    """Nothing derived is left of the draft but its place in the desk's search."""
    forget(issue)
    search.index_draft(issue)


def reading_minutes(blocks: list[b.Block]) -> int:
    """How long it takes to read the blocks, in whole minutes, at least one."""
    return max(1, round(len(b.plain_text(blocks).split()) / WORDS_A_MINUTE))


def fill_pictures(blocks: list[b.Block]) -> list[Image]:
    """Figures know address and size of their pictures. Returns: the pictures shown.

    A figure whose picture is unknown keeps no address. Cost: one query.
    """
    figures = [block for block in blocks if isinstance(block, b.Figure)]
    if not figures:
        return []
    known = {
        i.name: i for i in Image.objects.filter(name__in={f.name for f in figures})
    }
    for figure in figures:
        if image := known.get(figure.name):
            figure.src, figure.width, figure.height = (
                image.src,
                image.width,
                image.height,
            )
            figure.sources, figure.fallback = image.sources, image.fallback_src
    return list(known.values())


def _sections(blocks: list[b.Block]) -> Iterator[tuple[b.Heading, list[b.Block]]]:
    """Each heading with the blocks below it, up to the next."""
    heading: b.Heading | None = None
    below: list[b.Block] = []
    for block in blocks:
        if isinstance(block, b.Heading):
            if heading:
                yield heading, below
            heading, below = block, []
        elif not isinstance(block, b.Footnotes):
            below.append(block)
    if heading:
        yield heading, below


def _store_sections(issue: Issue, blocks: list[b.Block]) -> None:
    issue.sections.all().delete()
    Section.objects.bulk_create(
        Section(
            issue=issue,
            anchor=heading.anchor,
            title=heading.title[:1000],
            emoji=heading.emoji[:40],
            level=heading.level,
            text=b.plain_text(below),
            position=position,
        )
        for position, (heading, below) in enumerate(_sections(blocks))
    )


def _store_mentions(issue: Issue, blocks: list[b.Block]) -> None:
    items = [i for block in blocks if isinstance(block, b.Papers) for i in block.items]
    takes = {item.slug: item.take_source for item in reversed(items)}
    papers = Paper.objects.by_slug(takes)
    wanted = [slug for slug in dict.fromkeys(i.slug for i in items) if slug in papers]
    issue.mentions.all().delete()
    PaperMention.objects.bulk_create(
        PaperMention(
            issue=issue, paper=papers[slug], take=takes[slug], position=position
        )
        for position, slug in enumerate(wanted)
    )


def _store_links(issue: Issue, blocks: list[b.Block]) -> None:
    uses = list(find_links(blocks))
    links = Link.objects.named({url for url, _, _ in uses})
    issue.link_uses.all().delete()
    LinkUse.objects.bulk_create(
        LinkUse(
            issue=issue,
            link=links[url],
            text=text[:1000],
            anchor=anchor,
            position=position,
        )
        for position, (url, text, anchor) in enumerate(uses)
        if url in links
    )
