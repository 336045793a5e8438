"""From Markdown to typed blocks: each kind, its anchors, and the way through JSON."""

import json

import pytest
from django.template.loader import render_to_string

from superfast.common import blocks as b
from superfast.common.markdown import (
    render_blocks,
    render_inline,
    render_prose,
    with_origin,
)

FULL = """\
Opening with a note[^*] and again[^*].

## 🗞️ News

- [A title](https://a.example/x): a *take*

::: papers
- convnext: Plain **convolutions**.
- `maxvit`: Axes.
:::

::: quiz
:::

::: card
[A card](https://www.b.example/y) and what it says.

More of it.
:::

::: compare
### Left
One.
### Right
Other.
:::

::: callout Mind this
It *matters*.
:::

::: details Open me
Hidden no longer.
:::

![What it shows](/media/pictures/abc.webp "A *caption*")

[^*]: The note.
"""


def only(text):
    (block,) = render_blocks(text)
    return block


def test_a_full_text_is_one_block_of_every_kind_in_order():
    kinds = [block.type for block in render_blocks(FULL)]

    assert kinds == [
        *("prose", "heading", "prose", "papers", "quiz", "card"),
        *("compare", "callout", "details", "figure", "footnotes"),
    ]


def test_a_heading_has_its_level_its_anchor_and_its_decoration_apart():
    heading = only("### 🗞️👩🏽‍🔬 Deep *news*")

    assert heading == b.Heading(
        level=3,
        anchor="s-deep-news",
        emoji="🗞️👩🏽‍🔬",
        title="Deep news",
        html="Deep <em>news</em>",
    )


def test_the_title_is_the_only_first_heading():
    assert only("# Top").level == 2
    assert "<h2>" in render_prose("> # Top")


@pytest.mark.parametrize(
    "title", ["∞-Former", "→ onward", "これ", "ℵ0 loss", "№ 5", "1. x"]
)
def test_letters_and_signs_are_no_decoration(title):
    heading = only(f"## {title}")

    assert heading.emoji == ""
    assert heading.title == title


@pytest.mark.parametrize("emoji", ["🗞", "⚡️", "⭐", "☕", "🇪🇺", "▶️", "©️"])
def test_emoji_at_the_start_are_decoration(emoji):
    heading = only(f"## {emoji} News")

    assert (heading.emoji, heading.title, heading.anchor) == (emoji, "News", "s-news")


def test_emoji_elsewhere_are_text():
    heading = only("## All 🎉 News")

    assert (heading.emoji, heading.title) == ("", "All 🎉 News")


@pytest.mark.parametrize(
    "titles",
    [
        ["News", "News", "News"],
        ["News", "News", "News 2"],
        ["News 2", "News", "News", "News 2"],
        ["🗞", "!", "日本"],
        ["Location", "<b>Location</b>"],
        ["x" * 500, "x" * 500],
    ],
)
def test_anchors_are_ours_and_each_stands_once(titles):
    blocks = render_blocks("\n\n".join(f"## {title}" for title in titles))
    anchors = [block.anchor for block in blocks]

    assert len({*anchors}) == len(titles)
    assert all(anchor.startswith("s-") and len(anchor) < 120 for anchor in anchors)


def test_a_link_list_is_an_ordinary_list():
    block = only("- [Title](https://a.example/): *take*")

    assert block.html == (
        '<ul>\n<li><a href="https://a.example/">Title</a>: <em>take</em></li>\n</ul>\n'
    )


def test_papers_have_slug_and_take():
    block = only("::: papers\n- a-b: One *x*.\n- `c_d` — Two: 2.\n:::")

    assert [(item.slug, item.take) for item in block.items] == [
        ("a-b", "One <em>x</em>."),
        ("c_d", "Two: 2."),
    ]
    assert block.items[0].take_source == "One *x*."


def test_a_card_is_a_link_and_what_follows():
    block = only("::: card\n[T *i*](https://www.b.example/y?a=1) says.\n\nMore.\n:::")

    assert (block.url, block.title, block.site) == (
        "https://www.b.example/y?a=1",
        "T i",
        "b.example",
    )
    assert block.html == "<p> says.</p>\n<p>More.</p>\n"


