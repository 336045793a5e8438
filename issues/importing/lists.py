"""Lists as Word writes them: paragraphs with a bullet typed in front."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

_NUMBER = re.compile(r"^\s*(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[·•§▪◦o–-]|(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])[\s\xa0]+")
_LEVEL = re.compile(r"level(\d)")


def gather_word_lists(soup: BeautifulSoup) -> None:
    """Runs of such paragraphs are lists, nested as their levels say."""
    items = [
        (tag, level)
        for tag in soup.find_all("p")
        if isinstance(tag, Tag) and (level := _level(tag))
    ]
    run: list[tuple[Tag, int]] = []
    for item in items:
        if run and _next_element(run[-1][0]) is not item[0]:
            _gather(soup, run)
            run = []
        run.append(item)
    if run:
        _gather(soup, run)


def _level(tag: Tag) -> int:
    """How deep the paragraph's list item is; 0 where it is none."""
    if match := _LEVEL.search(str(tag.get("style") or "")):
        return int(match[1])
    is_item = "MsoListParagraph" in str(tag.get("class") or "")
    return 1 if is_item and _BULLET.match(tag.get_text()) else 0


def _next_element(tag: Tag) -> Tag | None:
    after = tag.next_sibling
    while isinstance(after, NavigableString) and not after.strip():
        after = after.next_sibling
    return after if isinstance(after, Tag) else None


def _gather(soup: BeautifulSoup, run: list[tuple[Tag, int]]) -> None:
    """Paragraphs that stand one after the other become one list."""
    stack: list[tuple[int, Tag]] = []
    for tag, level in run:
        kind = "ol" if _NUMBER.match(_mark(tag)) else "ul"
        while stack and stack[-1][0] > level:
            stack.pop()
        if not stack or stack[-1][0] < level:
            new = soup.new_tag(kind)
            if stack:
                items = stack[-1][1].find_all("li", recursive=False)
                items[-1].append(new)
            else:
                tag.insert_before(new)
            stack.append((level, new))
        _drop_mark(tag)
        tag.name = "li"
        stack[-1][1].append(tag.extract())


def _mark(tag: Tag) -> str:
    ignored = tag.find(style=re.compile("ignore"))
    return ignored.get_text() if isinstance(ignored, Tag) else tag.get_text()


def _drop_mark(tag: Tag) -> None:
    ignored = tag.find(style=re.compile("ignore"))
    if isinstance(ignored, Tag):
        ignored.decompose()
        return
    match = _BULLET.match(tag.get_text())
    left = len(match[0]) if match else 0
    for text in list(tag.find_all(string=True)):
        if left <= 0:
            break
        words = str(text)
        text.replace_with(NavigableString(words[left:]))
        left -= len(words)
