"""Citations as they are printed: APA 7, MLA 9, Chicago 18 (author-date), IEEE, Markdown.

Worked out from the published rules of each. A paper in proceedings is cited as part
of a book. Titles keep the capitals they were published with; where a style prints
headlines, small letters are raised. The order is the list's: no style's sorting is
done, and no letter is put behind a year.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from papers.citing.entry import Entry
from papers.citing.facts import Facts, facts_of
from papers.citing.prose import (
    Line,
    Piece,
    chicago_pages,
    full_pages,
    headline,
    initials,
    inverted,
    listed,
    natural,
    plain,
    quoted,
    text_of,
    two_digit_pages,
)
from papers.models import Kind

APA_MOST, APA_FIRST = 20, 19
MLA_MOST = 2
CHICAGO_MOST, CHICAGO_FIRST = 6, 3
IEEE_MOST = 6

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!$&])")
_ADDRESS = {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"}


def apa(entry: Entry) -> list[Piece]:
    """APA, 7th edition."""
    it, line = facts_of(entry), Line()
    title = [Piece(it.title, it.kind == Kind.PREPRINT or it.stands_alone, own=True)]
    if it.in_proceedings or it.kind == Kind.JOURNAL:
        title = [Piece(it.title, own=True)]
    label = _apa_label(it)
    title += plain(f" {label}" if label else "")
    if it.authors:
        line.add(_apa_names(it)).stop().add(" ")
    else:
        line.join([title]).stop().add(" ")
    line.add(f"({it.year or 'n.d.'}).")
    if it.authors:
        line.add(" ").join([title]).stop()
    pages = full_pages(it.pages)
    if it.kind == Kind.JOURNAL:
        issue = [*plain(it.volume, italic=True), *plain(_within("({})", it.number))]
        parts = [plain(it.container, italic=True), issue, plain(pages)]
        line.add(" " if it.container else "").join(parts).stop()
    elif it.in_proceedings:
        line.add(" In ").add(it.container, italic=True)
        line.add(_within(f" ({_pages_word(it.pages)} {{}})", pages)).stop()
    if publisher := _apa_publisher(it):
        line.add(f" {publisher}").stop()
    return line.add(" " if it.address else "").add(it.address, href=it.address).pieces


def _apa_names(it: Facts) -> str:
    names = [inverted(who, initials(who.name.given)) for who in it.authors]
    if not it.whole:
        return ", ".join([*names[:APA_FIRST], "et al."])
    if len(names) > APA_MOST:
        return ", ".join(names[:APA_FIRST]) + f", . . . {names[-1]}"
    return listed(names, ", & ")


def _apa_label(it: Facts) -> str:
    if it.kind == Kind.PREPRINT and it.arxiv_id:
        return f"(arXiv:{it.arxiv_id})"
    if it.kind == Kind.REPORT:
        return _within("(Report No. {})", it.number)
    return f"[{_thesis(it)}]" if it.kind == Kind.THESIS else ""


def _apa_publisher(it: Facts) -> str:
    if it.kind in {Kind.JOURNAL, Kind.THESIS}:
        return ""
    return "arXiv" if it.kind == Kind.PREPRINT and it.arxiv_id else it.publisher


def mla(entry: Entry) -> list[Piece]:
    """MLA, 9th edition."""
    it, line = facts_of(entry), Line()
    if it.authors:
        line.add(_mla_names(it)).stop().add(" ")
    title = headline(it.title)
    if it.stands_alone and not it.in_proceedings:
        line.add(title, italic=True, own=True).stop()
    else:
        line.join([quoted(title)])
    preprint = it.kind == Kind.PREPRINT and it.arxiv_id
    thesis = it.kind == Kind.THESIS
    if thesis and it.year:
        line.add(f" {it.year}.")
    parts = [
        plain("arXiv" if preprint else it.container, italic=True),
        plain(_within("vol. {}", it.volume)),
        plain(_within("no. {}", it.number) if it.kind != Kind.REPORT else ""),
        plain(_within("No. {}", it.number) if it.kind == Kind.REPORT else ""),
        plain(_thesis(it) if thesis else "" if preprint else _not_of_journal(it)),
        plain("" if thesis else it.year),
        plain(
            _within(f"{_pages_word(it.pages)} {{}}", two_digit_pages(it.pages))
            if it.container
            else ""
        ),
        [Piece(it.address, href=it.address)],
    ]
    return line.add(" ").join(parts).stop().pieces


def _mla_names(it: Facts) -> str:
    first, *others = it.authors
    if len(it.authors) > MLA_MOST or not it.whole:
        return f"{inverted(first)}, et al."
    return listed([inverted(first), *map(natural, others)], ", and ")


def chicago(entry: Entry) -> list[Piece]:
    """The Chicago Manual of Style, 18th edition, author-date."""
    it, line = facts_of(entry), Line()
    text = headline(it.title)
    alone = it.kind in {Kind.REPORT, Kind.BOOK} and not it.in_proceedings
    title = [Piece(text, italic=True, own=True)] if alone else quoted(text)
    year = it.year or "n.d."
    if it.authors:
        line.add(_chicago_names(it)).stop().add(f" {year}").stop().add(" ")
        line.join([title]).stop()
    else:
        line.join([title]).stop().add(f" {year}").stop()
    if it.kind == Kind.JOURNAL:
        line.add(" ").add(it.container, italic=True)
        line.add(_within(" {}", it.volume)).add(_within(" ({})", it.number))
        line.add(_within(": {}", chicago_pages(it.pages))).stop()
    elif it.in_proceedings:
        line.add(" In ").add(it.container, italic=True).stop()
    if it.kind == Kind.REPORT and it.number:
        line.add(f" No. {it.number}").stop()
    if source := _chicago_source(it):
        line.add(f" {source}").stop()
    if it.address:
        line.add(" ").add(it.address, href=it.address).stop()
    return line.pieces


def _chicago_names(it: Facts) -> str:
    first, *others = it.authors
    names = [inverted(first, demoted=True), *map(natural, others)]
    if len(names) > CHICAGO_MOST or not it.whole:
        return ", ".join([*names[:CHICAGO_FIRST], "et al."])
    return listed(names, ", and ")


def _chicago_source(it: Facts) -> str:
    if it.kind == Kind.PREPRINT and it.arxiv_id:
        return "Preprint, arXiv"
    return _thesis(it) if it.kind == Kind.THESIS else _not_of_journal(it)


def ieee(entry: Entry) -> list[Piece]:
    """IEEE Reference Guide; the number in brackets is the list's."""
    it, line = facts_of(entry), Line()
    if it.authors:
        line.join([_ieee_names(it)]).add(", ")
    if it.kind == Kind.BOOK and not it.in_proceedings:
        line.add(it.title, italic=True, own=True).stop().add(" ")
        line.join([plain(it.publisher), plain(it.year)])
        return _ieee_end(it, line)
    pages = _within(f"{_pages_word(it.pages)} {{}}", full_pages(it.pages))
    parts: list[Sequence[Piece]] = [plain(it.year)]
    if it.kind == Kind.PREPRINT and it.arxiv_id:
        parts += [plain(f"arXiv:{it.arxiv_id}", italic=True)]
    elif it.kind == Kind.JOURNAL:
        parts = [
            plain(it.container, italic=True),
            plain(_within("vol. {}", it.volume)),
            plain(_within("no. {}", it.number)),
            plain(pages),
            *parts,
        ]
    elif it.in_proceedings:
        book = [Piece("in "), Piece(it.container, italic=True)]
        publisher = it.publisher if it.kind == Kind.BOOK else ""
        parts = [book, plain(publisher), *parts, plain(pages)]
    else:
        number = it.kind == Kind.REPORT and _within("Rep. {}", it.number)
        source = it.publisher
        if it.kind == Kind.THESIS:
            source = _within("thesis, {}", source) or "thesis"
        parts = [plain(source), plain(number or ""), *parts]
    line.join([quoted(it.title, ",")]).add(" ").join(parts)
    return _ieee_end(it, line)


