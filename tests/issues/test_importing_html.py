"""HTML of documents and newsletter platforms, as Markdown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.importing.drafts import read_issue
from issues.importing.html import TooLargeError, convert_html
from issues.importing.reading import Format
from superfast.common.blocks import plain_text
from superfast.common.markdown import render_blocks

GOOGLE_DOCS = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">
<h1 dir="ltr"><span style="font-weight:400;">Bread and butter</span></h1>
<h2><span style="font-weight:700">🗞 News</span></h2>
<p><span style="font-weight:700">Bold</span><span style="font-weight:400">, plain and </span><span
style="font-style:italic">leaning</span><span>. </span><a
href="https://www.google.com/url?q=https://news.example/a_(b)&amp;sa=D&amp;ust=1"><span
style="text-decoration:underline">a link</span></a>
<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup></p>
<ul><li><p>One</p><ul><li><p>Below one</p></li></ul></li><li><p>Two</p></li></ul>
<ol start="3"><li>Three</li><li>Four</li></ol>
<table><tr><td><p>Name</p></td><td><p>A|B</p></td></tr><tr><td>x</td><td>1</td></tr></table>
<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;What it says below.</span></p></div></b>"""

WORD = """<html><head><title>Loaf</title><style>p.MsoNormal {margin: 0}</style></head><body>
<p class=MsoNormal>Flour<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a>
and water.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>First</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span
style='mso-list:Ignore'>1.<span>&nbsp;</span></span>Inner</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·</span>Second</p>
<p class=MsoNormal>Between.</p>
<p class=MsoListParagraph><span style='font-family:Symbol'>·<span>&nbsp;&nbsp; </span></span>Filtered</p>
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1"><span
class=MsoFootnoteReference>[1]</span></a> Any <b>flour</b>.</p></div></body></html>"""

NEWSLETTER = """<div style="display:none;max-height:0">What is in this week&#847; &zwnj;</div>
<table role="presentation" width="600"><tr><td><table><tr><td><h3>A shop opens</h3>
<p>First line<br>second line</p>
<a href="https://shop.example/"><div><p>The shop</p><p>It sells bread.</p></div></a>
<img src="https://count.example/open.gif" width="1" height="1">
<img src="https://pictures.example/cat.png" alt="A [cat]">
<p>Word<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a>.</p>
<div class="footnote"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>
<div class="footnote-content"><p>Said below.</p><p>And on.</p></div></div>
</td></tr></table></td><td>Beside it</td></tr></table>
<img src="data:image/png;base64,AAAA" alt="inside the file">"""


def markdown(html, **options):
    return convert_html(html, **options).markdown


def test_a_google_document_keeps_its_shape():
    converted = convert_html(GOOGLE_DOCS, whole=True)

    assert converted.title == "Bread and butter"
    assert converted.markdown == (
        "## 🗞 News\n\n"
        "**Bold**, plain and *leaning*. [a link](https://news.example/a_%28b%29)\n[^1]\n\n"
        "- One\n\n  - Below one\n- Two\n\n"
        "3. Three\n4. Four\n\n"
        "| Name | A\\|B |\n| --- | --- |\n| x | 1 |\n\n"
        "[^1]: What it says below.\n"
    )


def test_a_word_document_keeps_its_lists_and_notes():
    converted = convert_html(WORD, whole=True)

    assert converted.title == "Loaf"
    assert converted.markdown == (
        "Flour[^1]\nand water.\n\n"
        "- First\n  1. Inner\n- Second\n\n"
        "Between.\n\n- Filtered\n\n"
        "[^1]: Any **flour**.\n"
    )


def test_a_newsletters_layout_becomes_its_content_and_the_rest_is_listed():
    converted = convert_html(NEWSLETTER, whole=True)

    assert converted.markdown == (
        "## A shop opens\n\nFirst line  \nsecond line\n\n"
        "[The shop](https://shop.example/)\n\nIt sells bread.\n\n"
        "![A \\[cat\\]](https://pictures.example/cat.png)\n\n"
        "Word[^1].\n\nBeside it\n\ninside the file\n\n"
        "[^1]: Said below.\n\n    And on.\n"
    )
    assert converted.left_out == [
        "Hidden in the original: What is in this week",
        "A picture without an address: inside the file",
    ]


def test_headings_begin_at_the_second_level_and_keep_their_order():
    assert markdown("<h1>A</h1><h2>B</h2><h1>C</h1>") == "## A\n\n### B\n\n## C\n"
    assert markdown("<h4>A</h4><h5>B</h5>") == "## A\n\n### B\n"
    assert markdown("<h2> </h2><p>x</p>") == "x\n"


