"""BibTeX read: a splitter finds the blocks, a parser reads each by itself.

So an entry that is not closed costs itself, and no other.
"""

import logging
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from bibtexparser.model import ExplicitComment, ImplicitComment
from bibtexparser.splitter import Splitter
from pybtex.bibtex.exceptions import BibTeXError
from pybtex.bibtex.utils import split_name_list
from pybtex.database import InvalidNameString, Person
from pybtex.database.input.bibtex import LowLevelParser, UndefinedMacro, month_names
from pybtex.exceptions import PybtexError
from pybtex.utils import CaseInsensitiveDict

from papers.citing.bibtex import LINK_FIELDS, TEXT_FIELDS
from papers.citing.entry import Credited, Entry
from papers.citing.latex import decode
from papers.models import Kind
from papers.names import PersonName

KINDS = {
    "inproceedings": Kind.PROCEEDINGS,
    "conference": Kind.PROCEEDINGS,
    "article": Kind.JOURNAL,
    "inbook": Kind.BOOK,
    "incollection": Kind.BOOK,
    "book": Kind.BOOK,
    "phdthesis": Kind.THESIS,
    "mastersthesis": Kind.THESIS,
    "thesis": Kind.THESIS,
    "techreport": Kind.REPORT,
    "report": Kind.REPORT,
}
_VOLUMES = ("proceedings", "mvproceedings", "collection")
_INHERITED = ("year", "date", "publisher", "volume", "number", "journal", "eventtitle")
_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution")
_HEAD = re.compile(r"@(\w+)\s*([{(])\s*([^\s,=}()]*)\s*([,=]?)")
_ESCAPE = re.compile(r"\\([_%&#~{}])(?:\{\})?")

# It reports each failed block to the log; we report them to who sent the file.
logging.getLogger("bibtexparser.splitter").setLevel(logging.CRITICAL)


class Block(NamedTuple):
    """A block of the file as the parser read it."""

    line: int
    type: str
    key: str
    fields: dict[str, str]
    errors: list[str]
    remarks: list[str]


def read(text: str) -> Iterator[Entry]:
    """Every entry of the file, in its order."""
    blocks = list(_blocks(text))
    parents = {block.key.lower(): block for block in blocks if block.key}
    seen: dict[str, int] = {}
    for block in blocks:
        entry = _entry(block, parents)
        if first := seen.get(block.key.lower()):
            entry.remarks.append(f"Its key is used in line {first} already.")
        elif block.key:
            seen[block.key.lower()] = block.line
        else:
            entry.remarks.append("It has no key.")
        yield entry


def _blocks(text: str) -> Iterator[Block]:
    macros: Any = CaseInsensitiveDict(month_names)
    raw_blocks = list(_raw_blocks(text))
    for _, raw in raw_blocks:
        if re.match(r"@string\s*[{(]", raw, re.IGNORECASE):
            errors: list[PybtexError] = []
            list(LowLevelParser(raw, macros=macros, handle_error=errors.append))
    for line, raw in raw_blocks:
        if not re.match(r"@(string|preamble|comment)\s*[{(]", raw, re.IGNORECASE):
            yield _parse(line, raw, macros)