def _ieee_names(it: Facts) -> list[Piece]:
    names = [natural(who, initials(who.name.given)) for who in it.authors]
    if len(names) > IEEE_MOST:
        return [Piece(f"{names[0]} "), Piece("et al.", italic=True)]
    if not it.whole:
        return [Piece(", ".join(names) + ", "), Piece("et al.", italic=True)]
    return [Piece(listed(names, ", and ", pair=" and "))]


def _ieee_end(it: Facts, line: Line) -> list[Piece]:
    if it.kind == Kind.PREPRINT and it.arxiv_id:
        return line.stop().pieces
    if it.doi:
        line.add(", doi: ").add(it.doi, href=it.address)
    elif it.address:
        line.stop().add(" [Online]. Available: ")
        return line.add(it.address, href=it.address).pieces
    return line.stop().pieces


def markdown(entry: Entry) -> list[Piece]:
    """A line of Markdown: the title as a link, who, where and when."""
    it = facts_of(entry)
    title = escape_markdown(it.title)
    address = "".join(_ADDRESS.get(each, each) for each in it.address)
    names = [natural(who) for who in it.authors]
    who = listed(names, " and ") if it.whole else ", ".join([*names, "et al."])
    short = str(entry.values.get("venue") or "") or it.container
    place = f"*{escape_markdown(short)}*" if short else ""
    if it.kind == Kind.PREPRINT and it.arxiv_id:
        place = f"arXiv:{it.arxiv_id}"
    when = "" if it.year and short.endswith(it.year) else it.year
    source = ", ".join(filter(None, (place, when)))
    line = Line().add(f"[{title}]({address})" if address else title).stop()
    if who:
        line.add(f" {escape_markdown(who)}").stop()
    return line.add(f" {source}." if source else "").pieces


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it stands, markup and mathematics included."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _thesis(it: Facts) -> str:
    # What degree it was for is not known.
    return ", ".join(filter(None, ("Thesis", it.publisher)))


def _not_of_journal(it: Facts) -> str:
    return "" if it.kind == Kind.JOURNAL else it.publisher


def _pages_word(pages: str) -> str:
    return "pp." if re.search(r"[-–—,]", pages) else "p."


def _within(frame: str, text: str) -> str:
    return frame.format(text) if text else ""


@dataclass(frozen=True)
class Style:
    """A way to print citations: its name in addresses, its name, and who writes it."""

    slug: str
    name: str
    cite: Callable[[Entry], list[Piece]]
    numbered: bool = False
    bullet: str = ""

    def write(self, entries: Iterable[Entry]) -> Iterator[str]:
        """A list in this style as plain text, an entry at a time."""
        gap = "\n" if self.bullet else "\n\n"
        for number, entry in enumerate(entries, start=1):
            before = f"[{number}] " if self.numbered else self.bullet
            yield before + text_of(self.cite(entry)) + gap


STYLES = {
    style.slug: style
    for style in (
        Style("apa", "APA", apa),
        Style("mla", "MLA", mla),
        Style("chicago", "Chicago", chicago),
        Style("ieee", "IEEE", ieee, numbered=True),
        Style("md", "Markdown", markdown, bullet="- "),
    )
}
