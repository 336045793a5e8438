"""Title, site and date, as pages say them."""

import time
from datetime import date

import pytest

from superfast.common.fetching import Page
from superfast.common.page_facts import PageFacts, facts_of, read_facts


def make_page(body, content_type="text/html"):
    return Page(
        url="https://a.example/", final_url="https://a.example/", status=200,
        moved_for_good=False, headers={"content-type": content_type},
        body=body, is_cut=False,
    )  # fmt: skip


def test_a_title_alone_is_the_title():
    assert facts_of("<TITLE>\n A &amp; B\n  of C </TITLE>") == PageFacts(
        title="A & B of C"
    )


def test_what_the_page_says_for_sharing_comes_before_its_title():
    found = facts_of(
        "<!-- <title>Old</title> --><title>Story | The Paper</title>"
        "<meta property='og:title' content='Story “x” &#x2014; it’s here'>"
        '<meta content="The Paper" property="og:site_name">'
        '<meta property="article:published_time" content="2023-01-10T23:00:00Z">'
    )

    assert found == PageFacts(
        title="Story “x” — it’s here", site_name="The Paper", dated_on=date(2023, 1, 10)
    )


def test_linked_data_is_read_where_nothing_else_says_it():
    found = facts_of(
        '<script>"<title>no</title>"</script><script type="application/ld+json">'
        '{"@graph": [{"@type": "Organization", "name": "X"}, {"@type": ["NewsArticle"],'
        '"headline": "Story", "datePublished": "2023-01-11T08:00:00+01:00",'
        '"publisher": {"name": "The Paper"}}]}</script>'
    )

    assert found == PageFacts(
        title="Story", site_name="The Paper", dated_on=date(2023, 1, 11)
    )


def test_a_paper_says_its_title_and_date_for_citation():
    found = facts_of(
        '<title>[1] Story</title><meta name="citation_title" content="Story">'
        '<meta name="citation_date" content="2022/04/04">'
    )

    assert found == PageFacts(title="Story", dated_on=date(2022, 4, 4))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<title>Größe</title>".encode(), "text/html; charset=UTF-8"),
        ("<title>Größe</title>".encode(), "text/html"),
        ("<title>Größe</title>".encode("utf-8-sig"), "text/html; charset=latin-1"),
        ("<title>Größe</title>".encode("utf-16"), "text/html"),
        ("<title>Größe</title>".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ("<title>Größe</title>".encode("cp1252"), "text/html"),
        (
            '<meta charset="windows-1252"><title>Größe</title>'.encode("cp1252"),
            "text/html",
        ),
        ("<title>Größe</title>".encode(), "text/html; charset=base64"),
        ("<title>Größe</title>".encode(), "text/html; charset=punycode"),
        ("<title>Größe</title>".encode(), "text/html; charset=nonsense"),
    ],
)
def test_the_charset_is_found(body, content_type):
    assert read_facts(make_page(body, content_type)).title == "Größe"


def test_the_charset_of_another_script_is_found():
    body = "<title>日本語</title>".encode("shift_jis")

    assert read_facts(make_page(body, "text/html; charset=Shift_JIS")).title == "日本語"


def test_what_is_no_html_says_nothing():
    assert (
        read_facts(make_page(b"%PDF <title>x</title>", "application/pdf"))
        == PageFacts()
    )


def test_a_title_is_one_clean_line_of_bearable_length():
    title = facts_of(f"<title>\x00a\x0b\n{'x' * 900}</title>").title

    assert title.startswith("a ")
    assert len(title) == 300
    assert title.endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 250_000,
        "<meta " * 150_000,
        '<meta "' * 140_000,
        "<meta '\"" * 120_000,
        "<meta " + "a" * 900_000,
        "<meta " + "a=" * 450_000 + ">",
        "<title>" * 140_000,
        "<script>" * 120_000,
        "<title></title>" * 60_000,
        '<script type="application/ld+json">' + "[" * 900_000 + "</script>",
        "<b><i>" * 150_000,
        "<meta name=date content=9999-99-99><title>",
    ],
)
def test_hostile_text_takes_no_time(text):
    began = time.process_time()

    read_facts(make_page(text.encode()))

    assert time.process_time() - began < 2
