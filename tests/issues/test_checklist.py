"""What keeps an issue from its readers is said in sentences, all of them at once.

Every line of the checklist blocks or warns where it should, and is silent elsewhere.
"""

from datetime import timedelta

import pytest

from issues.checklist import check_issue
from issues.models import Image, Link, LinkState, LinkWaiver
from issues.placeholders import find_placeholders
from quiz.models import Headline
from tests.issues.factories import (
    BODY,
    OUT,
    QUIZ_PLACE,
    make_draft,
    make_image,
    new_issue,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

GOOD = """\
Something first, with a [story](https://news.example/story) and a note.[^*]

## 🗞 News

What changes, according to the makers:

- one thing;
- [another thing](https://news.example/another): described.

### Below it

| A | B |
|:--|--:|
| x | 1 |

`(link)` and `TK` stand in code, [TK](https://shop.example.tk/TK) does not.

```
(link) TK [^x]
a line that ends in a colon:
```

## Concepts

::: compare
### One side

Words.

### The other

Words.
:::

Until next time,

[^*]: What the note says.
"""


def check(**overrides):
    return check_issue(new_issue(**overrides))


def codes(level, **overrides):
    return [f.code for f in check(**overrides) if f.level == level]


def errors(**overrides):
    return check(**overrides).sentences


def test_a_good_issue_has_nothing_against_it(django_assert_max_num_queries):
    paper, image = make_paper(arxiv_id="2112.10752"), make_image()
    issue = new_issue(
        quiz=make_quiz(publish_at=False),
        cover=image,
        body=(
            f"{BODY}\n::: papers\n- {paper.slug}: A take.\n:::\n\n{image.markdown}\n"
            f"{QUIZ_PLACE}"
        ),
    )

    with django_assert_max_num_queries(12):
        found = check_issue(issue)
    assert not found.errors
    assert [f.code for f in found.warnings if f.code != "quiz"] == []


def test_good_text_has_no_line_but_how_long_it_takes():
    body = GOOD.replace("[TK](https://shop.example.tk/TK)", "[it](https://a.tk/TK)")

    assert [(f.level, f.code) for f in check(body=body)] == [
        ("info", "reading-time"),
        ("info", "mail-size"),
    ]


def test_a_good_issue_without_quiz_and_pictures_costs_one_query(
    django_assert_num_queries,
):
    with django_assert_num_queries(1):
        assert check().errors == []


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("title", "The title is missing."),
        ("slug", "The slug is missing: it is the issue’s address."),
        ("dek", "The dek is missing: one sentence that says what is in the issue."),
        ("body", "The text is missing."),
    ],
)
@pytest.mark.parametrize("empty", ["", " \n "])
def test_what_is_missing_is_named_and_no_reason_goes_above_it(field, sentence, empty):
    found = check(**{field: empty})

    assert found.sentences == [sentence]
    assert found.absolute == found.errors
    assert found.errors[0].field == field


@pytest.mark.parametrize(
    "mark",
    ["(link)", "(LINK)", "(tweet and arxiv)", "(link 2)", "(paper, code and link)",
     "(link / tweet)", "(tweet & arxiv)"],
)  # fmt: skip
def test_links_to_fill_are_named_with_their_line(mark):
    found = check(body=f"One.\n\nA story {mark}, and on.\n")

    assert found.sentences == [
        f"Line 3: “{mark}” is a link still to be filled in, or to be waived."
    ]
    assert (found.errors[0].code, found.errors[0].line) == ("placeholder", 3)


def test_a_link_whose_address_is_the_word_link_is_still_to_be_filled():
    assert codes("error", body="A [story](link) here.") == ["placeholder"]


