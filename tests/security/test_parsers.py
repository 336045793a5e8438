"""Every parser × any text: it answers in its own terms, or refuses by its own error.

Its callers turn that one error into a sentence; whatever else it raised would be an error
of ours. What follows from a form, a file, an address, a header or a cookie is read here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.test import RequestFactory
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from issues.importing import files as issue_files
from issues.importing.dates import find_dates
from issues.importing.front import read_html, read_markdown
from issues.importing.html import TooLargeError
from issues.importing.reading import UnreadableError
from issues.media import PictureFile, serve_picture
from issues.placeholders import find_placeholders
from papers import identifiers
from papers.citing import latex
from papers.citing.prose import page_range
from papers.filters import PaperQuery
from papers.importing import decoding, reading
from papers.importing.fetching import read_atom
from papers.models import Catalogue
from papers.names import split_name
from quiz import tokens
from quiz.models import Guess
from quiz.services.authoring import parse_lines
from superfast.common.fetching import FetchError, Page
from superfast.common.network import address_of, network_of
from superfast.common.page_facts import read_facts
from superfast.common.paging import page_number
from superfast.common.text import clean_text, read_number
from superfast.pagecache.editions import Edition
from superfast.pagecache.pages import Page as KeptPage
from superfast.pagecache.pages import best_encoding
from superfast.portability.files import ImportRefusedError, from_markdown, parse_json
from superfast.redirects.models import Redirect
from superfast.redirects.services import import_redirects
from superfast.search.query import parse as parse_search
from tests.issues.factories import picture_bytes

EXAMPLES = settings(max_examples=60)
# What reaches an importer has been decoded and cleaned: no surrogates, no NUL.
TYPED = st.text(max_size=12).map(clean_text)
# What a header holds: bytes, each as one sign.
HEADER = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=12)
LONG_NUMBER = "9" * 5_000


def mixed(*pieces: str, rest: st.SearchStrategy[str] = TYPED) -> st.SearchStrategy[str]:
    """Texts of a parser's own signs in any order, with others between them."""
    return st.lists(st.sampled_from(pieces) | rest, max_size=25).map("".join)


@dataclass(frozen=True)
class Parser:
    """What is read, from which texts, and the one way in which it may be refused."""

    name: str
    read: Callable[[Any], Any]
    texts: st.SearchStrategy[Any]
    refusal: type[Exception] | tuple[()] = ()

    def __str__(self) -> str:
        return self.name


def papers_in(format_: reading.Format) -> Callable[[str], Any]:
    """Every entry says where it stood and what is wrong with it, if something is."""

    def read(text: str) -> None:
        for entry in reading.read(text, format_):
            assert entry.line >= 1
            assert entry.problem == "" or entry.problem.endswith((".", "?"))

    return read


def page_of(body: bytes) -> Page:
    return Page(
        url="https://a.example/", final_url="https://a.example/", status=200,
        moved_for_good=False, headers={"content-type": "text/html"}, body=body, is_cut=False,
    )  # fmt: skip


def network_said(text: str) -> str:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": text})
    return network_of(address_of(request))


