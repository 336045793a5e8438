"""What is typed and does not reach readers as it was meant is said, with its line."""

import pytest

from issues.checklist import check_issue
from tests.issues.factories import BODY, QUIZ_PLACE, new_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


def found(body, **overrides):
    findings = check_issue(new_issue(body=body, **overrides))
    return [(f.code, f.line) for f in findings if f.level != "info"]


def sentences(body, **overrides):
    return check_issue(new_issue(body=body, **overrides)).sentences


# Blocks -----------------------------------------------------------------------


def test_a_block_that_nothing_closes_is_named_with_its_line():
    body = "One.\n\n::: callout Note\nWords.\n\n## Next\n\nMore.\n"

    assert sentences(body) == [
        "Line 3: The block “callout” is not closed: write “:::” below its text."
    ]


@pytest.mark.parametrize(
    "body",
    [
        "::: details More\nWords.\n",
        "::: details More\nWords.\n::\n",
        "::: details More\nWords.\n::: end\n",
        ":::: details More\nWords.\n:::\n",
        "::: details More\r\nWords.\r\n",
        "> ::: details More\n> Words.\n\nMore.\n",
        "- one\n\n  ::: details More\n  Words.\n\nMore.\n",
    ],
)
def test_a_block_stays_open_whatever_stands_below_it(body):
    assert "block-open" in [code for code, _ in found(body)]


@pytest.mark.parametrize(
    "body",
    [
        "::: details More\nWords.\n:::\n",
        "::: details More\nWords.\n:::",
        "::: details More\r\nWords.\r\n:::\r\n",
        ":::details\nWords.\n:::::  \n",
        "::: details A\nx\n:::\n::: details B\ny\n:::\n",
        "```\n::: crad\n::: callout\n:::\n```\n",
        "    ::: crad\n    :::\n",
        "`::: crad` and `a\n::: b`, and \\::: so.",
        "\\::: so",
        "Two ::: colons, and a: b :: c.",
    ],
)
def test_nothing_is_said_of_blocks_that_are_closed_nor_of_code(body):
    assert found(body) == []


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (
            "::: card\nWords.\n:::",
            "The block “card” begins with a link to another site, "
            "“[Title](https://…)”: this is read as text.",
        ),
        (
            "::: card\n[Ours](/issues/)\n:::",
            "The block “card” begins with a link to another site, "
            "“[Title](https://…)”: this is read as text.",
        ),
        (
            "::: compare\n### One\na\n:::",
            "The block “compare” is two headings, each with its text below: "
            "this is read as text.",
        ),
        (
            "::: compare\n### One\n### Two\n### Three\n:::",
            "The block “compare” is two headings, each with its text below: "
            "this is read as text.",
        ),
        (
            "::: quiz\nWords.\n:::",
            "The block “quiz” holds nothing, since the quiz takes its place: "
            "this is read as text.",
        ),
        (
            "::: quiz Now\n:::",
            "Write nothing behind “::: quiz”: with “Now” it is read as text.",
        ),
        (
            "::: card A title\n[a](https://a.example/)\n:::",
            "Write nothing behind “::: card”: with “A title” it is read as text.",
        ),
    ],
)
def test_a_block_that_is_read_as_text_is_named(block, sentence):
    assert sentences(f"Words.\n\n{block}\n\nMore.") == [f"Line 3: {sentence}"]


@pytest.mark.parametrize("name", ["callout", "details"])
def test_an_empty_block_is_named(name):
    assert found(f"Words.\n\n::: {name} Title\n:::\n\nMore.") == [("block-empty", 3)]


def test_a_place_for_the_quiz_that_is_none_is_said_once():
    body = "Words.\n\n::: quiz\nWords.\n:::\n"

    quiz = make_quiz(publish_at=False)
    assert found(body, quiz=quiz) == [("block-form", 3)]


def test_the_block_that_takes_the_end_of_another_is_to_blame_and_not_the_other():
    make_paper(slug="vision", url="https://a.example/")
    body = "::: callout Note\nWords.\n\n## Next\n\n::: papers\n- vision: A take.\n:::\n"

    assert sentences(body) == [
        "Line 1: The block “callout” is not closed before “papers” begins in line 6: "
        "write “:::” below its text."
    ]


def test_papers_that_stay_open_are_not_scolded_for_the_text_below_them():
    make_paper(slug="vision", url="https://a.example/")
    body = "::: papers\n- vision: A take.\n\n## Vision\n\n- Vision\n"

    assert found(body) == [("block-open", 1)]


def test_a_quiz_that_stays_open_has_a_place():
    body = f"{BODY}\n{QUIZ_PLACE.rstrip().removesuffix(':::')}\nMore.\n"
    codes = [code for code, _ in found(body, quiz=make_quiz(publish_at=False))]

    assert "block-open" in codes
    assert "quiz-place" not in codes


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("::: crad", "There is no block “crad”: readers see the colons. Is it “card”?"),
        ("::: Card", "There is no block “Card”: readers see the colons. Is it “card”?"),
        (":::warning", "There is no block “warning”: readers see the colons."),
    ],
)
@pytest.mark.parametrize("before", ["One.\n\n", "One,\ntwo.\n"])
def test_a_block_that_there_is_not_is_named_once_with_its_line(head, sentence, before):
    body = f"{before}{head}\n[a](https://a.example/)\n:::\n\nMore.\n"

    assert sentences(body) == [f"Line 3: {sentence}"]