def test_tk_is_named_with_its_line():
    assert errors(body="One.\n\nTK and TK.\n") == [
        "Line 3: “TK” says that something is still to come."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "A [shop](https://shop.example.tk/TK) in Tokelau, <https://a.example/TK>.",
        "`import tk` and Tcl/Tk, `(link)`, ``a ` (link)``",
        "```\n(link)\nTK\n```",
        "TKO, ATK, the tweet, a link (links), link and (the link)",
        "All of it (paper and code) is free.",
    ],
)
def test_good_text_is_no_placeholder(text):
    assert errors(body=text) == []


def test_a_waived_link_no_longer_blocks_wherever_the_line_has_gone():
    issue = make_draft(body="A story (link), and on.\n\nAnother (link).\n")
    first, second = find_placeholders(issue.body)
    LinkWaiver.objects.create(issue=issue, key=first.key, text="x", reason="None.")
    issue.body = "New line.\n\n" + issue.body

    assert [f.line for f in check_issue(issue).errors] == [5]
    LinkWaiver.objects.create(issue=issue, key=second.key, text="x", reason="None.")
    assert check_issue(issue).errors == []
    issue.body += "\nA story (link), and on.\n"
    assert [f.line for f in check_issue(issue).errors] == [7]


@pytest.mark.parametrize("state", LinkState)
def test_only_a_broken_link_blocks(state):
    Link.objects.create(url="https://news.example/x", site="news.example", state=state)
    body = "One.\n\nTwo [words](https://news.example/x)."

    wanted = ["Line 3: The link to https://news.example/x is broken."]
    assert errors(body=body) == (wanted if state == LinkState.BROKEN else [])


@pytest.mark.parametrize(
    "words", ["here", "Click here", "**here**", "read it here", "click"]
)
def test_a_link_that_says_nothing_is_warned_of(words):
    found = check(body=f"One [{words}](https://a.example/).").warnings

    assert [(f.code, f.line) for f in found] == [("link-text", 1)]


@pytest.mark.parametrize("words", ["Here be dragons", "where", "there", "The clicker"])
def test_a_link_that_says_something_is_not(words):
    assert not check(body=f"One [{words}](https://a.example/).").warnings


def test_an_address_twice_is_warned_of():
    body = (
        "[A](https://a.example/x)\n\n[B](https://a.example/x/) [C](https://a.example/y)"
    )

    assert [(f.code, f.line) for f in check(body=body).warnings] == [
        ("address-twice", 3)
    ]


def test_unknown_pictures_and_missing_alternatives_are_named():
    image = make_image()
    body = f"![x](/media/pictures/none.webp)\n\n![]({image.src})\n\nIn text ![ ](https://a.example/b.png)."

    assert errors(body=body) == [
        "Line 1: There is no picture “none.webp”.",
        "Line 3: The picture has no alternative text: say what it shows.",
        "Line 5: The picture has no alternative text: say what it shows.",
    ]


def test_a_picture_that_readers_get_as_a_link_is_warned_of():
    image = make_image()
    body = (
        f"{image.markdown}\n\n![A cat](https://a.example/b.png)\n\n"
        f"In text {image.markdown}, and on.\n\n![A dog](/dog.png)\n"
    )

    found = check(body=body).warnings
    assert [(f.code, f.line) for f in found] == [
        ("picture-link", 3),
        ("picture-link", 5),
        ("picture-link", 7),
    ]


@pytest.mark.parametrize(
    "alt",
    [
        "IMG_1234",
        "photo.jpg",
        "Screenshot 2023-01-11 at 10.12.13",
        "DSC0001",
        "image1.PNG",
    ],
)
def test_a_file_name_as_alternative_text_is_warned_of(alt):
    image = make_image(alt=alt)

    assert codes("warning", body=image.markdown) == ["alt-file-name"]
    assert codes("warning", cover=image) == ["alt-file-name"]


@pytest.mark.parametrize(
    "alt", ["A cat", "A screenshot of node.js", "Picture of 2 cats"]
)
def test_an_alternative_text_is_no_file_name(alt):
    assert not codes("warning", body=make_image(alt=alt).markdown)


