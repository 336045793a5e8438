"""Footnotes of HTML: two links that name each other."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from superfast.common.text import numbered

_BLOCKS = ["p", "li", "div", "section", "td"]
_LABEL = re.compile(r"[\w*†‡§]{1,6}")
_ARROWS = re.compile(r"^[\s↩↑⤴^\ufe0e]*$")


def mark_footnotes(soup: BeautifulSoup) -> list[tuple[str, Tag]]:
    """Each reference is a `fnref` element; the notes are out of the tree.

    A reference is a link to something further down that links back to it, as
    Word, Google Docs, Substack and most writers of Markdown have it.

    Returns: label and content of each note, in the order of the text.
    """
    places = {
        id(tag): n for n, tag in enumerate(soup.find_all(True)) if isinstance(tag, Tag)
    }
    named = _named(soup)
    notes: dict[int, tuple[str, Tag]] = {}
    labels: set[str] = set()
    for link in list(_inner_links(soup)):
        target = named.get(_target(link))
        if link.parent is None or target is None or target.parent is None:
            continue
        if places[id(target)] <= places[id(link)]:
            continue
        note = target if target.name in _BLOCKS else target.find_parent(_BLOCKS)
        if not isinstance(note, Tag) or note in link.parents:
            continue
        names = _names(link)
        backs = [a for a in _inner_links(note) if _target(a) in names]
        if id(note) not in notes:
            if not backs:
                continue
            notes[id(note)] = (_label(link, labels), note)
        _replace(soup, link, notes[id(note)][0])
    for _, note in notes.values():
        _take(note)
    return list(notes.values())


def _inner_links(tree: Tag) -> Iterator[Tag]:
    for tag in tree.find_all("a"):
        if isinstance(tag, Tag) and str(tag.get("href") or "").startswith("#"):
            yield tag


def _target(link: Tag) -> str:
    return str(link.get("href") or "").removeprefix("#")


def _named(soup: BeautifulSoup) -> dict[str, Tag]:
    found: dict[str, Tag] = {}
    for tag in soup.find_all(True):
        if isinstance(tag, Tag):
            for name in (tag.get("id"), tag.get("name")):
                if name:
                    found.setdefault(str(name), tag)
    return found


def _names(link: Tag) -> set[str]:
    """What a note may call the place that refers to it."""
    around = [link, *(p for p in list(link.parents)[:2] if p.name in {"sup", "span"})]
    return {str(t.get(key)) for t in around for key in ("id", "name") if t.get(key)}


def _label(link: Tag, taken: set[str]) -> str:
    match = _LABEL.search(link.get_text())
    label = numbered(match[0] if match else "note", lambda name: name not in taken)
    taken.add(label)
    return label


def _replace(soup: BeautifulSoup, link: Tag, label: str) -> None:
    around = link.parent
    mark = soup.new_tag("fnref", attrs={"data-label": label})
    if around is not None and around.name == "sup" and len(around.contents) == 1:
        around.replace_with(mark)
    else:
        link.replace_with(mark)


def _take(note: Tag) -> None:
    """The note, out of the tree, without its number and its way back."""
    note.extract()
    note.name = "div"
    for link in list(_inner_links(note)):
        words = link.get_text()
        if _ARROWS.match(words) or _LABEL.fullmatch(words.strip(" []().")):
            around = link.parent
            link.decompose()
            if around is not None and around.name == "sup" and not around.get_text():
                around.decompose()
        else:
            link.unwrap()