def test_a_heading_in_a_cell_or_a_list_is_no_section():
    assert markdown("<ul><li><h2>A</h2>b</li></ul>") == "- **A**b\n"


@pytest.mark.parametrize(
    "words",
    ["# no heading", "1. no list", "- no list", "> no quote", "*a* _b_ `c` [d](e) <f>",
     "::: quiz", "~~gone~~", "&copy; and &amp;copy;", "a\\b", "snake_case", "+1", "=="],
)  # fmt: skip
def test_words_that_look_like_marks_stay_words(words):
    shown = words.replace("&", "&amp;").replace("<", "&lt;")
    blocks = render_blocks(markdown(f"<p>{shown}</p>"))

    assert [block.type for block in blocks] == ["prose"]
    assert plain_text(blocks) == words


def test_an_address_that_leads_nowhere_stays_as_words():
    assert markdown('<a href="/pricing">Prices</a>') == "Prices (/pricing)\n"
    assert markdown('<a href="javascript:alert(1)">Press</a>') == "Press\n"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?q=https%3A%2F%2Fnews.example%2Fa&sa=D",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fnews.example%2Fa",
    ],
)
def test_a_redirect_becomes_what_it_leads_to(url):
    assert markdown(f'<a href="{url}">x</a>') == "[x](https://news.example/a)\n"


@pytest.mark.parametrize(
    "url",
    ["https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url",
     "https://notgoogle.example/url?q=https://x.example"],
)  # fmt: skip
def test_another_redirect_stays(url):
    assert f"({url.replace('(', '%28').replace(')', '%29')})" in markdown(
        f'<a href="{url}">x</a>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script><p>x</p>",
        "<p onclick=alert(1)>x</p>",
        "<style>x{}</style><p>x</p>",
        "<p>x<!-- secret --></p>",
        "<svg onload=alert(1)><p>x</p></svg>",
        "<iframe src='https://evil.example'></iframe><p>x</p>",
    ],
)
def test_nothing_that_runs_comes_along(html):
    assert markdown(html) == "x\n"


def test_what_is_embedded_is_listed_with_its_address():
    html = (
        '<p>x</p><iframe width=1 src="https://films.example/e?a=1&amp;b=2"></iframe>'
        "<VIDEO controls><source src=/b.mp4><source src=/b.webm></VIDEO>"
        "<!-- <video src=no> --><script>'<iframe src=no>'</script>"
        "<object data='c.pdf'></object><audio>"
    )

    assert convert_html(html).left_out == [
        "“<iframe>” was left out: https://films.example/e?a=1&b=2",
        "“<video>” was left out: /b.mp4",
        "“<object>” was left out: c.pdf",
        "“<audio>” was left out: it has no address",
    ]
    remarks = read_issue(f"<h1>T</h1>{html}", written_in=Format.HTML).remarks
    assert remarks[0].sentence.startswith("“<iframe>” was left out: https://films")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 1_900 + "x",
        "<b>" * 1_900 + "x",
        "<ul>" + "<li>x" * 9_000,
        "<table>" + "<tr><td>x<td>y" * 3_000,
        "<table><tr><td>" * 1_000 + "x",
        "<ol start='99999999999999999999'><li>x</ol>",
        "<td colspan='²'>x",
        "<a href='http://[x'>x</a>",
        "<a href='https://www.google.com/url?q=http://[x'>x</a>",
        "<a href='https://[www.google.com/url?q=http://x'>x</a>",
        "<a id=a href=#a>x</a>",
        "<a id=a href=#b>1</a><p><a id=b href=#a>1</a>x",
        "x" * 400_000,
    ],
)
def test_a_hostile_page_is_converted_with_its_words(html):
    assert "x" in markdown(html)


@pytest.mark.parametrize(
    "html", ["<div>" * 3_000, "<br>" * 10_001, "x" * 2_000_001, "<p>" + "&" * 300_000]
)
def test_a_giant_page_is_refused_with_a_sentence(html):
    with pytest.raises(TooLargeError, match="give it in parts"):
        convert_html(html)


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "<h1>", "</h2>", "<ul>", "<li>", "<table>", "<tr>", "<td>",
     "<a href='#a' id=b>", "<p id=a>", "<a href='#b'>", "</a>", "<sup>", "<pre>", "<code>",
     "<img src=x>", "<p class=MsoListParagraph>· ", "<span style='mso-list:l0 level3'>",
     "<p style='mso-list:l0 level3'>", "<div style='display:none'>", "</div>", "<br>", "&#12;"]
) | st.text(max_size=20)  # fmt: skip


@settings(max_examples=50)
@given(st.lists(_PIECES, max_size=40))
def test_any_html_becomes_text_that_can_be_shown(pieces):
    render_blocks(markdown("".join(pieces), whole=True))