def test_a_card_may_be_a_link_alone():
    assert only("::: card\n[T](https://b.example)\n:::").html == ""


def test_a_comparison_has_two_sides():
    left, right = only("::: compare\n### L\n1\n\n### R *r*\n- 2\n:::").sides

    assert (left.level, left.title, left.html) == (3, "L", "<p>1</p>\n")
    assert (right.title, right.html) == ("R <em>r</em>", "<ul>\n<li>2</li>\n</ul>\n")


def test_a_callout_may_have_a_title_and_details_have_a_summary():
    assert only("::: callout\nx\n:::").title == ""
    assert only("::: callout A <b>title</b>\nx\n:::").title == "A <b>title</b>"
    assert only("::: details\nx\n:::").summary == "Details"
    assert only("::: details Why?\nx\n:::").summary == "Why?"


def test_a_picture_of_ours_alone_in_its_paragraph_is_a_figure():
    block = only('![A & b](/media/pictures/ab-1.webp "By *us*")')

    assert (block.name, block.alt) == ("ab-1.webp", "A & b")
    assert block.caption == "By <em>us</em>"
    assert block.src == ""


@pytest.mark.parametrize(
    "address",
    ["https://e.example/x.png", "/media/other/x.png", "//e.example/x.png", "x.png"],
)
def test_any_other_picture_becomes_a_link(address):
    block = only(f"![what]({address})")

    assert block.html == f'<p><a href="{address}">what</a></p>\n'


def test_a_picture_in_running_text_becomes_a_link():
    block = only("See ![it](/media/pictures/a.webp) here")

    assert block.html == '<p>See <a href="/media/pictures/a.webp">it</a> here</p>\n'


def test_a_note_referred_to_twice_has_two_ways_back():
    prose, notes = render_blocks("One[^*] two[^*].\n\n[^*]: The *note*.")

    (note,) = notes.items
    assert (note.number, note.mark, note.anchor) == (1, "*", "fn-1")
    assert note.backrefs == ["fnref-1", "fnref-1-2"]
    assert note.html == "<p>The <em>note</em>.</p>\n"
    for ref in note.backrefs:
        assert f'href="#fn-1" id="{ref}" role="doc-noteref">*</a></sup>' in prose.html


def test_notes_are_numbered_by_their_first_reference():
    _, notes = render_blocks("A[^b] b[^*] c[^a].\n\n[^a]: x\n[^*]: y\n\n[^b]: z")

    assert [note.mark for note in notes.items] == ["1", "*", "3"]
    assert [b.strip_tags(note.html) for note in notes.items] == ["z", "y", "x"]


def test_a_reference_without_a_note_stays_text():
    assert only("Look[^gone].").html == "<p>Look[^gone].</p>\n"


def test_notes_that_name_each_other_come_to_an_end():
    notes = render_blocks("a[^1]\n\n[^1]: b[^2]\n[^2]: c[^1]")[-1]

    assert [note.number for note in notes.items] == [1, 2]


def test_money_is_money():
    assert only("From $20M to $30M, 5*4*3").html.startswith("<p>From $20M to $30M")


def test_a_table_is_aligned_by_classes_and_scrolls_by_itself():
    html = only("| l | c | r | n |\n|:-|:-:|-:|-|\n| 1 | 2 | 3 | 4 |").html

    assert html.startswith(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>'
    )
    for name in ("left", "center", "right"):
        assert f'<th scope="col" class="align-{name}">' in html
        assert f'<td class="align-{name}">' in html
    assert "<td>4</td>" in html
    assert "style" not in html


def test_code_is_shown_as_typed():
    assert only("```python\n<b>&amp;</b>\n```").html == (
        "<pre><code>&lt;b&gt;&amp;amp;&lt;/b&gt;\n</code></pre>\n"
    )


