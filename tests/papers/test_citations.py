"""Printed citations: by each style's rules, and beside what another processor makes."""

import html
import json
import re
from pathlib import Path

import pytest

from papers.citing.prose import chicago_pages, full_pages, headline, two_digit_pages
from papers.citing.styles import STYLES, escape_markdown
from superfast.common.markdown import render_inline
from tests.papers.citations.cases import ALL

HERE = Path(__file__).parent / "citations"
PEER = json.loads((HERE / "peer.json").read_text())
GOLDEN = json.loads((HERE / "golden.json").read_text())


def marked(pieces):
    """A citation in one line, with stars around what is italic."""
    return "".join(f"*{p.text}*" if p.italic else p.text for p in pieces)


def of_peer(style, name):
    text = re.sub(r"</?i>", "*", PEER[style][name])
    return html.unescape(re.sub(r"<[^>]*>", "", text)).removeprefix("[1] ")


# Why we differ from citeproc with the official styles: a sentence, what it prints, what
# we print. Applied in turn they must turn its citation into ours, and each must be used.
BOOK = "A paper in proceedings is part of a book; it takes it for one in a periodical."
ARXIV = "What stands on arXiv alone is cited by one address, which holds the number."
KEPT = "A title is text: what looks like markup or a straight quote stays as it is."
DEGREE = "Says that it is a thesis; which degree it was for is not known."
WHOLE = "The list of authors is known to be incomplete, and says so."
SCRIPT = "Names in scripts without capitals have no initials."
LINKED = "A paper in proceedings that only arXiv has leads to arXiv."
SEEING = r"\*Proceedings of the Conference on Seeing\*"

APA_REASONS = [
    (BOOK, rf"({SEEING}), ([0-9–]+)\.", r"In \1 (pp. \2). IEEE."),
    (BOOK, r"(\*(NeurIPS|ICML) 2022\*)", r"In \1"),
    (LINKED, r"(\*ICML 2022\*\.)$", r"\1 https://arxiv.org/abs/2201.00002"),
    ("The manual spaces the dots of an omission.", r"… FamilyU", ". . . FamilyU"),
    (DEGREE, r"\*Learning Slowly\*\. (.*)\.", r"*Learning Slowly* [Thesis, \1]."),
    ("A report's number is its own, not an issue's.", r"\(Issue", "(Report No."),
    (WHOLE, r"A\., & Hopper, G\.(?=.*Everybody)", "A., Hopper, G., et al."),
    (KEPT, r"Everybody’s", "Everybody's"),
    (KEPT, r"The Slow", "The <i>Slow</i>"),
    (KEPT, r"'x’(.*)“after”", "'x'\\1\"after\""),
    (SCRIPT, r"أ\.", "أحمد."),
    ("A nickname has no initial.", r"S\. \(Shane\)", "S."),
]
MLA_REASONS = [
    (BOOK, rf"({SEEING}), 2022", r"\1, IEEE, 2022"),
    (LINKED, r"(\*ICML 2022\*, 2022)\.$", r"\1, https://arxiv.org/abs/2201.00002."),
    (ARXIV, r"arXiv:2201\.03545, arXiv,", "*arXiv*,"),
    (DEGREE, r"2022\. University", "2022. Thesis, University"),
    ("A sentence begins with a capital.", r"\. no\. TR", ". No. TR"),
    (WHOLE, r"Byron, Ada, and Grace Hopper(?=.*Everybody)", "Byron, Ada, et al."),
    (WHOLE, r"et al\.\. ", "et al. "),
    (KEPT, r"Everybody’s", "Everybody's"),
    (KEPT, r"The \*Slow\*", "The <i>Slow</i>"),
    (KEPT, r"\[of It\]", "[of it]"),
    (KEPT, r"'x’\)</Script>", "'x')</script>"),
    ("The first part of a compound has a capital.", r"an in-Between", "an In-Between"),
]
CHICAGO_REASONS = [
    (BOOK, rf"({SEEING}), [0-9–]+\.", r"In \1. IEEE."),
    (BOOK, r"(\*(NeurIPS|ICML) 2022\*)", r"In \1"),
    (LINKED, r"(\*ICML 2022\*\.)$", r"\1 https://arxiv.org/abs/2201.00002."),
    (ARXIV, r"arXiv:2201\.03545\. Preprint", "Preprint"),
    (DEGREE, r"Slowly\.” University", "Slowly.” Thesis, University"),
    ("A sentence begins with a capital.", r"\. no\. TR", ". No. TR"),
    (WHOLE, r"and Grace Hopper\.(?=.*Everybody)", "Grace Hopper, et al."),
    (KEPT, r"Everybody’s", "Everybody's"),
    (KEPT, r"The \*Slow\*", "The <i>Slow</i>"),
    (KEPT, r"\[of It\]", "[of it]"),
    (KEPT, r"'x’\)</Script>", "'x')</script>"),
    ("The first part of a compound has a capital.", r"an in-Between", "an In-Between"),
]
IEEE_REASONS = [
    ("The guide names no publisher of proceedings.", rf"({SEEING}), IEEE,", r"\1,"),
    ("The guide puts a comma before the DOI.", r"\. doi: 10\.1109", ", doi: 10.1109"),
    (ARXIV, r"\*arXiv\*: arXiv:2201\.03545\. doi: \S+\.", "*arXiv:2201.03545*."),
    ("Pages are printed in full.", r"pp\. 103–9", "pp. 103–109"),
    ("Pages are printed in full.", r"pp\. 321–28", "pp. 321–328"),
    (DEGREE, r"Slowly,” University", "Slowly,” thesis, University"),
    ("A report has its number.", r"Lab, 2022", "Lab, Rep. TR-7, 2022"),
    (
        WHOLE,
        r"A\. Byron and G\. Hopper(?=.*Everybody)",
        "A. Byron, G. Hopper, *et al.*",
    ),
    (KEPT, r"Everybody’s", "Everybody's"),
    (KEPT, r"The \*Slow\*", "The <i>Slow</i>"),
    (KEPT, r"'x’", "'x'"),
    (SCRIPT, r"أ\.", "أحمد"),
    ("A question mark needs no comma.", r"\?,”", "?”"),
    ("A nickname has no initial.", r"S\. \(Shane\)", "S."),
    (
        LINKED,
        r"(\*ICML 2022\*, 2022\.)$",
        r"\1 [Online]. Available: https://arxiv.org/abs/2201.00002",
    ),
]
REASONS = {
    "apa": APA_REASONS,
    "mla": MLA_REASONS,
    "chicago": CHICAGO_REASONS,
    "ieee": IEEE_REASONS,
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("style", STYLES)
def test_a_citation_is_what_the_style_s_rules_make_of_it(style, name):
    assert marked(STYLES[style].cite(ALL[name])) == GOLDEN[style][name]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("style", REASONS)
def test_we_differ_from_citeproc_only_for_a_reason_that_has_a_name(style, name):
    text = of_peer(style, name)
    for _, theirs, ours in REASONS[style]:
        text = re.sub(theirs, ours, text)
    assert text == marked(STYLES[style].cite(ALL[name]))


@pytest.mark.parametrize("style", REASONS)
def test_every_reason_is_one(style):
    for why, theirs, _ in REASONS[style]:
        # A reason may need what the one before it has changed.
        found = [n for n in ALL if re.search(theirs, _before(style, n, theirs))]
        assert found, (why, theirs)


def _before(style, name, until):
    text = of_peer(style, name)
    for _, theirs, ours in REASONS[style]:
        if theirs == until:
            return text
        text = re.sub(theirs, ours, text)
    return text


def test_there_is_a_case_for_each_thing_that_styles_have_rules_for():
    assert len(ALL) >= 15
    assert {*PEER["apa"]} == {*GOLDEN["apa"]} == {*ALL}


def test_a_link_leads_where_it_says():
    for style in ("apa", "mla", "chicago"):
        (link,) = [p for p in STYLES[style].cite(ALL["journal"]) if p.href]
        assert link.text == link.href == "https://doi.org/10.1000/jlm.23.4"


def test_a_list_is_written_an_entry_at_a_time():
    written = list(STYLES["ieee"].write([ALL["journal"], ALL["preprint only"]]))
    assert [text[:4] for text in written] == ["[1] ", "[2] "]
    assert all(text.endswith("\n\n") for text in written)
    assert next(STYLES["md"].write([ALL["book"]])) == (
        "- Machines That Read. Ada Byron. 2022.\n"
    )


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "**x** _y_ [z](u) `c` $m$ #h", "a\\*b\\"]
)
def test_markdown_shows_a_title_as_it_stands(text):
    assert html.unescape(render_inline(escape_markdown(text))) == text