BIBTEX = mixed(
    *("@article{", "@string{", "@comment{", "@preamble{", "@inproceedings(", "}", "{", '"'),
    *("key,", "title = ", "author = ", " and ", "#", ",", "\n", "year = 20", "month = jan"),
    *("crossref = {key}", "\\'e", "\\", "$", "%", "doi = {10.1/x}", "{\\ss}", "()"),
)  # fmt: skip
RIS = mixed(
    *("TY  - JOUR\n", "ER  - \n", "TI  - ", "AU  - ", "PY  - ", "SP  - 1", "DO  - 10.1/x"),
    *("N1  - ", "KW  - ", "\n", ",", "//", "  - ", "XX  - "),
)  # fmt: skip
JSON = mixed(
    *("[", "]", "{", "}", '"', ",", ":", '"title"', '"author"', '"issued"', '"date-parts"'),
    *("null", "true", "1e999", "NaN", "-Infinity", "\\ud800", "\\u0000", "[[2022]]", "\n"),
    *('{"title": "A"}', '[{"title": "A", "author": [{"family": 1}]}]', "[" * 2_000),
    *('[{"title": {}, "issued": [], "author": "x"}]', LONG_NUMBER),
)  # fmt: skip
CSV = mixed(
    *("title", "authors", "year", ",", ";", "\t", '"', '""', "\n", "=1+1", "'", "arxiv_id"),
    *("title,authors,year\n", "a,b,2022\n"),
)  # fmt: skip
IDS = mixed(
    *("2112.10752", "arXiv:", "v1", "https://arxiv.org/abs/", "10.1145/", "hep-th/9901001"),
    *("doi:", "\n", ",", " ", ".pdf", "[cs.CV]", "https://doi.org/", "%2F", "٣"),
)  # fmt: skip
FRONT = mixed(
    *("---\n", "+++\n", "title: ", "date: ", "2023-02-30", "slug: ", "- ", "a: &a [*a]", "\n"),
    *("!!python/object:os.system ", "{", "}", "[", "]", "# A\n", "= ", '"', "'''", "&", "*"),
    *("0x", "1979-05-27T07:32:00Z", "::: quiz\n", "3 Headlines and a Lie", "|", ">", "? "),
)  # fmt: skip
HTML = mixed(
    *("<p>", "</p>", "<h1>", "<table>", "<td>", "<title>", "</title>", "<!--", "-->", "<a href="),
    *("'", '"', ">", "<", "&#0;", "&#x110000;", "&amp", "<meta ", "property=og:title ", "content="),
    *("<script type=application/ld+json>", '{"headline": ', "}", "</script>", "charset=", "utf-7"),
    *("<sup>", "<![CDATA[", "<svg>", "<template>", "<br>", "<p style='mso-list:l0 level3'>"),
)  # fmt: skip
LINES = mixed(
    *("|", "*", "- ", "1. ", "(link)", "https://a.example/", "http://[::1", "\n", "2023-01-11"),
    *("31 February 2023", " | ", "٣"),
)  # fmt: skip
QUERY = mixed(
    *("q=", "topic=", "sort=", "page=", "after=", "&", "=", "%", "%00", "%FF", "%E2%80", "1"),
    *("2022-13", "newest", "relevance", "posted=", "view=compact", LONG_NUMBER, "+", ";", "٣"),
    rest=st.text(max_size=12),
)  # fmt: skip
NUMBERS = mixed(
    "0", "1", "9", "-", "+", "_", " ", ".", "e", LONG_NUMBER, "٣", "²", "\x00", "last",
    rest=st.text(max_size=5),
)  # fmt: skip
SEARCH = mixed(
    '"', "'", "-", "*", " ", "OR", "NEAR(", ":", "é", rest=st.text(max_size=12)
)
ADDRESSES = mixed(
    *("203.0.113.9", ",", " ", "::1", "fe80::1%eth0", "[", "]", ":80", "::ffff:10.0.0.1"),
    *("999.1.1.1", "0x7f.1", "unknown"),
    rest=HEADER,
)  # fmt: skip
ENCODINGS = mixed(
    *("br", "gzip", "zstd", "identity", "*", ",", ";", "q=", "0", "1", ".5", "nan", "inf", "-1"),
    *("1e999", "=", " ", LONG_NUMBER, "deflate", "BR;Q=1"),
    rest=HEADER,
)  # fmt: skip
EXPORTED = mixed(
    "---\n", "title: ", '"', "null", "\n", ": ", "NaN", "{", "}", "[" * 2_000, "1e999"
)
REDIRECTS = mixed(
    *("/old/", "/new/", ",", "\n", '"', "https://a.example/", "//evil.example", "\r", ";"),
    *("javascript:alert(1)", "http://[::1", "/%00", "/%zz", "..", "?", "#", "\u202e"),
)  # fmt: skip
MARKED = mixed(
    "(link)", "[link]", "(", ")", "[", "]", "tweet", "`", "\n", "\\", "](", "<"
)
NAMES = mixed(",", "van der ", "Jr.", "{", "}", " ", "-", "O’", "et al.", ".", "李")
PAGES = mixed("1", "103", "–", "-", "--", "e", ":", ",", "٣", LONG_NUMBER)
DATES = mixed(
    *(
        "1",
        "31",
        "02",
        "2023",
        "99999",
        "/",
        ".",
        "-",
        " ",
        "January",
        "Feb",
        "of",
        "th",
        "٣",
    )
)