def test_a_cover_without_alternative_text_blocks():
    found = check(cover=Image(alt=" ", name="x.webp", size_bytes=1, width=8, height=8))

    assert [(f.code, f.field) for f in found.errors] == [("cover-alt", "cover")]


@pytest.mark.parametrize(
    ("name", "size", "wanted"),
    [
        ("a.webp", 500_000, []),
        ("a.webp", 500_001, ["picture-size"]),
        ("a.gif", 3_000_000, []),
        ("a.gif", 3_000_001, ["picture-size"]),
    ],
)
def test_a_picture_over_its_budget_is_warned_of(name, size, wanted):
    image = make_image()
    Image.objects.filter(pk=image.pk).update(name=name, size_bytes=size)
    image.refresh_from_db()

    assert codes("warning", body=image.markdown) == wanted
    assert codes("warning", cover=image) == wanted


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("## A\n\nx\n\n#### B\n\ny", [5]),
        ("### A\n\nx", [1]),
        ("## A\n\nx\n\n### B\n\ny\n\n#### C\n\nz\n\n## D\n\nu", []),
        ("# A\n\nx\n\n## B\n\ny", []),
    ],
)
def test_a_heading_that_jumps_a_level_is_warned_of(body, lines):
    found = [f for f in check(body=body).warnings if f.code == "heading-jump"]

    assert [f.line for f in found] == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("## A\n\n## B\n\nx", [1]),
        ("## A\n\nx\n\n## B\n", [5]),
        ("## A\n\nx[^1]\n\n## B\n\n[^1]: note", [5]),
        ("## A\n\n### B\n\nx", []),
        ("## A\n\n::: quiz\n:::\n", []),
        ("## A\n\n---\n", []),
    ],
)
def test_an_empty_section_is_warned_of(body, lines):
    found = [f for f in check(body=body).warnings if f.code == "empty-section"]

    assert [f.line for f in found] == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("Some ways in:\n\n## Next\n\nx", [1]),
        ("x\n\nSome\nways in:", [4]),
        ("- One\n- Two:\n\nx", [2]),
        ("::: callout\nIt says:\n:::\n\nx", [2]),
        ("**Some ways in:**\n\n---\n\nx", [1]),
        ("Some ways in:\n\n- one", []),
        ("Some ways in:\n\nx", []),
        ("At 10:30 it was over.", []),
        ("## Why:\n\nx", []),
    ],
)
def test_a_colon_with_nothing_after_it_is_warned_of(body, lines):
    found = [f for f in check(body=body).warnings if f.code == "colon"]

    assert [f.line for f in found] == lines


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("x\n\nA word.[^1]", [("mark-without-note", 3)]),
        ("A word.\n\n[^1]: Lonely.", [("note-without-mark", 3)]),
        ("A word.[^1]\n\n[^1]: One.\n[^1]: Two.", [("note-twice", 4)]),
        ("A word.[^*] And.[^*]\n\n[^*]: Fine.", []),
        ("`[^1]` and\n\n```\n[^1]: x\n```", []),
    ],
)
def test_a_footnote_without_its_other_half_blocks(body, wanted):
    assert [(f.code, f.line) for f in check(body=body).errors] == wanted


def test_papers_that_readers_will_not_find_are_named_once():
    make_paper(slug="draft", publish_at=None, url="https://a.example/")
    make_paper(slug="gone", withdrawn_at=OUT + timedelta(days=1))
    make_paper(slug="known", url="https://a.example/")
    body = "::: papers\n- draft: a\n- gone: b\n- known: c\n- none: d\n- draft: e\n:::"

    assert errors(body=body) == [
        f"Line {line}: There is no published paper “{slug}” in the catalogue."
        for line, slug in ((2, "draft"), (3, "gone"), (5, "none"))
    ]


def test_a_paper_that_is_out_by_then_is_fine():
    later = OUT.replace(year=2199)
    make_paper(slug="later", publish_at=later, doi="10.1000/x")
    body = "::: papers\n- later: a\n:::"

    assert errors(body=body, publish_at=later) == []
    assert errors(body=body, publish_at=later - timedelta(days=1))


