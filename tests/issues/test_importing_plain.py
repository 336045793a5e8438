"""Plain text of the newsletter's own shape: each line finds its place, none is dropped."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.checklist import check_issue
from issues.importing.dates import find_dates
from issues.importing.drafts import read_issue, store_import
from issues.importing.plain import read_plain
from issues.importing.reading import DateOrder, Format, UnreadableError
from issues.models import Issue
from issues.placeholders import find_placeholders
from quiz.models import Quiz
from superfast.common.blocks import Footnotes, Heading, Papers
from superfast.common.markdown import render_blocks
from superfast.common.text import clean_text
from tests.factories import make_editor
from tests.issues.factories import make_draft
from tests.papers.factories import make_paper

SAMPLE = (Path(__file__).parent / "import_samples" / "weekly-plain.txt").read_text(
    encoding="utf-8"
)


def read(text, **papers):
    return read_plain(text, find_paper=papers.get)


def body(text, **papers):
    return read(f"A title\n{text}", **papers).body


@pytest.fixture
def sample(db):
    make_paper(slug="convnext", title="A ConvNet for the 2020s")
    make_paper(
        slug="laion5b",
        title="LAION-5B: An Open Large-Scale Dataset for Training Next Generation Image-Text Models",
    )
    return read_issue(SAMPLE, order=DateOrder.MONTH_FIRST, name="weekly.txt")


def test_the_sample_is_of_the_shape_that_it_is_to_show():
    lines = SAMPLE.splitlines()

    assert len(lines) >= 60
    assert all(line.strip() == line and line for line in lines)
    assert len(re.findall(r"\(link\)", SAMPLE)) >= 20


def test_the_samples_title_and_date(sample):
    assert sample.title == "Superfast AI 1/11/2023"
    assert sample.dated == date(2023, 1, 11)
    assert sample.format is Format.PLAIN


def test_the_samples_sections_and_headings_with_their_levels(sample):
    headings = [b for b in render_blocks(sample.body) if isinstance(b, Heading)]

    assert [(h.level, h.emoji, h.title) for h in headings] == [
        (2, "🗞", "News"),
        (3, "", "One model where there were five"),
        (3, "", "Before you switch"),
        (3, "", "Also in the news"),
        (2, "📄", "Papers from 2022"),
        (2, "🤥", "3 Headlines and a Lie"),
        (2, "📚", "Concepts & Learning"),
        (3, "", "How people teach a model manners"),
        (3, "", "Large or small? The medical case"),
        (4, "", "Must a model be enormous to be good at medicine?"),
        (3, "", "Will the data run out?"),
        (3, "", "Interpretability"),
        (4, "", "The paperclip problem"),
        (2, "🎁", "Miscellaneous"),
    ]


def test_the_samples_lists(sample):
    lists = re.findall(
        r"(?:^- .*\n)+",
        re.sub(r"::: papers.*?:::", "", sample.body, flags=re.DOTALL),
        re.MULTILINE,
    )

    assert [run.splitlines() for run in lists] == [
        ["- The announcement says what changes. (link)", "- Read it before you switch! (link)"],
        ["- One model for every task", "- A longest input of 8,192 tokens", "- A vector of 1,536 numbers[^*]"],
        ["- A museum hires a chatbot as a guide (link)", "- Weather forecasts in a minute (tweet and arxiv)",
         "- Robots that fold shirts, slowly (link)"],
        ["- A Paper That Nobody Has Catalogued (link) — kept as it stands, with its take."],
        ["- A first part of a series on human feedback (link)", "- A talk of an hour, with slides (link)"],
        ["- The authors’ own summary, with the ranges (link)", "- The paper, with the assumptions (link)"],
        ["- Concepts that people use (link)", "- Features that a user can understand (link)",
         "- A glossary to keep open in a tab (link)", "- A reading list that calls itself extremely opinionated (link)"],
        ["- A playground for storyboards (link)", "- A complete guide for the colleague who asks what you do all day (link)",
         "- When you have hundreds of examples, not millions (link)"],
    ]  # fmt: skip


def test_the_samples_highlights_are_matched_to_the_catalogue(sample):
    papers = [b for b in render_blocks(sample.body) if isinstance(b, Papers)]

    assert [[(i.slug, i.take_source) for i in b.items] for b in papers] == [
        [
            ("convnext", "an old idea that was written off too early."),
            ("laion5b", "the pictures behind your timeline. (tweet and arxiv)"),
        ]
    ]
    assert "Line 23: No paper of the catalogue has this title: kept as text. “A Paper That Nobody Has Catalogued”" in list(map(str, sample.remarks))  # fmt: skip


def test_the_samples_quiz_has_four_headlines_and_its_place(sample):
    assert [row.text for row in sample.headlines] == [
        "Bakers hire a robot to knead at night (link)",
        "Toaster wins a singing contest",
        "Otters learn to paint by numbers (link)",
        "Village elects a talking mayor (link)",
    ]
    assert "## 🤥 3 Headlines and a Lie\n\n::: quiz\n:::\n\n## 📚" in sample.body


def test_the_samples_footnotes(sample):
    notes = next(b for b in render_blocks(sample.body) if isinstance(b, Footnotes))

    assert [(n.mark, str(n.html).strip()) for n in notes.items] == [
        ("*", "<p>The figure is the maker’s own (link).</p>"),
        ("†", "<p>Some add a third step.</p>"),
        ("3", "<p>The two were not run side by side.</p>"),
    ]
    assert "A vector of 1,536 numbers[^*]" in sample.body
    assert "and people rank.[^†]" in sample.body
    assert "its size suggests.[^**]" in sample.body


def test_the_samples_placeholders_are_all_kept(sample):
    places = find_placeholders(sample.body)

    # Of 28, three stand in headlines and one is the catalogue's by now.
    assert [p.text for p in places].count("(link)") == 28 - 3 - 1
    assert [p.text for p in places].count("(tweet and arxiv)") == 2
    for words in ("five (link).", "changes. (link)", "switch! (link)", "again (link).",
                  "fooled (link), as", "only (link), the other is very large (link).", "own (link)."):  # fmt: skip
        assert words in sample.body


def test_the_samples_table_and_what_could_not_be_decided(sample):
    assert (
        "| Model | Parameters | Score |\n| --- | --- | --- |\n| Small one |"
        in sample.body
    )
    assert [(r.line, r.text.split()[0]) for r in sample.remarks] == [
        (10, "One"), (23, "A"), (38, "Must"), (44, "Will"), (50, "The"), (67, "The"),
    ]  # fmt: skip


def test_the_sample_becomes_a_draft_that_waits_for_its_links(sample):
    editor = make_editor()
    issue = store_import(reading=sample, by=editor)

    assert issue.publish_at is None
    assert (issue.slug, issue.created_by) == ("2023-01-11", editor)
    assert issue.quiz.lie is None
    assert issue.quiz.created_by == editor
    assert issue.quiz.headlines.count() == 4
    assert issue.revisions.count() == 1
    found = [f.code for f in check_issue(issue).errors]
    # The same placeholder twice on a line is one line of the checklist.
    places = {(each.line, each.text) for each in find_placeholders(issue.body)}
    assert found.count("placeholder") == len(places)
    assert "no-paper" not in found


@pytest.mark.django_db
def test_the_order_of_day_and_month_is_asked_for_where_it_can_be_doubted():
    reading = read_issue(SAMPLE)

    assert reading.asks_for_date_order
    assert reading.dated is None
    with pytest.raises(ValidationError, match="which the month"):
        store_import(reading=reading, by=None)
    assert not Issue.objects.exists()
    assert not Quiz.objects.exists()
    assert read_issue(SAMPLE, order=DateOrder.DAY_FIRST).dated == date(2023, 11, 1)


@pytest.mark.parametrize(
    ("title", "days"),
    [
        ("Superfast AI 1/11/2023", {"mdy": "2023-01-11", "dmy": "2023-11-01"}),
        ("Superfast AI 1/11/23", {"mdy": "2023-01-11", "dmy": "2023-11-01", "ymd": "2001-11-23"}),
        ("No 7, 13/11/2023", {"ymd": "2023-11-13"}),
        ("11.11.2023", {"ymd": "2023-11-11"}),
        ("2023-01-11", {"ymd": "2023-01-11"}),
        ("January 11, 2023", {"ymd": "2023-01-11"}),
        ("the 3rd of Sept 2023", {"ymd": "2023-09-03"}),
        ("13/13/2023", {}),
        ("31 February 2023", {}),
        ("Version 1.2.3.4", {}),
        ("No date", {}),
    ],
)  # fmt: skip
def test_a_date_means_the_days_that_it_can_mean(title, days):
    assert {o.value: str(day) for o, day in find_dates(title).items()} == days


@pytest.mark.django_db
def test_nothing_is_overwritten_by_an_import():
    first = make_draft(slug="2023-01-11", body="Mine.")
    slugs = [
        store_import(
            reading=read_issue(SAMPLE, order=DateOrder.MONTH_FIRST), by=None
        ).slug
        for _ in range(2)
    ]

    assert slugs == ["2023-01-11-2", "2023-01-11-3"]
    first.refresh_from_db()
    assert first.body == "Mine."
    assert Quiz.objects.count() == 2


@pytest.mark.parametrize("slug", ["preview", "feed"])
@pytest.mark.django_db
def test_a_reserved_address_gets_a_number(slug):
    assert (
        store_import(reading=read_issue(f"{slug}\nText."), by=None).slug == f"{slug}-2"
    )


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("A sentence.\nAnother one.", "A sentence.\n\nAnother one.\n"),
        ("🗞️ News\nText.", "## 🗞️ News\n\nText.\n"),
        ("A heading\nText here.", "## A heading\n\nText here.\n"),
        ("🗞 News\nA heading\nText here.", "## 🗞 News\n\n### A heading\n\nText here.\n"),
        ("Hello.\nThe end", "Hello.\n\nThe end\n"),
        ("One (link)\nTwo (link)", "- One (link)\n- Two (link)\n"),
        ("A story (link)\nIt says much more than that.", "## A story (link)\n\nIt says much more than that.\n"),
        ("• One\n• Two", "- One\n- Two\n"),
        ("1. One\n2. Two", "1. One\n2. Two\n"),
        ("* One\n* Two", "- One\n- Two\n"),
        ("Use <script> and *stars* and _lines_.", "Use \\<script> and \\*stars\\* and _lines\\_.\n"),
        ("# is a sign.", "\\# is a sign.\n"),
        ("See https://a.example/x_(y), or not.", "See <https://a.example/x_(y>), or not.\n"),
        ("a\tb\n1\t2", "| a | b |\n| --- | --- |\n| 1 | 2 |\n"),
        ("A word* here.\n* Its note.", "A word[^*] here.\n\n[^*]: Its note.\n"),
        ("One*.\n*First.\nTwo*.\n*Second.", "One[^*].\n\nTwo[^*2].\n\n[^*]: First.\n\n[^*2]: Second.\n"),
        ("It is 3 * 4 * 5.", "It is 3 \\* 4 \\* 5.\n"),
        ("*Nobody refers to it.", "\\*Nobody refers to it.\n"),
        ("Three Headlines & a Lie\nA\nB\nC\nD\nText below it.", "## Three Headlines & a Lie\n\n::: quiz\n:::\n\nText below it.\n"),
        ("3 Headlines and a Lie\nWhich is it?\nA\nB\nC\nD", "## 3 Headlines and a Lie\n\nWhich is it?\n\n::: quiz\n:::\n"),
        ("🚀 We have moved to a larger office.", "🚀 We have moved to a larger office.\n"),
        ("----\nText.", "---\n\nText.\n"),
    ],
)  # fmt: skip
def test_a_line_becomes_what_its_shape_says(text, markdown):
    expected = markdown.replace("_lines\\_", "\\_lines\\_")

    assert body(text) == expected


def test_a_quiz_with_fewer_lines_says_so():
    reading = read("T\n3 Headlines and a Lie\n1. A\n2. B (link)\n🗞 News\nText.")

    assert [row.text for row in reading.headlines] == ["A", "B (link)"]
    assert any("a quiz has four" in r.sentence for r in reading.remarks)


def test_a_text_without_a_title_is_named_after_its_file():
    reading = read_plain("🗞 News\nText.", find_paper={}.get, name="week-2")

    assert reading.title == "week-2"
    assert reading.remarks[0].sentence.startswith("No title was found")


@pytest.mark.django_db
def test_a_title_is_matched_without_case_and_what_follows_its_colon():
    make_paper(slug="first", title="First: A Long Story")
    make_paper(slug="twin-a", title="Twin: One")
    make_paper(slug="twin-b", title="Twin: Two")
    make_paper(slug="hidden", title="Hidden", publish_at=None)
    lines = ["first (link) — a", "FIRST, a long story (link) — b", "Twin (link) — c", "Hidden (link) — d"]  # fmt: skip
    reading = read_issue("T\n" + "\n".join(lines))

    assert "::: papers\n- first: a\n- first: b\n:::" in reading.body
    assert "- Twin (link) — c\n- Hidden (link) — d" in reading.body


def test_reading_costs_one_query_however_many_papers(db, django_assert_num_queries):
    text = "T\n" + "\n".join(f"Paper {n} (link) — take" for n in range(50))
    with django_assert_num_queries(1):
        read_issue(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "nothing in it"), ("x" * 500_001, "in parts"), ("x\n" * 5_001, "in parts")],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(text, words):
    with pytest.raises(UnreadableError, match=words):
        read_issue(text)


_WORDS = st.text(
    alphabet=st.sampled_from([*"abcXYZ 09", *"*_#`<>[]()\\&:;.!?-—–•~|+=/\"'\t", *"é漢🗞†§\u0085\u2028\x00"]),
    max_size=40,
)  # fmt: skip
_LINE = st.one_of(
    _WORDS,
    st.sampled_from(
        [
            "🗞 News",
            "3 Headlines and a Lie",
            "A heading",
            "One (link)",
            "* Note.",
            "*Note.",
            "word*",
            "Title (link) — take",
            "Known (link) — take",
            "See: https://a.example/x",
            "::: quiz",
            "[^1]: note",
            "---",
            "1. One",
            "• Two",
            "(tweet and arxiv)",
            "What changes:",
            "a\tb",
            "[a]: b",
            "<b>",
            "&copy; (c) (tm)",
        ]
    ),
    st.text(max_size=60),
)


def words_of(text):
    return re.findall(r"\w+", text)


@settings(max_examples=50)
@given(st.lists(_LINE, max_size=15))
def test_any_text_is_read_and_the_words_of_every_line_are_found_again(lines):
    text = "\n".join(lines)
    reading = read_plain(text, find_paper={"Known": "Known"}.get)
    kept = " ".join(
        [
            reading.title,
            reading.body.replace("\\", ""),
            *(r.text for r in reading.headlines),
        ]
    )
    listed = " ".join(remark.text for remark in reading.remarks)
    render_blocks(reading.body)

    for line in clean_text(text).split("\n"):
        line = line.replace("Known (link)", "Known").replace("\\", "")
        missing = [w for w in words_of(line) if w not in kept and w not in listed]
        assert not missing, (line, reading.body)


@settings(max_examples=50)
@given(st.lists(_LINE, max_size=15))
def test_reading_twice_gives_the_same(lines):
    text = "\n".join(lines)

    assert read_plain(text, find_paper={}.get) == read_plain(text, find_paper={}.get)