MALFORMED = {
    "a quiz with a text": "::: quiz\nkept words\n:::",
    "a quiz with a title": "::: quiz kept words\n:::",
    "a quiz that is not closed": "::: quiz\n\nkept words\n\nkept words",
    "papers without a take": "::: papers\n- kept words\n:::",
    "papers with a title": "::: papers kept words\n- a: b\n:::",
    "papers and a paragraph": "::: papers\n- a: b\n\nkept words\n:::",
    "papers and code": "::: papers\n- a: b\n\n```\nkept words\n```\n:::",
    "a card without a link": "::: card\nkept words\n:::",
    "a card with a link to here": "::: card\n[kept words](/papers/)\n:::",
    "a card with a script": "::: card\n[kept words](javascript:alert)\n:::",
    "a card with a title": "::: card kept words\n[x](https://a.example)\n:::",
    "a card in a list": "::: card\n- [kept words](https://a.example)\n:::",
    "a card with a broken address": "::: card\n[kept words](http://[::1/x)\n:::",
    "one side": "::: compare\n### kept words\nx\n:::",
    "three sides": "::: compare\n### A\n### B\n### kept words\n:::",
    "a side without a heading": "::: compare\nkept words\n### A\n### B\n:::",
    "a comparison with a title": "::: compare kept words\n### A\n### B\n:::",
    "a container nobody knows": "::: unknown\nkept words\n:::",
    "a container within another": ":::: callout\n::: details kept words\nx\n:::\n::::",
    "papers within another": ":::: callout\n::: papers\n- kept words: x\n:::\n::::",
    "nothing but an end": ":::\nkept words\n:::",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_understood_stands_there_as_text(name):
    blocks = render_blocks(MALFORMED[name])

    assert "kept words" in b.plain_text(blocks)
    assert not {block.type for block in blocks} & {"quiz", "papers", "compare"}


@pytest.mark.parametrize("name", ["quiz", "papers", "card", "compare"])
def test_an_empty_container_is_no_fault(name):
    blocks = render_blocks(f"before\n\n::: {name}\n:::\n\nafter")

    assert b.plain_text(blocks).split() == ["before", "after"]


def test_blocks_go_through_json_and_come_back_the_same():
    blocks = render_blocks(FULL)
    stored = json.loads(json.dumps(b.to_json(blocks)))

    assert b.from_json(stored) == blocks
    context = {"blocks": blocks, "quiz": None, "headlines": []}
    again = {**context, "blocks": b.from_json(stored)}
    for template in ("components/_blocks.html", "issues/feed_entry.html"):
        shown = render_to_string(template, context)
        assert shown == render_to_string(template, again)
        assert "<em>matters</em>" in shown


@pytest.mark.parametrize("data", [[{}], [{"type": "x"}], [{"type": "prose", "x": 1}]])
def test_stored_data_of_another_shape_is_refused(data):
    with pytest.raises((KeyError, TypeError)):
        b.from_json(data)


def test_each_block_knows_where_it_begins():
    lines = FULL.splitlines()
    starts = {"heading": "## 🗞️ News", "papers": "::: papers", "card": "::: card"}

    for block in render_blocks(FULL):
        if block.type in starts:
            assert lines[block.line] == starts[block.type]


def test_plain_text_has_the_words_of_every_block_and_no_mark_of_notes():
    text = b.plain_text(render_blocks(FULL))

    for words in (
        *("Opening with a note and again.", "News", "A title: a take"),
        *("Plain convolutions.", "A card", "More of it.", "Left", "Other."),
        *("It matters.", "Hidden no longer.", "A caption", "The note."),
    ):
        assert words in text
    assert "<" not in text
    assert "*" not in text


def test_plain_text_keeps_words_of_different_cells_apart():
    text = b.plain_text(render_blocks("| a | b |\n|-|-|\n| c | d |\n\n- e\n- f"))

    assert text.split() == ["a", "b", "c", "d", "e", "f"]


def test_a_line_has_no_block_elements():
    assert render_inline("# a *b* [c](https://d.example)") == (
        '# a <em>b</em> <a href="https://d.example">c</a>'
    )
    assert render_inline("<h2>x</h2><p>y</p>") == "xy"


def test_addresses_of_ours_are_made_absolute_and_nothing_else_is():
    html = render_prose(
        "[a](/x) [b](//e.example/) [c](https://e.example/) [d](#s-x)\n\n"
        '`<a href="/code">` and href="/text"'
    )
    shown = with_origin(html, "https://o.example")

    assert '<a href="https://o.example/x">a</a>' in shown
    assert shown.replace("https://o.example/x", "/x") == html