def test_an_end_that_closes_nothing_is_named_with_its_line():
    body = "::: callout\nWords.\n:::\n\nMore.\n\n:::\n"

    assert sentences(body) == ["Line 7: “:::” closes no block: readers see the colons."]


def test_a_block_within_one_of_as_many_colons_is_named():
    body = "::: details A\n::: card\n[a](https://a.example/)\n:::\nWords.\n\n:::\n"

    assert found(body) == [("block-open", 1), ("block-end", 7)]


@pytest.mark.parametrize(
    ("block", "level"),
    [
        ("::: card\n[a](https://a.example/)\n:::", "error"),
        ("::: compare\n### A\na\n### B\nb\n:::", "error"),
        ("::: papers\n- vision: A take.\n:::", "error"),
        ("::: quiz\n:::", "error"),
        ("::: callout B\nWords.\n:::", "warning"),
        ("::: details B\nWords.\n:::", "warning"),
    ],
)
@pytest.mark.parametrize("around", ["callout", "details"])
def test_a_block_within_another_is_named_with_its_line(block, level, around):
    make_paper(slug="vision", url="https://a.example/")
    body = f":::: {around} A\nWords.\n\n{block}\n::::\n"
    findings = check_issue(new_issue(body=body))
    name = block.split()[1]

    assert [str(f) for f in findings if f.level == level] == [
        f"Line 4: The block “{name}” stands within another block, a list or a "
        "quotation: there it is read as text."
    ]


@pytest.mark.parametrize("mark", ["- ", "> "])
def test_a_card_in_a_list_or_a_quotation_is_named(mark):
    rest = " " * 2 if mark == "- " else mark
    body = f"{mark}::: card\n{rest}[a](https://a.example/)\n{rest}:::\n"

    assert found(body) == [("block-nested", 1)]


# Links and lists ----------------------------------------------------------------


@pytest.mark.parametrize("words", ["", " ", "&nbsp;", "<b></b>"])
def test_a_link_without_words_is_an_error(words):
    assert sentences(f"One.\n\nTwo [{words}](https://a.example/) three.") == [
        "Line 3: The link to https://a.example/ has no words: readers do not see it."
    ]


@pytest.mark.parametrize(
    "address",
    ["www.a.example/x", "a.example:80/x", "htps://a.example/", "TODO", "https://", "?"],
)
def test_a_link_that_leads_nowhere_is_an_error(address):
    assert sentences(f"One.\n\nTwo [words]({address}) three.") == [
        f"Line 3: The link to “{address}” leads nowhere: an address begins with "
        "“https://”, or with “/” on this site."
    ]


@pytest.mark.parametrize("body", ["[words]()", "[words](<>)", "[words][1]\n\n[1]: <>"])
def test_a_link_without_an_address_is_an_error(body):
    assert sentences(body) == ["Line 1: The link “words” has no address."]


@pytest.mark.parametrize(
    "address",
    ["/issues/", "HTTPS://a.example/", "mailto:a@a.example", "#s-news", "//a.example"],
)
def test_a_link_that_leads_somewhere_is_none(address):
    assert found(f"Two [words]({address}) three.") == []


def test_a_link_around_a_picture_or_of_bare_text_has_words():
    body = (
        "[![A cat](https://a.example/c.png)](https://a.example/) <https://b.example/>"
        " [`x`](https://c.example/)\n\n```\n[](https://d.example/)\n```"
    )

    assert found(body) == [("picture-link", 1)]
    picture = "[![](https://a.example/c.png)](https://a.example/)"
    assert found(picture) == [("no-alt", 1)]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("- one\n-\n- three", [2]),
        ("1. one\n2. \n", [2]),
        ("- one\n  - two\n  -\n", [3]),
        ("-\n  one\n- ```\n  x\n  ```\n", []),
        ("```\n-\n```", []),
    ],
)
def test_an_empty_item_is_warned_of(body, lines):
    assert found(body) == [("empty-item", line) for line in lines]


# Raw HTML -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "elements"),
    [
        ("One.\n\n<video src='a.mp4'></video>\n\nTwo.", [("video", 3)]),
        ("<div>\n<p>x</p>\n<IFRAME src=x></IFRAME>\n</div>", [("iframe", 3)]),
        ("A list<int> of\n<i>x</i> <span\nclass=a>two</span> <font>x</font>",
         [("int", 1), ("span", 2), ("font", 3)]),
        ("- <audio src=x></audio>", [("audio", 1)]),
        ("| a |\n|--|\n| <img src=x> |", [("img", 3)]),
        ("x[^1]\n\n[^1]: <svg></svg>", [("svg", 3)]),
        ("::: callout\n<script>\nlet a = '<b>';\n</script>\n:::", [("script", 2)]),
        ("<!-- <video> -->\n\nA <!-- <video> --> b <kbd>x</kbd><br>", []),
        ("`<video>`\n\n```\n<video>\n```\n\n    <video>\n\n\\<video> 1 < 2 <https://a.example/>", []),
    ],
)  # fmt: skip
def test_html_that_readers_do_not_get_is_warned_of(body, elements):
    rows = check_issue(new_issue(body=body)).warnings

    assert [(f.message.split("“<")[1].split(">”")[0], f.line) for f in rows] == elements
    assert {f.code for f in rows} <= {"element"}