def test_a_highlighted_paper_without_a_link_is_warned_of():
    make_paper(slug="unlinked")

    assert codes("warning", body="::: papers\n- unlinked: a\n:::") == ["paper-link"]


@pytest.mark.parametrize("item", ["- known", "- known:", "- `known` —"])
def test_a_highlighted_paper_without_a_take_blocks(item):
    make_paper(slug="known", url="https://a.example/")
    found = check(body=f"::: papers\n- known: a\n{item}\n:::").errors

    assert [(f.code, f.line) for f in found] == [("paper-take", 3)]


def test_papers_in_another_form_are_named():
    assert codes("error", body="::: papers\nSome words.\n:::") == ["papers-form"]


def test_a_quiz_without_a_place_and_a_place_without_a_quiz_are_named():
    quiz = make_quiz(publish_at=False)

    assert errors(quiz=quiz, body=BODY) == [
        "The quiz has no place in the text: write “::: quiz” and “:::” where it belongs."
    ]
    assert errors(body=QUIZ_PLACE) == [
        "Line 2: The text has a place for a quiz (“::: quiz”), but none is chosen."
    ]
    assert errors(quiz=quiz, body=QUIZ_PLACE * 2) == [
        "Line 5: The quiz stands in the text more than once."
    ]


def _drop_headline(quiz):
    quiz.headlines.first().delete()


def _drop_lie(quiz):
    quiz.lie = None
    quiz.save()


def _change(**values):
    def change(quiz):
        rows = quiz.headlines.exclude(pk=quiz.lie_id)
        Headline.objects.filter(pk=rows.first().pk).update(**values)

    return change


def _link_the_lie(quiz):
    Headline.objects.filter(pk=quiz.lie_id).update(source_url="https://a.example/")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_drop_headline, "A quiz has four headlines: this one has 3."),
        (_drop_lie, "Choose which headline is the lie."),
        (_change(source_url=""), "Headline 1: A true headline needs the address of its source."),
        (_change(explanation=""), "Headline 1: Say why it is true, or what gave it away."),
        (_link_the_lie, "Headline 4: The lie has no source: empty its source and outlet."),
        (_change(text="Otters paint (link)"), "Headline 1 still holds the place of a link: fill it in."),
    ],
)  # fmt: skip
def test_a_quiz_that_is_not_complete_blocks_whatever_the_reason(spoil, sentence):
    quiz = make_quiz(publish_at=False)
    spoil(quiz)
    found = check(quiz=quiz, body=QUIZ_PLACE)

    assert found.sentences == [sentence]
    assert found.absolute == found.errors


def test_reading_time_is_told_and_warned_of_where_it_is_long():
    short, long = check(body="word " * 460), check(body="word " * 5_000)

    assert str(short.notes[0]) == "It takes about 2 minutes to read."
    assert not short.warnings
    assert [f.code for f in long.warnings] == ["reading-time"]


def test_the_size_of_the_mail_is_told_and_warned_of_where_it_is_cut():
    short, long = check(), check(body="- [words](https://a.example/)\n" * 2_500)

    assert str(short.notes[1]).startswith("The mail copy has ")
    assert "mail-size" not in [f.code for f in short.warnings]
    assert "Gmail cuts off the rest." in long.warnings[0].message


def test_everything_is_said_at_once_in_sentences_errors_first():
    found = check(
        dek="",
        body="TK\n\n[here](https://a.example)\n\n![x](/media/pictures/n.webp)\n\n"
        "::: papers\n- n: x\n:::\n\n::: quiz\n:::",
    )

    assert [f.code for f in found] == [
        "dek", "to-come", "no-picture", "no-paper", "no-quiz", "link-text", "reading-time", "mail-size",
    ]  # fmt: skip
    assert all(str(f).endswith((".", "”.")) for f in found)