FORMATS = {
    reading.Format.BIBTEX: BIBTEX,
    reading.Format.RIS: RIS,
    reading.Format.CSL: JSON,
    reading.Format.JSON: JSON,
    reading.Format.CSV: CSV,
    reading.Format.IDS: IDS,
}
FILES = st.binary(max_size=200) | st.builds(
    lambda mark, text, codec: mark + text.encode(codec, "ignore"),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04"]),
    st.text(max_size=100),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]),
)

PARSERS = [
    *(Parser(f"papers from {f.label}", papers_in(f), t) for f, t in FORMATS.items()),
    Parser(
        "the format of papers",
        reading.detect,
        BIBTEX | RIS | JSON | CSV | IDS,
        reading.UnknownFormatError,
    ),
    Parser("a file of papers", decoding.decode, FILES, decoding.NotTextError),
    Parser(
        "arXiv’s answer",
        read_atom,
        st.binary(max_size=100)
        | mixed(
            *(
                '<feed xmlns="http://www.w3.org/2005/Atom">',
                "<entry>",
                "</entry>",
                "</feed>",
            ),
            *(
                "<id>http://arxiv.org/abs/2112.10752v1</id>",
                "<title>",
                "</title>",
                "&x;",
            ),
            *("<!DOCTYPE a [<!ENTITY x 'y'>]>", "<author><name>", "</name></author>"),
            "<published>2021-99-99</published>",
        ).map(str.encode),
        FetchError,
    ),
    Parser("an arXiv id", identifiers.parse_arxiv, IDS),
    Parser("a DOI", identifiers.parse_doi, IDS),
    Parser("a month", identifiers.parse_posting_date, DATES),
    Parser("LaTeX", latex.decode, BIBTEX),
    Parser("a range of pages", page_range, PAGES),
    Parser("a name", split_name, NAMES),
    Parser("Markdown with fields in front", read_markdown, FRONT),
    Parser("HTML of an issue", read_html, HTML, TooLargeError),
    Parser("a file of an issue", issue_files.decode, FILES, UnreadableError),
    Parser("the format of an issue", issue_files.guess_format, HTML | FRONT),
    Parser("the date in a title", find_dates, DATES),
    Parser("places for links", find_placeholders, MARKED),
    Parser("the lines of a quiz", parse_lines, LINES),
    Parser("words to search for", parse_search, SEARCH),
    Parser("a number", read_number, NUMBERS),
    Parser("whom a proxy heard", network_said, ADDRESSES),
    Parser(
        "a page’s own words", lambda b: read_facts(page_of(b)), HTML.map(str.encode)
    ),
    Parser("bytes of a page", lambda b: read_facts(page_of(b)), FILES),
    Parser(
        "an exported text",
        lambda text: from_markdown(text, "issues/x.md"),
        EXPORTED,
        ImportRefusedError,
    ),
    Parser(
        "exported data",
        lambda text: parse_json(text, "data/x.json"),
        JSON,
        ImportRefusedError,
    ),
]


@pytest.mark.parametrize("parser", PARSERS, ids=str)
def test_any_text_is_read_or_refused(parser):
    refused = parser.refusal

    @EXAMPLES
    @given(parser.texts)
    def read(text):
        sentence = "read"
        try:
            parser.read(text)
        except refused as error:
            sentence = str(error)
        assert sentence

    read()


# Addresses --------------------------------------------------------------------


@EXAMPLES
@given(QUERY)
def test_any_query_of_a_catalogue_has_one_address(query):
    asked = PaperQuery.parse(QueryDict(query))
    address = asked.url(Catalogue(slug="2022"))
    again = PaperQuery.parse(QueryDict(address.partition("?")[2]))

    assert again.url(Catalogue(slug="2022")) == address
    assert 0 <= asked.page < 1_000
    assert 0 <= asked.after < 10**18


@EXAMPLES
@given(NUMBERS)
@example(LONG_NUMBER)
def test_any_page_is_one_of_the_list_or_not_found(text):
    request = RequestFactory().get("/", {"page": text})
    try:
        page = page_number(request, Paginator(range(50), 10))
    except Http404:
        return
    assert 1 <= page.number <= 5


# Headers ----------------------------------------------------------------------

KEPT = KeptPage(
    Edition(1, 1_600_000_000, float("inf")),
    [("Content-Type", "text/html"), ("ETag", '"abc"')],
    b"x" * 900,
)  # fmt: skip


