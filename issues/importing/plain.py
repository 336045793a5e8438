"""Plain text of the newsletter's own shape: every line on its own, without marks.

What a line is follows from its first sign, its last one, its length and its
neighbours. Where that leaves a doubt, the line is taken as it most likely is meant,
and listed. No line is dropped.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from issues.importing.notes import Notes
from issues.importing.reading import Format, QuizRow, Reading
from issues.placeholders import Placeholder, find_placeholders
from superfast.common.escaping import escape_inline, escape_start
from superfast.common.markdown import EMOJI
from superfast.common.text import clean_text, fold

LONGEST_HEADLINE = 300
HEADLINES = 4
_LONGEST_TITLE = 200
_LONGEST_HEADING = 80
_LONGEST_ITEM = 200
_STOP = re.compile(r"[.!?…:;,][\"”’)\]*†‡§]*$")
_SENTENCE_INSIDE = re.compile(r"[.!?]\s+\S")
_DASH = re.compile(r"^\s*(?:—|–|--?|:)\s+(?=\S)")
_BULLET = re.compile(r"^(?:[•·▪◦‣●○■+*-]|–)\s+(?=\S)")
_NUMBER = re.compile(r"^(\d{1,3})[.)]\s+(?=\S)")
_RULE = re.compile(r"^[-_=*—–~·•\s]{3,}$")
_URL = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?\"'”’)\]]")
_QUIZ = re.compile(r"\b(?:3|three) headlines (?:and|&) a lie\b")

FindPaper = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something."""

    number: int
    text: str
    places: tuple[Placeholder, ...] = ()

    @property
    def ends_in_link(self) -> bool:
        return bool(self.places) and self.places[-1].end == len(self.text)

    @property
    def bare(self) -> str:
        """Its words without the link at its end."""
        return (
            self.text[: self.places[-1].start].rstrip()
            if self.ends_in_link
            else self.text
        )

    @property
    def is_short(self) -> bool:
        """Short, and no sentence: what a heading looks like."""
        return len(self.bare) <= _LONGEST_HEADING and not _STOP.search(self.bare)

    @property
    def is_question(self) -> bool:
        return len(self.bare) <= _LONGEST_HEADING and self.bare.endswith("?")

    @property
    def is_section(self) -> bool:
        match = EMOJI.match(self.text)
        rest = self.text[match.end() :] if match else ""
        return bool(fold(rest)) and self.is_short and not self.ends_in_link

    @property
    def is_item(self) -> bool:
        """Whether it can be one of a list of links."""
        is_prose = len(self.bare) > _LONGEST_HEADING and _SENTENCE_INSIDE.search(
            self.bare
        )
        return self.ends_in_link and len(self.bare) <= _LONGEST_ITEM and not is_prose

    @property
    def is_bullet(self) -> bool:
        return bool(_BULLET.match(self.text) or _NUMBER.match(self.text))

    @property
    def highlight(self) -> tuple[str, Placeholder, str] | None:
        """Title, place of the link, and take of a line that highlights a paper."""
        for place in self.places[:1]:
            dash = _DASH.match(self.text[place.end :])
            title = self.text[: place.start].strip()
            if dash and title and not _STOP.search(title):
                return title, place, self.text[place.end + dash.end() :]
        return None

    @property
    def is_quiz(self) -> bool:
        return (
            bool(_QUIZ.search(fold(self.text.replace("&", " and ")))) and self.is_short
        )


def read_plain(text: str, *, find_paper: FindPaper, name: str = "") -> Reading:
    """The text as an issue's title, body and quiz.

    Args:
        text: as it was pasted or read from a file.
        find_paper: a paper's slug by its title, if the catalogue has it.
        name: of the file, for a text that has no title.
    """
    lines = [
        Line(number, stripped, tuple(find_placeholders(stripped)))
        for number, line in enumerate(clean_text(text).split("\n"), start=1)
        if (stripped := line.strip())
    ]
    reading = Reading(Format.PLAIN)
    if lines and _is_title(lines[0]):
        reading.title = lines.pop(0).text
    else:
        reading.title = name[:_LONGEST_TITLE] or "Untitled"
        reading.remark("No title was found in the first line: write one.")
    return _Reader(lines, find_paper, reading).read()


