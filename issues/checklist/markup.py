"""Marks that do not do what they were typed for: readers see them, or see nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

from issues.checklist.findings import Finding, error, warning
from superfast.common.blocks import Block
from superfast.common.outline import ContainerPart, OpenPart, Outline, Part
from superfast.common.parser import CONTAINERS


def check_blocks(parts: Outline) -> Iterable[Finding]:
    """Each block is one that there is, and is closed. Cost: no query."""
    for block in parts.open_containers:
        yield error("block-open", _say_open(block), block.line)
    for part in parts.unknown_containers:
        yield error("block-unknown", _say_unknown(part.text), part.line)
    for part in _unpaired(parts):
        sentence = f"“{part.text}” closes no block: readers see the colons."
        yield error("block-end", sentence, part.line)


def _say_open(part: OpenPart) -> str:
    if part.before is None:
        return f"The block “{part.text}” is not closed: write “:::” below its text."
    return (
        f"The block “{part.text}” is not closed before “{part.before.text}” begins "
        f"in line {part.before.line}: write “:::” below its text."
    )


def _say_unknown(name: str) -> str:
    if name in CONTAINERS:
        return f"“::: {name}” opens no block here: readers see the colons."
    close = get_close_matches(name.lower(), CONTAINERS, n=1)
    hint = f" Is it “{close[0]}”?" if close else ""
    return f"There is no block “{name[:40]}”: readers see the colons.{hint}"


# What a block is made of, where it is not free.
_FORMS = {
    "card": "begins with a link to another site, “[Title](https://…)”",
    "compare": "is two headings, each with its text below",
    "quiz": "holds nothing, since the quiz takes its place",
}


def check_forms(blocks: list[Block], parts: Outline) -> Iterable[Finding]:
    """What stands in each block is what the block has a place for. Cost: no query."""
    understood = {(block.type, block.line + 1) for block in blocks}
    for part in parts.containers:
        # What follows an open block is taken for a part of it, and is not to blame.
        if part.is_nested or not part.is_closed:
            continue
        if part.text in _FORMS and (part.text, part.line) not in understood:
            yield error("block-form", _say_form(part), part.line)
        elif part.is_empty and part.text in {"callout", "details"}:
            yield warning(
                "block-empty", f"The block “{part.text}” is empty.", part.line
            )


def check_nesting(parts: Outline) -> Iterable[Finding]:
    """No block stands where it is read as text. Cost: no query."""
    if parts.open_containers:
        return  # what follows an open block is taken for a part of it
    for part in parts.containers:
        if part.is_nested:
            sentence = (
                f"The block “{part.text}” stands within another block, a list or a "
                "quotation: there it is read as text."
            )
            level = warning if part.text in {"callout", "details"} else error
            yield level("block-nested", sentence, part.line)


def _say_form(part: ContainerPart) -> str:
    name, title = part.text, part.title
    if title:
        return f"Write nothing behind “::: {name}”: with “{title[:40]}” it is read as text."
    return f"The block “{name}” {_FORMS[name]}: this is read as text."


def _unpaired(parts: Outline) -> Iterable[Part]:
    """Ends without a beginning; what was meant to begin an unknown block counts as one."""
    begun = 0
    both = [(part, 1) for part in parts.unknown_containers]
    both += [(part, -1) for part in parts.stray_ends]
    for part, step in sorted(both, key=lambda pair: pair[0].line):
        if begun + step < 0:
            yield part
        begun = max(0, begun + step)


def check_items(parts: Outline) -> Iterable[Finding]:
    """Each item of a list says something. Cost: no query."""
    for part in parts.empty_items:
        yield warning("empty-item", "The item of the list is empty.", part.line)


def check_elements(parts: Outline) -> Iterable[Finding]:
    """HTML within the text is of the kind that readers get. Cost: no query."""
    for part in parts.elements_left_out:
        sentence = f"Readers do not get “<{part.text}>”: at most the words within it."
        yield warning("element", sentence, part.line)
