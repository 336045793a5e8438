"""Markdown with fields in front, and what HTML became."""

import json
import re
import tomllib
from datetime import date, datetime
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from issues.importing.html import convert_html
from issues.importing.plain import HEADLINES, LONGEST_HEADLINE
from issues.importing.reading import Format, QuizRow, Reading
from issues.placeholders import find_placeholders
from superfast.common.blocks import plain_text
from superfast.common.markdown import EMOJI, render_blocks
from superfast.common.outline import outline
from superfast.common.text import clean_text, fold

_LONGEST_FRONT = 20_000
_TITLE = re.compile(r"\A\s*# +(.+?)(?: +#+)?[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+")
_QUIZ = re.compile(r"\b(?:3|three) headlines and a lie\b")
_NAMES = {
    "title": ("title",),
    "dek": ("dek", "subtitle", "description", "summary", "excerpt"),
    "slug": ("slug",),
    "date": ("publish_at", "published_at", "date", "published"),
}


def read_markdown(text: str, *, name: str = "") -> Reading:
    """Markdown as an issue, with the fields that stand in front of it.

    Fields that an issue has not are listed, with what they say.
    """
    reading = Reading(Format.MARKDOWN)
    fields, body = _split(clean_text(text), reading)
    _take_fields(fields, reading)
    match = _TITLE.match(body)
    if match and len(re.findall(r"^# ", body, re.MULTILINE)) == 1 and not reading.title:
        reading.title, body = match[1], body[match.end() :]
    reading.body = body.strip("\n") + "\n" if body.strip() else ""
    _finish(reading, name)
    return reading


def read_html(html: str, *, name: str = "") -> Reading:
    """HTML as an issue. Raises: TooLargeError."""
    converted = convert_html(html, whole=True)
    reading = Reading(Format.HTML, title=converted.title, body=converted.markdown)
    for sentence in converted.left_out:
        reading.remark(sentence)
    _finish(reading, name)
    return reading


def _split(text: str, reading: Reading) -> tuple[dict[str, Any], str]:
    """The fields in front and the text; what is in front stays text where it can't be read."""
    toml, yaml_ = _TOML.match(text), _YAML.match(text)
    match = toml or yaml_
    if not match:
        return {}, text
    fields: Any = None
    if len(match[1]) <= _LONGEST_FRONT:
        try:
            # The C loader, the package's default, can be brought down by nesting alone.
            fields = (
                tomllib.loads(match[1])
                if toml
                else YAMLHandler().load(match[1], Loader=yaml.SafeLoader)
            )
        except (ValueError, TypeError, AttributeError, yaml.YAMLError, RecursionError):
            fields = None
    if not isinstance(fields, dict):
        if fields is not None or match[1].strip():
            reading.remark(
                "The fields in front can't be read: they were kept as text.", 1
            )
            return {}, f"```\n{match[1]}\n```\n\n{text[match.end() :]}"
        return {}, text[match.end() :]
    return {str(key): value for key, value in fields.items()}, text[match.end() :]


def _take_fields(fields: dict[str, Any], reading: Reading) -> None:
    taken = set()
    for ours, theirs in _NAMES.items():
        key = next((k for k in theirs if fields.get(k) not in (None, "")), None)
        if key is None:
            continue
        value = fields[key]
        if ours == "date":
            day = _as_date(value)
            if day is None:
                continue
            reading.dated = day
        elif isinstance(value, str | int | float | date):
            words = " ".join(clean_text(str(value)).split())
            longest = 200 if ours == "title" else 300
            if ours == "slug" and not re.fullmatch(r"[-\w]{1,80}", words, re.ASCII):
                continue
            if len(words) > longest:
                continue
            setattr(reading, ours, words)
        else:
            continue
        taken.add(key)
    for key, value in fields.items():
        if key not in taken:
            reading.remark(f"The field “{key}” has no place here:", None, _words(value))


def _as_date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError:
        return None


def _words(value: Any) -> str:
    if isinstance(value, str):
        return clean_text(value)
    try:
        return clean_text(json.dumps(value, ensure_ascii=False, default=str))
    except (TypeError, ValueError, RecursionError):
        return "more than can be shown"


def _finish(reading: Reading, name: str) -> None:
    """Title, quiz, and figures, as for every text with marks."""
    if len(reading.title) > 200:
        reading.remark("The title was too long and was cut:", None, reading.title)
    reading.title = clean_text(reading.title)[:200].strip()
    if not reading.title:
        reading.title = name[:200] or "Untitled"
        reading.remark("No title was found: write one.")
    _take_quiz(reading)
    headings = outline(reading.body).headings
    reading.counts = {
        "sections": sum(heading.level == 2 for heading in headings),
        "headings": sum(heading.level > 2 for heading in headings),
        "headlines": len(reading.headlines),
        "links to fill": len(find_placeholders(reading.body))
        + sum(len(find_placeholders(row.text)) for row in reading.headlines),
    }


def _take_quiz(reading: Reading) -> None:
    """Four lines below “3 Headlines and a Lie” are the quiz; a place is kept for it."""
    lines = reading.body.split("\n")
    for heading in outline(reading.body).headings:
        if not _QUIZ.search(fold(EMOJI.sub("", heading.text).replace("&", " and "))):
            continue
        found: list[tuple[int, QuizRow]] = []
        for index in range(heading.line, len(lines)):
            line = lines[index]
            if not line.strip():
                continue
            row = _row(_ITEM.sub("", line))
            if line.startswith(("#", ":::")) or row is None or len(found) == HEADLINES:
                break
            found.append((index, row))
        if not found:
            continue
        if len(found) < HEADLINES:
            sentence = f"{len(found)} headlines stand below it: a quiz has four."
            reading.remark(sentence, None, heading.text)
        reading.headlines = [row for _, row in found]
        for index, _ in found:
            lines[index] = ""
        lines[found[0][0]] = "::: quiz\n:::\n"
        reading.body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
        return


def _row(markdown: str) -> QuizRow | None:
    text = plain_text(render_blocks(markdown)).strip()
    if not text or len(text) > LONGEST_HEADLINE:
        return None
    link = next((x for x in outline(markdown).links if x.url.startswith("http")), None)
    url = link.url if link and len(link.url) <= 2000 else ""
    return QuizRow(text, url)