def _is_title(line: Line) -> bool:
    return (
        len(line.text) <= _LONGEST_TITLE
        and not line.is_section
        and not line.places
        and not re.search(r"[.:;,]$", line.text)
    )


class _Reader:
    """Goes through the lines once; `done` is the Markdown so far, part by part."""

    def __init__(self, lines: Sequence[Line], find_paper: FindPaper, reading: Reading):
        self.lines = lines
        self.find_paper = find_paper
        self.reading = reading
        self.notes = Notes([(line.number, line.text) for line in lines])
        self.done: list[tuple[str, str]] = []
        self.has_section = False
        self.after_heading = 0  # the level of a heading with nothing below it yet

    def read(self) -> Reading:
        index = 0
        while index < len(self.lines):
            index += self._take(index)
        for number, label, words in self.notes.written():
            self._put("note", f"[^{label}]: {self._inline(number, words, marks=False)}")
            self.reading.count("footnotes")
        for number, words, sentence in self.notes.alone():
            self.reading.remark(sentence, number, words)
        self.reading.body = self._join()
        self.reading.counts["links to fill"] = len(
            find_placeholders(self.reading.body)
        ) + sum(len(find_placeholders(row.text)) for row in self.reading.headlines)
        return self.reading

    def _take(self, index: int) -> int:
        """Writes what begins at a line. Returns: how many lines that were."""
        line = self.lines[index]
        kinds: tuple[tuple[bool, Callable[[int], int]], ...] = (
            (self.notes.is_note(line.number), lambda _: 1),
            (line.is_quiz and not self.reading.headlines, self._quiz),
            (line.is_section, self._section),
            (self._table_length(index) > 1, self._table),
            (line.highlight is not None, self._highlights),
            (line.is_bullet, self._bullets),
            (line.is_item, self._links),
            (bool(_RULE.match(line.text)), self._rule),
            (line.is_short or line.is_question, self._short_lines),
        )
        take = next((take for applies, take in kinds if applies), self._prose)
        return take(index)

    # Parts

    def _section(self, index: int) -> int:
        self._heading(self.lines[index], 2)
        self.has_section = True
        self.reading.count("sections")
        return 1

    def _rule(self, index: int) -> int:
        self._put("rule", "---")
        return 1

    def _prose(self, index: int) -> int:
        line = self.lines[index]
        self._paragraph(line)
        if line.text.endswith(":"):
            return 1 + self._announced(index + 1)
        if EMOJI.match(line.text):
            self._doubt(
                line, "begins with an emoji, but reads like a sentence: kept as text."
            )
        return 1

    def _heading(self, line: Line, level: int) -> None:
        words = self._inline(line.number, line.text).replace("#", "\\#")
        self._put("heading", f"{'#' * level} {words}")
        self.after_heading = level

    def _paragraph(self, line: Line) -> None:
        self._put("paragraph", escape_start(self._inline(line.number, line.text)))

    def _item(self, line: Line, mark: str = "-") -> None:
        text = _NUMBER.sub("", _BULLET.sub("", line.text, count=1), count=1)
        if not (mark != "-" or _BULLET.match(line.text)):
            text = line.text
        start = len(line.text) - len(text)
        words = self._inline(line.number, text, shift=start)
        self._put("item", f"{mark} {escape_start(words)}")

    def _links(self, index: int) -> int:
        """A run of lines that end in a link is a list; a line alone is judged by what follows."""
        run = self._run(index, lambda line: line.is_item and not line.highlight)
        line = self.lines[index]
        after = self._at(index + 1)
        if len(run) == 1 and (
            _STOP.search(line.bare) and len(line.bare) > _LONGEST_ITEM // 2
        ):
            self._paragraph(line)
            return 1
        if len(run) == 1 and line.is_short and after and _is_prose(after):
            self._doubt(
                line, "ends in a link and has text below it: taken as a heading."
            )
            self._heading(line, self._level())
            self.reading.count("headings")
            return 1
        if len(run) == 1:
            self._doubt(
                line, "ends in a link and stands alone: taken as a list of one."
            )
        self.reading.count("lists")
        for each in run:
            self._item(each)
        return len(run)

    def _bullets(self, index: int) -> int:
        run = self._run(index, lambda line: line.is_bullet and not line.highlight)
        self.reading.count("lists")
        for each in run:
            number = _NUMBER.match(each.text)
            self._item(each, f"{int(number[1])}." if number else "-")
        return max(1, len(run))

    def _highlights(self, index: int) -> int:
        run = self._run(index, lambda line: line.highlight is not None)
        for line in run:
            if line.highlight is None:
                continue
            title, place, take = line.highlight
            slug = self.find_paper(title)
            if slug is None:
                self._item(line)
                self.reading.count("highlights that are not in the catalogue")
                sentence = "No paper of the catalogue has this title: kept as text."
                self.reading.remark(sentence, line.number, title)
                continue
            self.reading.count("highlights")
            more = "" if place.words == ("link",) else f" {place.text}"
            shift = len(line.text) - len(take)
            words = self._inline(line.number, take, shift=shift)
            self._put("paper", f"- {slug}: {words}{more}")
        return len(run)

    def _short_lines(self, index: int) -> int:
        """Headings, unless nothing follows them or too many of them follow each other."""
        run = self._run(
            index,
            lambda line: (
                (line.is_short or line.is_question)
                and not (
                    line.is_item or line.is_section or line.is_quiz or line.is_bullet
                )
                and not self.notes.is_note(line.number)
                and "\t" not in line.text
            ),
        )
        after = self._at(index + len(run))
        if after is None or after.is_section or after.is_quiz:
            heads = run[:-1] if len(run) < 3 else run[:1]
            rest = run[len(heads) :]
            for line in heads:
                self._doubtful_heading(line, "is followed by a short line")
            for line in rest:
                sentence = "is short, but nothing stands below it: kept as a paragraph."
                self._doubt(line, sentence)
                self._paragraph(line)
            return len(run)
        for place, line in enumerate(run):
            if 0 < place < len(run) - 1:
                self._doubt(
                    line, "is one of several short lines: taken as an item of a list."
                )
                self._item(line)
            elif line.is_question:
                self._doubtful_heading(line, "is a short question")
            elif place:
                self._doubtful_heading(line, "follows another heading")
            else:
                self._heading(line, self._level())
                self.reading.count("headings")
        return len(run)

    def _doubtful_heading(self, line: Line, why: str) -> None:
        self._doubt(line, f"{why}: taken as a heading.")
        self._heading(line, self._level())
        self.reading.count("headings")

    def _announced(self, index: int) -> int:
        """Short lines below a colon are a list; the last one is a heading if text follows."""
        run = self._while(
            index,
            lambda line: (
                len(line.text) <= _LONGEST_HEADING
                and not re.search(r"[.!?:]$", line.text)
                and not (
                    line.is_item or line.is_section or line.is_quiz or line.is_bullet
                )
                and line.highlight is None
                and not self.notes.is_note(line.number)
            ),
        )
        after = self._at(index + len(run))
        if run and after and not (after.is_section or after.is_quiz):
            run = run[:-1]
        if len(run) < 2:
            return 0
        self.reading.count("lists")
        for line in run:
            self._item(line)
        first = run[0]
        self._doubt(first, f"and {len(run) - 1} more follow a colon: taken as a list.")
        return len(run)

    def _quiz(self, index: int) -> int:
        """The heading, and below it the headlines."""
        line = self.lines[index]
        below = []
        for each in self.lines[index + 1 :]:
            if each.is_section or self.notes.is_note(each.number):
                break
            below.append(each)
        is_announced = len(below) > HEADLINES and re.search(r"[.?!:]$", below[0].bare)
        lead = below[:1] if is_announced and not below[0].is_bullet else []
        rows = below[len(lead) : len(lead) + HEADLINES]
        texts = [_NUMBER.sub("", _BULLET.sub("", row.text)) for row in rows]
        fits = next(
            (n for n, t in enumerate(texts) if len(t) > LONGEST_HEADLINE), len(texts)
        )
        rows, texts = rows[:fits], texts[:fits]
        self._heading(line, 2 if line.is_section else self._level())
        self.has_section |= line.is_section
        if not rows:
            self._doubt(line, "has no headlines below it: no quiz was made.")
            return 1
        for each in lead:
            self._paragraph(each)
            self._doubt(each, "stands before the headlines: kept as text.")
        self.reading.headlines = [QuizRow(text) for text in texts]
        self.reading.counts["headlines"] = len(texts)
        self._put("quiz", "::: quiz\n:::")
        if len(texts) < HEADLINES:
            self._doubt(line, f"has {len(texts)} headlines below it: a quiz has four.")
        return 1 + len(lead) + len(rows)

    def _table_length(self, index: int) -> int:
        tabs = self.lines[index].text.count("\t")
        run = (
            self._run(index, lambda line: line.text.count("\t") == tabs) if tabs else []
        )
        return len(run) if len(run) > 1 else 0

    def _table(self, index: int) -> int:
        rows = []
        length = self._table_length(index)
        for line in self.lines[index : index + length]:
            cells = [
                escape_inline(c.strip()).replace("|", "\\|")
                for c in line.text.split("\t")
            ]
            rows.append(f"| {' | '.join(cells)} |")
        rows.insert(1, f"|{' --- |' * (self.lines[index].text.count(chr(9)) + 1)}")
        self._put("table", "\n".join(rows))
        self.reading.count("tables")
        return length

    # Small things

    def _at(self, index: int) -> Line | None:
        """The line there, notes passed over."""
        for line in self.lines[index:]:
            if not self.notes.is_note(line.number):
                return line
        return None

    def _run(self, index: int, belongs: Callable[[Line], bool]) -> list[Line]:
        """The line there and those after it that belong to it."""
        return [self.lines[index], *self._while(index + 1, belongs)]

    def _while(self, index: int, belongs: Callable[[Line], bool]) -> list[Line]:
        run: list[Line] = []
        for line in self.lines[index:]:
            if not belongs(line) or self.notes.is_note(line.number):
                break
            run.append(line)
        return run

    def _level(self) -> int:
        if not self.has_section:
            return 2
        return min(4, self.after_heading + 1) if self.after_heading > 2 else 3

    def _doubt(self, line: Line, sentence: str) -> None:
        self.reading.remark(f"This line {sentence}", line.number, line.text)

    def _inline(
        self, number: int, text: str, *, shift: int = 0, marks: bool = True
    ) -> str:
        """Words as Markdown: marks of footnotes are footnotes, addresses links, the rest words."""
        parts, end = [], 0
        found = self.notes.marks(number) if marks else []
        for start, stop, label in found:
            if start < shift or start - shift < end:
                continue
            parts.append(_escape(text[end : start - shift]))
            parts.append(f"[^{label}]")
            end = stop - shift
        return "".join([*parts, _escape(text[end:])])

    def _put(self, kind: str, text: str) -> None:
        self.done.append((kind, text))
        if kind not in {"heading", "note"}:
            self.after_heading = 0

    def _join(self) -> str:
        return "\n\n".join(_gather(self.done)) + "\n" if self.done else ""


def _gather(parts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Items side by side are one list, papers side by side one block."""
    index = 0
    while index < len(parts):
        kind, text = parts[index]
        run = [text]
        while kind in {"item", "paper"} and index + len(run) < len(parts):
            if parts[index + len(run)][0] != kind:
                break
            run.append(parts[index + len(run)][1])
        joined = "\n".join(run)
        yield f"::: papers\n{joined}\n:::" if kind == "paper" else joined
        index += len(run)


def _is_prose(line: Line) -> bool:
    return not (
        line.is_item
        or line.is_section
        or line.is_short
        or line.is_quiz
        or line.is_bullet
    )


def _escape(text: str) -> str:
    parts, end = [], 0
    for match in _URL.finditer(text):
        parts.append(escape_inline(text[end : match.start()]))
        parts.append(f"<{match[0]}>")
        end = match.end()
    return "".join([*parts, escape_inline(text[end:])])