@pytest.mark.parametrize(
    ("pages", "full", "mla", "chicago"),
    [
        ("3-10", "3–10", "3–10", "3–10"),
        ("71–72", "71–72", "71–72", "71–72"),
        ("96–117", "96–117", "96–117", "96–117"),
        ("100–104", "100–104", "100–04", "100–104"),
        ("101–8", "101–108", "101–08", "101–8"),
        ("321–328", "321–328", "321–28", "321–28"),
        ("498–532", "498–532", "498–532", "498–532"),
        ("808--33", "808–833", "808–33", "808–33"),
        ("1087–1089", "1087–1089", "1087–89", "1087–89"),
        ("1496–1500", "1496–1500", "1496–500", "1496–500"),
        ("11564–11615", "11564–11615", "11564–615", "11564–615"),
        ("12991–13001", "12991–13001", "12991–3001", "12991–3001"),
        ("e12", "e12", "e12", "e12"),
        ("1:1-1:9", "1:1–1:9", "1:1–1:9", "1:1–1:9"),
    ],
)
def test_pages_are_shortened_as_each_style_does(pages, full, mla, chicago):
    assert full_pages(pages) == full
    assert two_digit_pages(pages) == mla
    assert chicago_pages(pages) == chicago


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("a survey of the state-of-the-art", "A Survey of the State-of-the-Art"),
        ("GPT: how big can it get?", "GPT: How Big Can It Get?"),
        ("word2vec and iMAML in the wild", "word2vec and iMAML in the Wild"),
        ("learning at $o(n)$", "Learning at $o(n)$"),
        ("what is it for", "What Is It For"),
        ("", ""),
    ],
)
def test_a_headline_raises_small_letters_and_takes_no_capital_away(title, printed):
    assert headline(title) == printed