def _raw_blocks(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each block, as far as the next one."""
    starts, at = [], 0
    for block in Splitter(text).split().blocks:
        if isinstance(block, ImplicitComment):
            continue
        raw = block.raw or ""
        found = text.find(raw, at)
        starts.append(found)
        at = found + (len(raw) if isinstance(block, ExplicitComment) else 1)
    lines, counted = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        lines += text.count("\n", counted, start)
        counted = start
        yield lines, text[start:end]


def _parse(line: int, raw: str, macros: Any) -> Block:
    head = _HEAD.match(raw)
    type_, key, sign = (head[1], head[3], head[4]) if head else ("", "", "")
    keyless = sign == "="
    if head and not key and sign == ",":  # “@misc{, title = …”
        raw, keyless = raw[: head.start(3)] + raw[head.end() :], True
    found: list[PybtexError] = []
    parser = LowLevelParser(
        raw, keyless_entries=keyless, macros=macros, handle_error=found.append
    )
    _, (_, pairs) = next(iter(parser), ("", ("", ())))
    fields: dict[str, str] = {}
    errors, remarks = [], []
    for name, values in pairs or ():
        if name.lower() in fields:
            remarks.append(f"It has two fields “{name}”: the first counts.")
        fields.setdefault(name.lower(), "".join(values))
    for error in found:
        message = re.sub(r"^syntax error( in line [0-9]+)?: ?", "", str(error))
        if isinstance(error, UndefinedMacro):
            remarks.append(f"An abbreviation is not defined: {message}.")
        else:
            at = line + (getattr(error, "lineno", 1) or 1) - 1
            errors.append(f"line {at}: {message}")
    return Block(line, type_.lower(), "" if keyless else key, fields, errors, remarks)


def _entry(block: Block, parents: dict[str, Block]) -> Entry:
    fields = dict(block.fields)
    entry = Entry(key=block.key, line=block.line, remarks=list(block.remarks))
    if block.type in _VOLUMES:
        _fill(entry, block.type, fields)
        entry.doubt = "This is a volume of papers, not a paper."
        return entry
    if named := fields.get("crossref", "").strip():
        _inherit(entry, fields, parents.get(named.lower()), named)
    _fill(entry, block.type, fields)
    _credit(entry, fields)
    if block.errors:
        what = "; ".join(block.errors)
        if entry.title and (entry.values.get("year") or entry.values.get("arxiv_id")):
            entry.doubt = f"It is not well formed ({what}): fields may be missing."
        else:
            entry.problem = f"It can’t be read ({what})."
    return entry


def _inherit(
    entry: Entry, fields: dict[str, str], parent: Block | None, named: str
) -> None:
    if parent is None:
        entry.remarks.append(f"It refers to “{named}”, which the file does not have.")
        return
    for name in _INHERITED:
        if name in parent.fields:
            fields.setdefault(name, parent.fields[name])
    for name in ("booktitle", "title"):
        if name in parent.fields:
            fields.setdefault("booktitle", parent.fields[name])


def _fill(entry: Entry, type_: str, fields: dict[str, str]) -> None:
    values = entry.values
    values["title"] = decode(fields.get("title", ""))
    values["year"] = fields.get("year") or fields.get("date") or ""
    values["venue_name"] = decode(next(filter(None, map(fields.get, _VENUES)), ""))
    values["venue"] = decode(fields.get("eventtitle", ""))
    for column, name in TEXT_FIELDS.items():
        values[column] = decode(fields.get(name, ""))
    for column, name in LINK_FIELDS.items():
        values[column] = _address(fields.get(name, ""))
    _identify(values, fields)
    on_arxiv = values.get("arxiv_id") and type_ in ("misc", "unpublished", "online")
    values["kind"] = KINDS.get(type_, Kind.PREPRINT if on_arxiv else "")
    entry.values = {name: value for name, value in values.items() if value}
    if text := decode(fields.get("keywords", "")):
        words = re.split(";" if ";" in text else ",", text)
        entry.topics = [text, *(word.strip() for word in words if word.strip())]


def _identify(values: dict[str, Any], fields: dict[str, str]) -> None:
    archive = fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).strip()
    if (eprint := fields.get("eprint", "").strip()) and archive.lower() == "arxiv":
        values["arxiv_id"] = eprint
    elif text := fields.get("arxivid", fields.get("arxiv", "")).strip():
        values["arxiv_id"] = text
    if primary := fields.get("primaryclass", fields.get("eprintclass", "")).strip():
        values["arxiv_class"] = primary
    if (version := fields.get("eprintversion", "").strip()).isdecimal():
        values["arxiv_version"] = int(version)
    if doi := fields.get("doi", "").strip():
        values["doi"] = decode(doi)


def _address(text: str) -> str:
    """The first address of a field, as a browser takes it."""
    match = re.search(r"https?://[^\s<>\"]+", _ESCAPE.sub(r"\1", text.strip()))
    return match[0].rstrip("}") if match else ""


def _credit(entry: Entry, fields: dict[str, str]) -> None:
    text = " ".join(fields.get("author", fields.get("editor", "")).split())
    if "author" not in fields and text:
        entry.remarks.append("It has no authors: the editors stand in their place.")
    for name in split_name_list(text) if text else ():
        if name.strip().lower() == "others":
            entry.authors_complete = False
        elif name.strip():
            entry.authors.append(_name(name.strip(), entry.remarks))


def _name(text: str, remarks: list[str]) -> Credited:
    if _is_braced(text):
        return Credited(PersonName(decode(text[1:-1])), corporate=True)
    try:
        person = Person(text)
    except (InvalidNameString, BibTeXError):
        remarks.append(f"The name “{text[:60]}” has too many commas.")
        return Credited(PersonName(decode(text.replace(",", " "))))

    def join(*words: list[str]) -> str:
        return decode(" ".join(word for each in words for word in each))

    family = join(person.last_names)
    return Credited(
        PersonName(
            family=family or join(person.first_names, person.middle_names),
            given=join(person.first_names, person.middle_names) if family else "",
            particle=join(person.prelast_names),
            suffix=join(person.lineage_names),
        )
    )


def _is_braced(text: str) -> bool:
    r"""Whether one pair of braces holds it all; in “{\"O}zlem” it holds a letter."""
    if not (text.startswith("{") and text.endswith("}")) or text.startswith("{\\"):
        return False
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return place == len(text) - 1
    return False