@EXAMPLES
@given(ENCODINGS)
def test_any_word_on_encodings_gets_one_that_we_have(accepted):
    assert best_encoding(accepted) in {"", "br", "gzip", "zstd"}


@EXAMPLES
@given(
    mixed('"abc"', '"abc-br"', "W/", '"', "*", ",", " ", "abc", rest=HEADER),
    mixed("Wed, 11 Jan 2023 07:00:00 GMT", "9999", " ", ":", LONG_NUMBER, rest=HEADER),
    ENCODINGS,
)
def test_any_condition_gets_the_page_or_nothing(etags, since, accepted):
    asked = {
        "HTTP_IF_NONE_MATCH": etags,
        "HTTP_IF_MODIFIED_SINCE": since,
        "HTTP_ACCEPT_ENCODING": accepted,
    }
    for left_out in (None, "HTTP_IF_NONE_MATCH"):
        sent = {name: value for name, value in asked.items() if name != left_out}
        status, headers, body = KEPT.answer(sent, 1_700_000_000)

        assert status in {200, 304}
        assert bool(body) == (status == 200)
        assert ("Vary", "Accept-Encoding") in headers


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("media") / "a.webp"
    path.write_bytes(picture_bytes("WEBP"))
    return PictureFile(str(path), "0" * 32)


RANGES = mixed(
    *("bytes", "=", "bytes=", "-", "0", "1", "9", "99999", ",", " ", "items=", LONG_NUMBER),
    *("bytes=0-0", "bytes=0-1,2-3", "bytes=-0", "bytes=5-1", "+", "_"),
    rest=HEADER,
)  # fmt: skip


@EXAMPLES
@given(RANGES)
@example(f"bytes=0-{LONG_NUMBER}")
@example(f"bytes=-{LONG_NUMBER}")
@example("bytes=-0")
def test_any_range_is_a_part_of_the_picture_or_all_or_refused(picture, asked):
    with open(picture.path, "rb") as file:
        whole = file.read()
    request = RequestFactory().get("/media/a.webp", headers={"Range": asked})
    response = serve_picture(request, picture)
    body = response.getvalue()
    for file in response._resource_closers:
        file()

    assert response.status_code in {200, 206, 416}
    if response.status_code == 200:
        assert body == whole
    if response.status_code == 206:
        first, last = response.headers["Content-Range"][6:].partition("/")[0].split("-")
        assert body == whole[int(first) : int(last) + 1]
        assert response.headers["Content-Length"] == str(len(body))


# What a browser carries for us --------------------------------------------------

TOKEN = tokens.make_token(7, Guess.Channel.PAGE, player="a" * 32)
RECEIPT = tokens.make_receipt(7, "a" * 32)
SIGNED = mixed(":", ".", "-", "_", "eyJ", "W10", TOKEN[:20], TOKEN, RECEIPT, rest=st.text(max_size=9))  # fmt: skip


@EXAMPLES
@given(SIGNED.filter(lambda text: text not in {TOKEN, RECEIPT}))
@example(TOKEN + " ")
@example(RECEIPT)
def test_a_token_that_was_made_up_is_none(text):
    with pytest.raises(signing.BadSignature):
        tokens.read_token(text, 7)
    assert text == RECEIPT or tokens.read_receipt(text, 7) is None


@EXAMPLES
@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_with_one_sign_changed_is_none(place, sign):
    changed = TOKEN[:place] + sign + TOKEN[place + 1 :]
    if changed == TOKEN:
        assert tokens.read_token(changed, 7).is_for("a" * 32)
        return
    with pytest.raises(signing.BadSignature):
        tokens.read_token(changed, 7)


# What is stored -----------------------------------------------------------------


@pytest.mark.django_db
@settings(EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REDIRECTS)
def test_any_file_of_redirects_is_stored_whole_or_not_at_all(text):
    Redirect.objects.all().delete()
    sentences: list[str] = []
    count = 0
    try:
        count = import_redirects(text)
    except ValidationError as error:
        sentences = error.messages
    assert all(sentence.endswith((".", "?")) for sentence in sentences)
    assert bool(sentences) == (count == 0)
    assert Redirect.objects.count() <= count
    assert bool(count) == Redirect.objects.exists()
