"""Papers by their arXiv id or DOI alone: asked for politely, where the network allows.

Sources: the arXiv API's user manual (Atom, `id_list`, one request each three
seconds over one connection); content negotiation at doi.org (CSL-JSON).
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError  # nosec B405

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from papers.citing.entry import Entry, credited
from papers.identifiers import doi_url, parse_arxiv
from papers.importing import read_json
from papers.importing.cleaning import finish
from papers.importing.planning import Progress, no_progress
from papers.matching import batched_list
from papers.models import Paper
from superfast.common.fetching import FetchError, UnreachedError, fetch

PAUSE_SECONDS = 3.0
API = "https://export.arxiv.org/api/query"
CSL = "application/vnd.citationstyles.csl+json"
_IDS_PER_REQUEST = 50
_MOST_BYTES = 3_000_000
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


# Address and wanted type → what was answered. Raises: FetchError.
Get = Callable[[str, str], bytes]


def complete(
    entries: Sequence[Entry],
    *,
    progress: Progress = no_progress,
    get: Get | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> list[Entry]:
    """The entries, each with what arXiv or its DOI's registry says of it.

    Papers that we have are not asked for. What can't be had is doubtful, and says
    why. Cost: one request for fifty arXiv ids, one for each DOI, three seconds apart.
    """
    polite = _Polite(get or _get, pause)
    known = _known(entries)
    wanted = [
        entry
        for entry in entries
        if not entry.problem and _identifier(entry) not in known
    ]
    found: dict[int, Entry] = {}
    on_arxiv = [entry for entry in wanted if "arxiv_id" in entry.values]
    done = 0
    for chunk in batched_list(on_arxiv, _IDS_PER_REQUEST):
        found |= dict(_from_arxiv(chunk, polite))
        done += len(chunk)
        progress(done, len(wanted))
    for entry in wanted:
        if "doi" in entry.values:
            found[id(entry)] = _from_doi(entry, polite)
            done += 1
            progress(done, len(wanted))
    return [found.get(id(entry), entry) for entry in entries]


class _Polite:
    """One request after the other, with a pause between them; none after a refusal."""

    def __init__(self, get: Get, pause: Callable[[float], None]) -> None:
        self._get, self._pause = get, pause
        self._asked = False
        self._refusal: FetchError | None = None

    def __call__(self, url: str, accept: str) -> bytes:
        if self._refusal:
            raise self._refusal
        if self._asked:
            self._pause(PAUSE_SECONDS)
        self._asked = True
        try:
            return self._get(url, accept)
        except FetchError as error:
            if isinstance(error, UnreachedError):
                self._refusal = error  # who has no network is not asked on
            raise


def _get(url: str, accept: str) -> bytes:
    page = fetch(url, accept=accept, max_bytes=_MOST_BYTES)
    if page.status != HTTPStatus.OK:
        raise FetchError(f"The answer was {page.status}.")
    return page.body


def _identifier(entry: Entry) -> str:
    return str(entry.values.get("arxiv_id") or entry.values.get("doi"))


def _known(entries: Sequence[Entry]) -> set[str]:
    ids = [_identifier(entry) for entry in entries if not entry.problem]
    papers = Paper.objects.order_by()
    return {
        *papers.filter(arxiv_id__in=ids).values_list("arxiv_id", flat=True),
        *papers.filter(doi__in=ids).values_list("doi", flat=True),
    }


def _doubtful(entry: Entry, reason: str) -> Entry:
    entry.doubt = f"{reason} Paste its BibTeX in the box instead."
    entry.values.setdefault("title", f"({entry.key})")
    return entry


def _from_arxiv(entries: Sequence[Entry], get: Get) -> Iterator[tuple[int, Entry]]:
    ids = ",".join(str(entry.values["arxiv_id"]) for entry in entries)
    url = f"{API}?id_list={quote(ids, safe=',/.')}&max_results={len(entries)}"
    try:
        answered = read_atom(get(url, "application/atom+xml"))
    except FetchError as error:
        yield from (
            (id(e), _doubtful(e, f"arXiv was not reached: {error}")) for e in entries
        )
        return
    for entry in entries:
        found = answered.get(str(entry.values["arxiv_id"]))
        if found is None:
            yield id(entry), _doubtful(entry, "arXiv does not know it.")
        else:
            found.line = entry.line
            yield id(entry), finish(found)


def read_atom(data: bytes) -> dict[str, Entry]:
    """ArXiv id → entry, of an answer of arXiv's API.

    Raises: FetchError where it is no such answer.
    """
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException) as error:
        raise FetchError("The answer is no Atom feed.") from error
    entries = map(_atom_entry, root.iter(f"{_ATOM}entry"))
    return {str(e.values["arxiv_id"]): e for e in entries if e.values.get("arxiv_id")}


def _atom_entry(node: Element) -> Entry:
    def text(name: str) -> str:
        return " ".join((node.findtext(name) or "").split())

    named = parse_arxiv(text(f"{_ATOM}id"))
    category = node.find(f"{_ARXIV}primary_category")
    posted = text(f"{_ATOM}published")[:10]
    values = {
        "title": text(f"{_ATOM}title"),
        "abstract": text(f"{_ATOM}summary"),
        "abstract_source": "arXiv",
        "first_posted": posted,
        "year": posted[:4],
        "kind": "preprint",
        "arxiv_id": named.arxiv_id if named else "",
        "arxiv_version": named.version if named else None,
        "arxiv_class": category.get("term", "") if category is not None else "",
        "doi": text(f"{_ARXIV}doi"),
        "url": f"https://arxiv.org/abs/{named.arxiv_id}" if named else "",
        "pdf_url": f"https://arxiv.org/pdf/{named.arxiv_id}" if named else "",
    }
    entry = Entry(values={name: value for name, value in values.items() if value})
    names = (author.findtext(f"{_ATOM}name") for author in node.iter(f"{_ATOM}author"))
    entry.authors = [credited(name) for name in names if name and name.strip()]
    if published := text(f"{_ARXIV}journal_ref"):
        entry.remarks.append(f"arXiv says that it appeared in “{published}”.")
    return entry


def _from_doi(entry: Entry, get: Get) -> Entry:
    try:
        answer = get(doi_url(str(entry.values["doi"])), CSL)
        row = json.loads(answer)
        if not isinstance(row, dict):
            return _doubtful(entry, "The answer describes no paper.")
    except FetchError as error:
        return _doubtful(entry, f"doi.org was not reached: {error}")
    except ValueError:
        return _doubtful(entry, "The answer can’t be read.")
    found = read_json.from_csl(entry.line, row)
    found.key = ""
    found.values["doi"] = entry.values["doi"]
    return finish(found)
